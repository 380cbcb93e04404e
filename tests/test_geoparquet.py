import json
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely

from tests.format_files import boxes, geoparquet
from tests.opened_sources import read
from zones.errors import ZonesError

pytest.importorskip("pyarrow", reason="GeoParquet is read by pyarrow, which is not installed")

LONG = 210102001001000001
COLUMNS: dict[str, list[Any]] = {"名称": ["甲", None], "code": [LONG, None], "tags": [["a"], []]}


def test_rows_are_exact_and_the_system_is_the_standards_own(tmp_path: Path) -> None:
    found = read(tmp_path, geoparquet(boxes(2), COLUMNS), "geoparquet")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "甲", "code": LONG, "tags": ["a"]},
        {"名称": None, "code": None, "tags": []},
    ]
    assert (found.findings.crs.key, found.findings.crs.basis) == ("CRS84", "format")


def test_a_named_system_is_told_by_its_identifier(tmp_path: Path) -> None:
    named = {"crs": {"name": "CGCS2000", "id": {"authority": "EPSG", "code": 4490}}}
    found = read(tmp_path, geoparquet(boxes(2), COLUMNS, **named), "geoparquet")
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4490", "file")


def test_a_system_that_is_stated_to_be_unknown_is_asked_for(tmp_path: Path) -> None:
    asked = read(tmp_path, geoparquet(boxes(2), COLUMNS, crs=None), "geoparquet").question
    assert asked is not None
    assert asked.topic == "crs"


def test_a_geometry_that_is_missing_is_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path, geoparquet([boxes(1)[0], None], COLUMNS), "geoparquet")
    assert found.codes == ["geometry-missing"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "parquet-not-one"),
        (b"PAR1" + bytes(50), "source-unreadable"),
        (geoparquet(boxes(2), COLUMNS, encoding="point"), "parquet-no-geometry"),
        (geoparquet(boxes(2), COLUMNS, crs="EPSG:4490"), "parquet-no-geometry"),
    ],
)
def test_what_is_no_geoparquet_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ZonesError) as caught:
        read(tmp_path, content, "geoparquet")
    assert caught.value.code == code


def test_a_system_without_identifier_is_known_by_its_meaning(tmp_path: Path) -> None:
    told = json.loads(pyproj.CRS.from_proj4("+proj=tmerc +lon_0=123 +ellps=GRS80").to_json())
    content = geoparquet([shapely.Point(100, 4625000)], {"n": [1]}, crs=told)
    found = read(tmp_path, content, "geoparquet")
    assert found.findings.geometry.located == pytest.approx((123.0, 41.76) * 2, abs=0.01)


def test_a_system_that_is_not_understood_is_asked_for(tmp_path: Path) -> None:
    content = geoparquet(boxes(2), COLUMNS, crs={"name": "地方坐标系"})
    asked = read(tmp_path, content, "geoparquet").question
    assert asked is not None
    assert (asked.code, asked.params["crs"]) == ("ask-crs-unreadable", "地方坐标系")
    assert asked.candidates[0].options == {"crs": "CRS84"}
