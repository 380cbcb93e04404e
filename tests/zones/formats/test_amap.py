"""Answers of AMap and Baidu, and tables with outlines as they write them."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.amap_answers import amap, district, outline
from tests.opened_sources import Read, read
from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.signatures import format_by_content
from zones.messages import say

AREA = shapely.box(123.40, 41.78, 123.41, 41.79)
HOLE = shapely.box(123.402, 41.782, 123.404, 41.784)
BESIDE = shapely.box(123.42, 41.78, 123.43, 41.79)
MICRODEGREE = 2e-6


def taken(folder: Path, content: bytes, **request: Any) -> Read:
    assert format_by_content(content) == "amap"
    return read(folder, content, "amap", **request)


def shapes(result: Read) -> list[shapely.Geometry]:
    return [shapely.from_wkb(row["wkb"]) for row in result.rows]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("wanted", [AREA, AREA - HOLE, shapely.union(AREA - HOLE, BESIDE)])
def test_districts_of_amap_lie_where_they_lie(
    tmp_path: Path, wanted: shapely.Geometry, closed: bool
) -> None:
    result = taken(tmp_path, amap(district(outline(wanted, CRS.GCJ02, closed=closed))))
    assert (result.errors, result.findings.crs.key) == (0, "gcj02")
    (found,) = shapes(result)
    assert shapely.hausdorff_distance(found.boundary, wanted.boundary) < MICRODEGREE
    assert found.area == pytest.approx(wanted.area, rel=1e-3)
    told = result.rows[0]["properties"]
    assert (told["adcode"], told["name"], told["citycode"]) == ("210102", "和平区", None)


@pytest.mark.parametrize("wrapped", [True, False])
def test_boundaries_of_baidu_lie_where_they_lie(tmp_path: Path, wrapped: bool) -> None:
    texts = outline(shapely.union(AREA, BESIDE), CRS.BD09).replace(";", "; ").split("|")
    told: dict[str, Any] = {"boundaries": texts}
    content = json.dumps({"rs": told} if wrapped else told).encode()
    result = taken(tmp_path, content)
    assert result.findings.crs.key == "bd09"
    (found,) = shapes(result)
    wanted = shapely.union(AREA, BESIDE)
    assert shapely.hausdorff_distance(found.boundary, wanted.boundary) < MICRODEGREE


def test_districts_below_without_outline_are_counted(tmp_path: Path) -> None:
    below = {"adcode": "210103", "name": "沈河区", "center": "123.4,41.8", "districts": []}
    told = district(outline(AREA, CRS.GCJ02), districts=[below, below])
    (found,) = (each for each in taken(tmp_path, amap(told)).problems if each.severity == "warning")
    assert (found.code, found.params["count"]) == ("amap-without-outline", 2)


def test_places_of_both_services(tmp_path: Path) -> None:
    pois = {"status": "1", "infocode": "10000", "pois": [{"name": "甲", "location": "123.4,41.78"}]}
    result = taken(tmp_path, json.dumps(pois).encode())
    assert (result.findings.crs.key, shapes(result)[0].geom_type) == ("gcj02", "Point")
    baidu = {"status": 0, "results": [{"name": "乙", "location": {"lat": 41.78, "lng": 123.4}}]}
    result = taken(tmp_path, json.dumps(baidu).encode())
    assert (result.findings.crs.key, result.rows[0]["properties"]) == ("bd09", {"name": "乙"})


def test_a_person_may_say_that_nothing_is_shifted(tmp_path: Path) -> None:
    content = amap(district(outline(AREA, CRS.CRS84)))
    result = taken(tmp_path, content, datum="none")
    assert (result.findings.crs.key, result.findings.crs.basis) == ("CRS84", "option")
    assert shapely.hausdorff_distance(shapes(result)[0], AREA) < MICRODEGREE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"status":"0","info":"INVALID_USER_KEY","infocode":"10001"}', "amap-error"),
        (b'{"status":"1","info":"OK","infocode":"10000","districts":[]}', "amap-no-places"),
    ],
)
def test_answers_without_places_are_refused_in_words(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(SourceError) as caught:
        taken(tmp_path, content)
    assert caught.value.code == code
    assert caught.value.text("zh").hint


@pytest.mark.parametrize("text", ["123.4,41.7;x,y;1,2", "123.4,41.7;123.5,41.7", "123.4;41.7"])
def test_a_text_that_is_no_outline_is_named(tmp_path: Path, text: str) -> None:
    result = taken(tmp_path, amap(district(text)))
    (found,) = (each for each in result.problems if each.severity == "error")
    assert (found.code, found.feature) == ("amap-polyline", 1)
    assert say(found.code, "zh", **found.params).hint


def test_a_table_with_outlines(tmp_path: Path) -> None:
    text = f'name,center,polyline\n和平区,"123.42,41.78","{outline(AREA - HOLE, CRS.GCJ02)}"\n'
    result = read(tmp_path, text.encode(), "csv")
    assert (result.findings.crs.key, result.errors) == ("gcj02", 0)
    assert "csv-datum-named" in result.codes
    wanted = (AREA - HOLE).boundary
    assert shapely.hausdorff_distance(shapes(result)[0].boundary, wanted) < MICRODEGREE
    other = text.replace("polyline", "坐标串").encode()
    asked = read(tmp_path, other, "csv").question
    assert asked is not None
    assert {"crs": "gcj02"} in [each.options for each in asked.candidates]


@pytest.mark.parametrize(
    "text", ['{"type":"FeatureCollection","features":[]}', '{"polyline":"x"}', '{"a":1}', "[]"]
)
def test_other_json_is_not_taken_for_it(text: str) -> None:
    assert format_by_content(text.encode()) is None
