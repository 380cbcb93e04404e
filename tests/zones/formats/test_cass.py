"""Points without a header: CASS .dat, lists of total stations and RTK receivers."""

import random
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import Read, read
from zones.errors import SourceError
from zones.formats.signatures import format_by_content
from zones.formats.supported_formats import recognise
from zones.messages import say

ORDERS = {  # what stands where in a line, as programs offer it
    "cass": "{name},{code},{east},{north},{height}",
    "rtk": "{name},{code},{north},{east},{height},HRMS:0.011,VRMS:0.020",
    "no code": "{name},{north},{east},{height}",
    "east, no code": "{name},{east},{north},{height}",
    "no height": "{name},{code},{east},{north}",
    "tabs": "{name}\t{code}\t{east}\t{north}\t{height}",
    "blanks": "{name}  {east} {north}   {height}",
    "full width": "{name}，{code}，{east}，{north}，{height}",
    "bare": "{north},{east},{height}",
}


def taken(folder: Path, content: bytes, crs: str | None = "EPSG:4550", **request: Any) -> Read:
    assert format_by_content(content) == "cass"
    return read(folder, content, "cass", crs=crs, **request)


def points(seed: int) -> list[dict[str, str]]:
    dice = random.Random(seed)  # noqa: S311 - repeatable
    return [
        {
            "name": f"P{at}",
            "code": dice.choice(["D1", "F2", "管线", "0701"]),
            "east": f"{533_000 + dice.random() * 1000:.3f}",
            "north": f"{4_626_800 + dice.random() * 1000:.3f}",
            "height": f"{dice.random() * 50:.3f}",
        }
        for at in range(1, 9)
    ]


def place(row: dict[str, Any]) -> tuple[float, float]:
    from zones.crs.transform import to_plane

    point = to_plane(shapely.from_wkb(row["wkb"]))
    return point.x, point.y


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_every_order_is_read(tmp_path: Path, order: str, seed: int, encoding: str) -> None:
    found = points(seed)
    lines = [ORDERS[order].format(**point) for point in found]
    result = taken(tmp_path, "\r\n".join([*lines, ""]).encode(encoding))
    assert result.errors == 0
    assert len(result.rows) == len(found)
    for row, point in zip(result.rows, found, strict=True):
        assert place(row) == pytest.approx((float(point["east"]), float(point["north"])), abs=1e-3)
        told = row["properties"]
        if "{height}" in ORDERS[order]:
            assert told["高程"] == float(point["height"])
        if "{code}" in ORDERS[order]:
            assert (told["点号"], told["编码"]) == (point["name"], point["code"])
        if order == "rtk":
            assert (told["HRMS"], told["VRMS"]) == (0.011, 0.02)


def test_codes_may_be_empty_and_stay_texts(tmp_path: Path) -> None:
    text = "BEGIN\r\n4\r\n1,,533000.000,4626800.000,42.125\r\n2,0701,533200,4626800,42.3\r\nEND\r\n"
    result = taken(tmp_path, text.encode())
    assert [row["properties"] for row in result.rows] == [
        {"点号": "1", "编码": None, "高程": 42.125},
        {"点号": "2", "编码": "0701", "高程": 42.3},
    ]
    assert "cass-columns" in result.codes


def test_the_system_is_asked_for_the_right_one_first(tmp_path: Path) -> None:
    for prefix, key in (("", "EPSG:4550"), ("41", "EPSG:4529")):
        text = "\n".join(f"{n},,{prefix}533{n}00.000,4626800.000,42" for n in range(1, 5))
        question = taken(tmp_path, text.encode(), crs=None).question
        assert question is not None
        assert question.candidates[0].options == {"crs": key}


def test_where_areas_alone_are_wanted_the_points_bound_one(tmp_path: Path) -> None:
    corners = [(533000, 4626800), (533200, 4626800), (533200, 4626950), (533000, 4626950)]
    text = "\n".join(f"{at},,{x}.000,{y}.000,42" for at, (x, y) in enumerate(corners, start=1))
    (row,) = taken(tmp_path, text.encode(), kinds=["polygon"]).rows
    area = shapely.from_wkb(row["wkb"])
    assert area.geom_type == "Polygon"
    assert len(taken(tmp_path, text.encode()).rows) == 4


def test_degrees_in_either_order(tmp_path: Path) -> None:
    for line in ("P1,41.78123,123.40123,40.1", "P1,123.40123,41.78123,40.1"):
        result = taken(tmp_path, line.encode(), crs="EPSG:4490")
        assert shapely.from_wkb(result.rows[0]["wkb"]).coords[0] == (123.40123, 41.78123)


def test_a_local_grid_is_read_as_usual_and_told(tmp_path: Path) -> None:
    text = b"1,D1,5321.123,8812.004,42.1\n2,D1,5331.123,8822.004,42.2\n"
    assert format_by_content(text) is None
    assert recognise("a.DAT", text).name == "cass"
    result = read(tmp_path, text, "cass")
    assert result.question is not None


@pytest.mark.parametrize("text", ["名称,值\n甲,3", "x", "1,a,533000,b,c"])
def test_what_is_no_list_is_refused_with_its_first_line(tmp_path: Path, text: str) -> None:
    assert format_by_content(text.encode()) is None
    with pytest.raises(SourceError) as caught:
        read(tmp_path, text.encode(), "cass")
    assert caught.value.code == "cass-no-points"
    assert say("cass-no-points", "zh", **caught.value.params).hint


@pytest.mark.slow
def test_a_line_that_is_not_like_the_others_is_named(tmp_path: Path) -> None:
    lines = [f"{n},,533{n % 9}00.000,4626800.000,42" for n in range(2100)]
    lines[2050] = "2051,,533100.000,北,42"
    result = read(tmp_path, "\n".join(lines).encode("gbk"), "cass", crs="EPSG:4550")
    (found,) = (each for each in result.problems if each.severity == "error")
    assert (found.code, found.feature) == ("csv-not-numbers", 2051)


@pytest.mark.parametrize(
    "text", ["经度,纬度\n123.4,41.7", "a,b,c\n1,2,3", "1,2,3\n4,5,6", '{"a": 1}', "1", ""]
)
def test_tables_are_not_taken_for_it(text: str) -> None:
    assert format_by_content(text.encode()) is None


def test_remarks_are_passed_over_and_told_but_points_named_so_are_read(tmp_path: Path) -> None:
    lines = [
        "BEGIN",
        "# 控制点",
        "#1,,533000.0,4626800.0,42.1",
        "2,,533001.0,4626801.0,42.2",
        "END",
    ]
    found = taken(tmp_path, "\n".join(lines).encode("gbk"))
    assert [row["properties"]["点号"] for row in found.rows] == ["#1", "2"]
    (told,) = (each for each in found.problems if each.code == "cass-comments")
    assert told.params == {"count": 1, "sample": "# 控制点"}


@pytest.mark.parametrize(("letter", "key"), [("g", "gcj02"), ("b", "bd09")])
def test_texts_of_ovi_map_name_their_datum(tmp_path: Path, letter: str, key: str) -> None:
    lines = [f"{letter} 123.4105 41.7850 东门", f"{letter} 123.4115 41.7860 西门"]
    found = taken(tmp_path, "\n".join(lines).encode(), None)
    assert found.findings.crs.key == key
    assert [row["properties"]["名称"] for row in found.rows] == ["东门", "西门"]
    point = shapely.from_wkb(found.rows[0]["wkb"])
    assert 0.001 < abs(point.x - 123.4105) < 0.02


def test_numbers_may_bear_their_names(tmp_path: Path) -> None:
    content = b"J1 X=4626800.000 Y=533000.000\nJ2 X=4626810.000 Y=533010.000\n"
    found = taken(tmp_path, content)
    assert place(found.rows[1]) == pytest.approx((533010, 4626810))
