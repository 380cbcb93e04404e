"""Geometries in Esri's form: out and in again, and as GDAL reads them."""

import json

import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.errors import ZonesError
from zones.esri.geometry_json import WKIDS, crs_of, geometry_json, read_geometry, spatial_reference

HOLE = [(0.2, 0.2), (0.2, 0.4), (0.4, 0.4), (0.2, 0.2)]
SQUARE = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [HOLE])
ISLAND = shapely.box(0.25, 0.3, 0.28, 0.35)
GEOMETRIES = [
    shapely.Point(123.4, 41.79),
    shapely.MultiPoint([(1, 2), (3, 4)]),
    shapely.LineString([(1, 2), (3, 4)]),
    shapely.MultiLineString([[(1, 2), (3, 4)], [(5, 6), (7, 8)]]),
    SQUARE,
    shapely.MultiPolygon([SQUARE, shapely.box(2, 2, 3, 3)]),
    shapely.MultiPolygon([SQUARE, ISLAND]),
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.geom_type)
def test_what_is_written_is_read_again(geometry: BaseGeometry) -> None:
    again, crs = read_geometry(json.dumps(geometry_json(geometry)), "")
    assert again.equals(geometry)
    assert crs is None


def test_outer_rings_run_clockwise_and_gdal_finds_the_hole() -> None:
    written = geometry_json(SQUARE)
    assert written is not None
    assert [shapely.LinearRing(ring).is_ccw for ring in written["rings"]] == [False, True]
    document = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490},
        "fields": [],
        "features": [{"attributes": {}, "geometry": written}],
    }
    _, _, shapes, _ = pyogrio.raw.read(json.dumps(document).encode())
    assert shapely.from_wkb(shapes)[0].equals(SQUARE)


@pytest.mark.parametrize("crs", WKIDS, ids=str)
def test_systems_are_known_by_number_and_as_json(crs: CRS) -> None:
    reference = spatial_reference(crs)
    same = {CRS.CRS84: CRS.EPSG_4326}.get(crs, crs)
    assert crs_of(json.dumps(reference)) is crs_of(str(reference["wkid"])) is same


@pytest.mark.parametrize(
    "text",
    ["", "1", "a,b", "1,2,3", "{", "{}", '{"x": "a", "y": 1}', '{"rings": [[[0, 0]]]}', "nan,1",
     '{"rings": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}', '{"paths": []}', '[1, 2]', '{"x": null}',
     '{"paths": [[[1, 2], [3, 4]], []]}', '{"points": [[1, 2], []]}'],
)  # fmt: skip
def test_what_is_no_geometry_is_refused(text: str) -> None:
    with pytest.raises(ZonesError):
        read_geometry(text, "")
