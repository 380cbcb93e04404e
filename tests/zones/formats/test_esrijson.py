"""EsriJSON: answers of ArcGIS REST services."""

import json
import random
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, box

from tests.esri_answers import answer, feature, shape
from tests.opened_sources import Read, read
from zones.errors import SourceError
from zones.formats.signatures import format_by_content
from zones.messages import say

PLOT = box(123.40, 41.78, 123.41, 41.79)
HOLE = box(123.403, 41.783, 123.406, 41.786)


def taken(folder: Path, content: bytes, **request: Any) -> Read:
    assert format_by_content(content) == "esrijson"
    return read(folder, content, "esrijson", **request)


def shapes(result: Read) -> list[Any]:
    return [row["wkb"] and shapely.from_wkb(row["wkb"]) for row in result.rows]


def made(seed: int) -> list[shapely.Geometry]:
    """Return areas: plain, with holes, of two parts, with an island in a hole."""
    dice = random.Random(seed)  # noqa: S311 - repeatable
    found: list[shapely.Geometry] = []
    for at in range(4):
        x, y = 123.3 + at / 50 + dice.random() / 500, 41.7 + dice.random() / 100
        outer = box(x, y, x + 0.01, y + 0.01)
        hole = box(x + 0.002, y + 0.002, x + 0.006, y + 0.006)
        island = box(x + 0.003, y + 0.003, x + 0.004, y + 0.005)
        beside = box(x + 0.011, y, x + 0.013, y + dice.random() / 100)
        holed = outer - hole
        ways = [outer, holed, MultiPolygon([holed, beside]), MultiPolygon([holed, island])]
        found.append(ways[dice.randrange(4)])
    return found


@pytest.mark.parametrize("seed", range(12))
def test_areas_are_those_that_were_written_and_that_gdal_reads(tmp_path: Path, seed: int) -> None:
    wanted = made(seed)
    content = answer([feature(each, at) for at, each in enumerate(wanted, start=1)])
    result = taken(tmp_path, content)
    assert (result.errors, result.findings.crs.key) == (0, "EPSG:4490")
    path = tmp_path / "a.json"
    path.write_bytes(content)
    _, _, wkb, _ = pyogrio.raw.read(path)
    for found, own, other in zip(shapes(result), wanted, shapely.from_wkb(wkb), strict=True):
        assert shapely.equals_exact(found.normalize(), own.normalize(), tolerance=0)
        assert found.equals(other)


def test_attributes_titles_codes_and_instants(tmp_path: Path) -> None:
    content = answer([feature(PLOT, 7, SCRQ=1795910400000), feature(PLOT, 8, DKMC=None)])
    result = taken(tmp_path, content)
    first, second = (row["properties"] for row in result.rows)
    assert first["SCRQ"] == "2026-11-29T00:00:00Z"
    assert (first["DLBM"], first["TBMJ"], second["DKMC"], second["SCRQ"]) == (
        "0701",
        1.5,
        None,
        None,
    )
    assert [row["fid"] for row in result.rows] == ["7", "8"]
    fields = {field.name: field for field in result.findings.fields}
    assert fields["DKMC"].title == "地块名称"
    assert [(each.code, each.text) for each in fields["DLBM"].codes] == [("0701", "城镇住宅用地")]
    assert {"esrijson-instants", "titles-from-aliases", "codes-from-domain"} <= set(result.codes)


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ({"wkid": 102100, "latestWkid": 3857}, "EPSG:3857"),
        ({"wkid": 102100}, "EPSG:3857"),
        ({"wkid": 4326}, "EPSG:4326"),
        ({"wkid": 4490}, "EPSG:4490"),
        ({"wkt": 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
                 'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
                 'UNIT["Degree",0.0174532925199433]]'}, "EPSG:4490"),
    ],
)  # fmt: skip
def test_system_by_code_and_text(tmp_path: Path, reference: dict[str, Any], key: str) -> None:
    xy = {"x": 13736000.0, "y": 5126000.0} if key == "EPSG:3857" else {"x": 123.4, "y": 41.78}
    told = {"attributes": {}, "geometry": xy}
    result = taken(tmp_path, answer([told], kind="Point", spatialReference=reference))
    assert (result.findings.crs.key, result.findings.crs.basis) == (key, "file")


@pytest.mark.parametrize(
    ("reference", "code"),
    [({}, "ask-crs"), ({"wkid": 999999}, "ask-crs-unreadable"), ({"wkid": True}, "ask-crs")],
)
def test_a_system_that_is_not_named_is_asked_about(
    tmp_path: Path, reference: dict[str, Any], code: str
) -> None:
    result = taken(tmp_path, answer([feature(PLOT)], spatialReference=reference))
    assert result.question is not None
    assert result.question.code == code


def test_an_answer_that_is_not_whole_says_so(tmp_path: Path) -> None:
    assert (
        "esrijson-exceeded"
        in taken(tmp_path, answer([feature(PLOT)], exceededTransferLimit=True)).codes
    )
    told = {
        "type": "FeatureCollection",
        "properties": {"exceededTransferLimit": True},
        "features": [],
    }
    assert "esrijson-exceeded" in read(tmp_path, json.dumps(told).encode(), "geojson").codes


def test_rings_that_run_the_wrong_way_lie_as_they_lie(tmp_path: Path) -> None:
    told = shape(PLOT - HOLE)
    assert told is not None
    told["rings"] = [ring[::-1] for ring in told["rings"]]
    result = taken(tmp_path, answer([{"attributes": {}, "geometry": told}]))
    assert shapes(result)[0].equals(PLOT - HOLE)
    assert "esrijson-rings-turned" in result.codes


def test_other_shapes(tmp_path: Path) -> None:
    line = LineString([(123.4, 41.78), (123.41, 41.79)])
    told = [
        feature(Point(123.4, 41.78)),
        feature(line, 2),
        {"attributes": {}, "geometry": {"x": None, "y": None}},
        {"attributes": {}, "geometry": {"x": "NaN", "y": "NaN"}},
        {"attributes": {}},
        {"attributes": {}, "geometry": {"xmin": 123, "ymin": 41, "xmax": 124, "ymax": 42}},
        {"attributes": {}, "geometry": {"x": 123.4, "y": 41.78, "z": 40.5}},
        {
            "attributes": {},
            "geometry": {"paths": [[[123.4, 41.7, 3], [123.5, 41.7, 4]]], "hasZ": True},
        },
    ]
    result = taken(tmp_path, answer(told))
    kinds = [each and each.geom_type for each in shapes(result)]
    assert kinds == ["Point", "LineString", None, None, None, "Polygon", "Point", "LineString"]
    assert result.findings.geometry.flattened == 2


def test_quantized_coordinates_are_put_back(tmp_path: Path) -> None:
    transform = {
        "originPosition": "upperLeft", "scale": [0.001, 0.001], "translate": [123.4, 41.8],
    }  # fmt: skip
    told = {
        "attributes": {},
        "geometry": {"rings": [[[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]]},
    }
    result = taken(tmp_path, answer([told], transform=transform))
    assert shapes(result)[0].bounds == pytest.approx((123.4, 41.79, 123.41, 41.8))


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"curveRings": [[[0, 0], {"c": [[1, 1], [2, 2]]}]]}, "esrijson-curves"),
        ({"circle": 3}, "esrijson-shape"),
        ({"rings": [[[0, 0], [1, 1]]]}, "ring-too-short"),
        ({"rings": 3}, "coordinates-not-lists"),
        ({"rings": [[["a", 0]]]}, "position-not-numbers"),
        ({"rings": [[[1]]]}, "position-too-short"),
        ({"paths": [[[0, 0]]]}, "line-too-short"),
        ({"x": 1, "y": 2, "spatialReference": {"wkid": 3857}}, "esrijson-system-differs"),
    ],
)
def test_what_cannot_be_built_is_named_with_its_feature(
    tmp_path: Path, geometry: dict[str, Any], code: str
) -> None:
    told = [feature(PLOT), {"attributes": {}, "geometry": geometry}]
    result = taken(tmp_path, answer(told))
    (found,) = (each for each in result.problems if each.severity == "error")
    assert (found.code, found.feature) == (code, 2)
    assert say(code, "zh", **found.params).hint


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"error": {"code": 498, "message": "Invalid Token", "details": []}}, "esrijson-error"),
        ({"currentVersion": 11.1, "geometryType": "esriGeometryPolygon"}, "esrijson-no-features"),
    ],
)
def test_answers_without_features_are_refused_in_words(
    tmp_path: Path, told: dict[str, Any], code: str
) -> None:
    with pytest.raises(SourceError) as caught:
        taken(tmp_path, json.dumps(told).encode())
    assert caught.value.code == code
    assert caught.value.text("zh").hint


def test_one_feature_and_one_geometry_alone(tmp_path: Path) -> None:
    alone = shape(PLOT) or {}
    single = json.dumps({"attributes": {"a": 1}, "geometry": alone}).encode()
    assert taken(tmp_path, single, crs="EPSG:4490").rows[0]["properties"] == {"a": 1}
    bare = json.dumps({**alone, "spatialReference": {"wkid": 4490}}).encode()
    assert shapes(taken(tmp_path, bare))[0].equals(PLOT)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"FeatureCollection","features":[]}',
        '{"x":1}',
        "[]",
        '{"features":[]}',
        '{"a":{"rings":3}}',
    ],
)
def test_other_json_is_not_taken_for_it(text: str) -> None:
    assert format_by_content(text.encode()) is None
