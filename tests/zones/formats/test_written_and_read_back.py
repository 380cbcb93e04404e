"""Any areas and names come back as other writers wrote them, in each format."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ezdwg
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.amap_answers import amap, district, outline
from tests.esri_answers import answer
from tests.esri_answers import feature as esri_feature
from tests.examples import examples
from tests.format_files import dxf, geopackage, geoparquet, kml
from tests.mapgis_files import mapgis
from tests.opened_sources import read
from tests.source_files import PRJ_4550, polygon, shapefile, zipped
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.source.file_findings import FormatName

Parcels = Sequence[tuple[BaseGeometry, str]]
NAMES = st.text(st.sampled_from("甲乙丙和平区地块镕ABCxyz019-（）"), min_size=1, max_size=8)
WEST, SOUTH = 533_000, 4_626_800
DEGREES_PER_M = 1e-5


@st.composite
def parcels(draw: st.DrawFn, *, holes: bool, parts: bool) -> list[tuple[BaseGeometry, str]]:
    """Return areas in metres of EPSG:4550, to the millimetre, none above another."""
    found = []
    for index in range(draw(st.integers(1, 4))):
        x, y = WEST + 400 * index, SOUTH
        east, north = (draw(st.integers(10_000, 150_000)) / 1000 for _ in range(2))
        area = shapely.box(x, y, round(x + east, 3), round(y + north, 3))
        if holes and draw(st.booleans()):
            area -= shapely.box(x + 2, y + 2, round(x + east / 2, 3), round(y + north / 2, 3))
        if parts and draw(st.booleans()):
            area = shapely.union(area, shapely.box(x + 200, y, x + 210, round(y + north, 3)))
        found.append((area, draw(NAMES)))
    return found


def in_degrees(area: BaseGeometry) -> BaseGeometry:
    """Return a like area in degrees, of nine decimals."""
    return shapely.transform(
        area, lambda xy: np.round((xy - (WEST, SOUTH)) * DEGREES_PER_M + (123.40, 41.78), 9)
    )


def amap_of(told: Parcels) -> bytes:
    return amap(*(district(outline(area, CRS.GCJ02), name=name) for area, name in told))


def drawing_of(told: Parcels) -> bytes:
    made: Any = ezdwg.new()
    for area, _ in told:
        corners = shapely.get_coordinates(area).tolist()
        made.modelspace().add_lwpolyline([tuple(each) for each in corners])
    with tempfile.TemporaryDirectory() as folder:
        made.save(str(Path(folder, "a.dwg")))
        return Path(folder, "a.dwg").read_bytes()


def dxf_of(told: Parcels) -> bytes:
    entities = []
    for at, (area, name) in enumerate(told, start=1):
        corners = shapely.get_coordinates(area)[:-1].tolist()
        begin = [0, "LWPOLYLINE", 5, f"{at:X}", 8, "JZD", 90, len(corners), 70, 1]
        places = [part for x, y in corners for part in (10, x, 20, y)]
        entities.append([*begin, *places, 1001, "name", 1000, name])
    return dxf(*entities, encoding="gb18030")


def esri_of(told: Parcels) -> bytes:
    return answer([esri_feature(each, at, DKMC=name) for at, (each, name) in enumerate(told, 1)])


def geoparquet_of(told: Parcels) -> bytes:
    return geoparquet([area for area, _ in told], {"name": [name for _, name in told]})


def kml_of(told: Parcels) -> bytes:
    def ring(kind: str, line: BaseGeometry) -> str:
        places = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(line).tolist())
        inside = f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"
        return f"<{kind}BoundaryIs>{inside}</{kind}BoundaryIs>"

    def area_of(part: BaseGeometry) -> str:
        rings = shapely.get_rings(part)
        inner = "".join(ring("inner", hole) for hole in rings[1:])
        return f"<Polygon>{ring('outer', rings[0])}{inner}</Polygon>"

    def shape_of(area: BaseGeometry) -> str:
        parts = "".join(map(area_of, shapely.get_parts(area)))
        return parts if area.geom_type == "Polygon" else f"<MultiGeometry>{parts}</MultiGeometry>"

    return kml(
        *(f"<Placemark><name>{name}</name>{shape_of(area)}</Placemark>" for area, name in told)
    )


def mapgis_of(told: Parcels) -> bytes:
    return mapgis([area for area, _ in told], {"name": [name for _, name in told]})


def shapefile_of(told: Parcels) -> bytes:
    turned = [shapely.orient_polygons(area, exterior_cw=True) for area, _ in told]
    shapes = [
        polygon(*(shapely.get_coordinates(ring).tolist() for ring in _rings(area)))
        for area in turned
    ]
    rows = [(name,) for _, name in told]
    return zipped(shapefile(shapes, rows, encoding="gb18030", cpg="GB18030", prj=PRJ_4550))


def _rings(area: BaseGeometry) -> list[BaseGeometry]:
    return [ring for part in shapely.get_parts(area) for ring in shapely.get_rings(part)]


def geopackage_of(told: Parcels) -> bytes:
    shapes, names = zip(*told, strict=True)
    return geopackage({"a": (shapes, {"name": list(names)})}, crs="EPSG:4550")


@dataclass(frozen=True)
class Written:
    """A format: who writes it, what it cannot hold, and how near its numbers come."""

    format: FormatName
    of: Callable[[Parcels], bytes]
    name: str | None = "name"
    holes: bool = True
    parts: bool = True
    degrees: bool = False
    tolerance: float = 1e-9
    request: dict[str, Any] = field(default_factory=dict)


FORMATS = (
    Written("amap", amap_of, degrees=True, tolerance=2e-6),
    Written("dwg", drawing_of, None, holes=False, parts=False, request={"crs": "EPSG:4550"}),
    Written("dxf", dxf_of, "name_1", holes=False, parts=False, request={"crs": "EPSG:4550"}),
    Written("esrijson", esri_of, "DKMC", degrees=True, tolerance=0),
    Written("geoparquet", geoparquet_of, degrees=True, tolerance=0),
    Written("kml", kml_of, degrees=True, tolerance=0),
    Written("mapgis", mapgis_of, parts=False, tolerance=1e-8, request={"crs": "EPSG:4550"}),
    Written("shapefile", shapefile_of),
    Written("gpkg", geopackage_of),
)


def is_like(one: BaseGeometry, other: BaseGeometry, tolerance: float) -> bool:
    if not tolerance:
        return bool(shapely.equals_exact(one.normalize(), other.normalize(), 0))
    apart = shapely.hausdorff_distance(one.boundary, other.boundary)
    return bool(apart <= tolerance and len(shapely.get_parts(one)) == len(shapely.get_parts(other)))


@pytest.mark.parametrize("written", FORMATS, ids=lambda written: written.format)
def test_areas_and_names_come_back(written: Written) -> None:
    @examples(15, deadline=None)
    @given(parcels(holes=written.holes, parts=written.parts))
    def come_back(told: Parcels) -> None:
        if written.degrees:
            told = [(in_degrees(area), name) for area, name in told]
        with tempfile.TemporaryDirectory() as folder:
            request = {"kinds": ["polygon"], **written.request}
            found = read(Path(folder), written.of(told), written.format, **request)
        assert (found.errors, found.question) == (0, None)
        areas = np.array([area for area, _ in told])
        meant = areas if written.degrees else geometry_to_storage(areas, CRS.EPSG_4550)
        shapes = [shapely.from_wkb(row["wkb"]) for row in found.rows]
        for one, other in zip(shapes, meant, strict=True):
            assert is_like(one, other, written.tolerance)
        if written.name is not None:
            names = [row["properties"][written.name] for row in found.rows]
            assert names == [name for _, name in told]

    come_back()


@examples(30, deadline=None)
@given(
    st.lists(
        st.tuples(NAMES, st.integers(0, 999_999), st.integers(0, 999_999), st.integers(0, 99_999)),
        min_size=2,
        max_size=6,
    ),
    st.sampled_from(["{0},{3},{1},{2},{4}", "{0},{2},{1},{4}", "{0}\t{3}\t{2}\t{1}\t{4}"]),
)
def test_points_come_back_in_any_order_of_columns(
    told: list[tuple[str, int, int, int]], order: str
) -> None:
    points = [
        (f"P{at}", f"{WEST + east / 1000:.3f}", f"{SOUTH + north / 1000:.3f}", code, high / 1000)
        for at, (code, east, north, high) in enumerate(told)
    ]
    content = "\r\n".join(order.format(*point) for point in points).encode("gb18030")
    with tempfile.TemporaryDirectory() as folder:
        request = {"crs": "EPSG:4550", "encoding": "gb18030", "kinds": ["point"]}
        found = read(Path(folder), content, "cass", **request)
    assert found.errors == 0
    meant = geometry_to_storage(
        np.array([shapely.Point(float(east), float(north)) for _, east, north, *_ in points]),
        CRS.EPSG_4550,
    )
    shapes = [shapely.from_wkb(row["wkb"]) for row in found.rows]
    assert all(shapely.equals_exact(shapes, meant, 1e-9))
