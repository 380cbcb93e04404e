"""Parts of geometries without a vertex, in every format that can hold them."""

from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely

from tests.format_files import by_gdal, geoparquet, wkb_of
from tests.opened_sources import read
from tests.source_files import feature, geojson, square
from zones.quality.empty_parts import without_empty_parts
from zones.source.file_findings import FormatName

AREA = shapely.Polygon(square())
RING = AREA.exterior.wkt.removeprefix("LINEARRING ")
GEOMETRIES = tuple(
    shapely.from_wkt(text)
    for text in (
        f"POLYGON ({RING})",
        f"MULTIPOLYGON (({RING}), EMPTY)",
        "MULTIPOINT ((123.4 41.78), (123.41 41.78))",
        f"MULTILINESTRING (EMPTY, {RING}, EMPTY)",
    )
)
COLUMNS = {"n": list(range(len(GEOMETRIES)))}


def esrijson() -> bytes:
    around = [list(place) for place in square()[::-1]]
    shapes = ({"rings": [around]}, {"rings": [around, []]}, {"paths": [[], [], around]})
    features = [{"attributes": {}, "geometry": each} for each in shapes]
    answer = {"spatialReference": {"wkid": 4490}, "features": features}
    return orjson.dumps(answer)


def csv() -> bytes:
    rows = [
        f'{n};"{geometry.wkt if n % 2 else shapely.to_wkb(geometry, hex=True)}"'
        for n, geometry in enumerate(GEOMETRIES)
    ]
    return "\n".join(["n;wkt", *rows, '4;"MULTIPOINT EMPTY"']).encode()


def topojson() -> bytes:
    arcs = [[list(place) for place in square()]]
    shapes = (
        {"type": "Polygon", "arcs": [[0]]},
        {"type": "MultiPolygon", "arcs": [[[0], []], [], [[]]]},
    )
    whole = {"type": "GeometryCollection", "geometries": shapes}
    return orjson.dumps({"type": "Topology", "objects": {"a": whole}, "arcs": arcs})


def files() -> dict[FormatName, bytes]:
    wkb = [wkb_of(each) for each in GEOMETRIES]
    return {
        "geojson": geojson([feature(orjson.loads(shapely.to_geojson(g))) for g in GEOMETRIES]),
        "esrijson": esrijson(),
        "csv": csv(),
        "topojson": topojson(),
        "geoparquet": geoparquet(GEOMETRIES, COLUMNS),
        "gpkg": by_gdal("GPKG", "a.gpkg", wkb, COLUMNS)["a.gpkg"],
    }


@pytest.mark.parametrize("format_name", files())
def test_empty_parts_are_left_out_and_told(tmp_path: Path, format_name: FormatName) -> None:
    found = read(tmp_path, files()[format_name], format_name, crs="EPSG:4490")
    told = [each for each in found.problems if each.code == "geometry-parts-empty"]
    assert [(each.severity, each.feature, each.params) for each in told] == [
        ("note", 2, {"count": 3})
    ]
    parts = shapely.get_parts([shapely.from_wkb(row["wkb"]) for row in found.rows])
    assert not shapely.is_empty(parts).any()


@pytest.mark.parametrize(
    ("text", "left", "lost"),
    [
        ("MULTIPOINT ZM ((1 2 3 4), EMPTY)", "MULTIPOINT ZM ((1 2 3 4))", 1),
        (
            "GEOMETRYCOLLECTION (POINT EMPTY, MULTIPOINT (EMPTY, (1 1)), POINT (2 2))",
            "GEOMETRYCOLLECTION (MULTIPOINT ((1 1)), POINT (2 2))",
            2,
        ),
        ("MULTIPOINT (EMPTY, EMPTY)", "MULTIPOINT (EMPTY, EMPTY)", 0),
        ("POINT EMPTY", "POINT EMPTY", 0),
    ],
)
def test_what_is_left_of_a_geometry(text: str, left: str, lost: int) -> None:
    geometries, counts = without_empty_parts(np.array([None, shapely.from_wkt(text)]))
    assert (geometries[1].wkt, counts.tolist()) == (left, [0, lost])


def test_geojson_tells_of_null_members_and_refuses_holes_alone(tmp_path: Path) -> None:
    ring = [list(place) for place in square()]
    area = {"type": "MultiPolygon", "coordinates": [[ring], [], [[]]]}
    both = {"type": "GeometryCollection", "geometries": [None, area]}
    found = read(tmp_path, geojson([feature(area), feature(both)]), "geojson")
    assert found.problems[0].params == {"count": 5}
    assert shapely.from_wkb(found.rows[0]["wkb"]).equals(AREA)
    alone = {"type": "Polygon", "coordinates": [[], ring]}
    assert read(tmp_path, geojson([feature(alone)]), "geojson").codes == ["ring-too-short"]


@pytest.mark.parametrize("format_name", ["geojson", "esrijson", "topojson"])
def test_points_without_a_position_are_left_out_and_told(
    tmp_path: Path, format_name: FormatName
) -> None:
    several = [[], [123.4, 41.78], [], [123.41, 41.78]]
    points = {"type": "MultiPoint", "coordinates": several}
    places = {"spatialReference": {"wkid": 4490}, "features": [{"geometry": {"points": several}}]}
    content = {
        "geojson": geojson([feature(points), feature({"type": "MultiPoint", "coordinates": [[]]})]),
        "esrijson": orjson.dumps({**places, "geometryType": "esriGeometryMultipoint"}),
        "topojson": orjson.dumps({"type": "Topology", "objects": {"a": points}, "arcs": []}),
    }
    found = read(tmp_path, content[format_name], format_name)
    (told,) = (each for each in found.problems if each.code == "geometry-parts-empty")
    assert (told.feature, told.params) == (1, {"count": 2})
    if format_name == "geojson":
        assert [(each.code, each.feature) for each in found.problems[1:]] == [("geometry-empty", 2)]
        return
    assert (
        shapely.from_wkb(found.rows[0]["wkb"]).wkt == "MULTIPOINT ((123.4 41.78), (123.41 41.78))"
    )


def test_topojson_refuses_holes_alone(tmp_path: Path) -> None:
    alone = topojson().replace(b'"arcs":[[0]]', b'"arcs":[[],[0]]')
    (fault,) = (each for each in read(tmp_path, alone, "topojson").problems if each.feature == 1)
    assert (fault.code, fault.severity) == ("ring-too-short", "error")
