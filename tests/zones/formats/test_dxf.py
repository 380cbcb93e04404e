"""What a drawing holds beside its shapes is kept, and what cannot be read is told."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.format_files import dxf
from tests.opened_sources import Read, read
from zones.errors import SourceError
from zones.formats.dxf import tags
from zones.model import Problem

_E, _N = 41533000, 4626900
CORNERS = ((_E, _N), (_E + 100, _N), (_E + 100, _N + 100), (_E, _N + 100))
DATA = [1001, "SOUTH", 1000, "300000", 1000, "210102001001GB00001", 1000, "张某", 1000, "0701"]


def polyline(
    *corners: Sequence[object], layer: str = "JZD", closed: bool = True, more: Sequence[object] = ()
) -> list[object]:
    path = corners or CORNERS
    begin = [0, "LWPOLYLINE", 5, "2F", 8, layer, 90, len(path), 70, int(closed)]
    return [*begin, *(part for x, y in path for part in (10, x, 20, y)), *more]


def with_blocks(drawing: bytes, *blocks: Sequence[object]) -> bytes:
    mark = b"0\r\nSECTION\r\n2\r\nENTITIES"
    flat = [0, "SECTION", 2, "BLOCKS", *(part for block in blocks for part in block), 0, "ENDSEC"]
    return drawing.replace(mark, "".join(f"{part}\r\n" for part in flat).encode("gbk") + mark)


def drawn(folder: Path, content: bytes, **options: Any) -> Read:
    return read(folder, content, "dxf", crs="EPSG:4529", **options)


def problem(found: Read, code: str) -> Problem:
    return next(problem for problem in found.problems if problem.code == code)


def test_extended_data_become_properties(tmp_path: Path) -> None:
    numbers = [1001, "OTHER", 1070, 5, 1040, 2.5, 1001, "ACAD", 1000, "DSTYLE"]
    found = drawn(tmp_path, dxf(polyline(more=[*DATA, *numbers])))
    properties = found.rows[0]["properties"]
    assert properties == {
        "Layer": "JZD",
        "EntityHandle": "2F",
        "Text": None,
        "SOUTH_1": "300000",
        "SOUTH_2": "210102001001GB00001",
        "SOUTH_3": "张某",
        "SOUTH_4": "0701",
        "OTHER_1": 5,
        "OTHER_2": 2.5,
    }


def test_attributes_of_a_block_stand_with_what_it_draws(tmp_path: Path) -> None:
    line = [0, "LINE", 8, "0", 10, 0, 20, 0, 11, 9, 21, 9]
    block = [0, "BLOCK", 8, "0", 2, "树", 70, 2, 10, 0, 20, 0, *line, 0, "ENDBLK"]
    begin = [0, "INSERT", 8, "绿化", 66, 1, 2, "树", 10, _E, 20, _N]
    attributes = [0, "ATTRIB", 8, "字", 10, _E, 20, _N, 40, 1, 1, "白杨", 2, "NAME"]
    again = [*attributes[:-4], 1, "三", 2, "Layer", 0, "SEQEND"]
    found = drawn(tmp_path, with_blocks(dxf([*begin, *attributes, *again]), block))
    assert found.rows[0]["properties"]["NAME"] == "白杨"
    assert found.rows[0]["properties"]["Layer"] == "绿化"
    assert found.rows[0]["properties"]["Layer_2"] == "三"
    assert [row["properties"]["Text"] for row in found.rows] == [None, "白杨", "三"]


@pytest.mark.parametrize("layer", [r"\U+7528\U+5730", r"\M+5D3C3\M+5B5D8", r"\u+7528地".upper()])
def test_texts_are_read_through_their_escapes(tmp_path: Path, layer: str) -> None:
    text = [0, "TEXT", 8, layer, 10, _E, 20, _N, 40, 2.5, 1, r"\U+957F\U+6C5F \U+D840\U+DC0B"]
    content = dxf(polyline(layer=layer), text)
    found = drawn(tmp_path, content, layer="用地")
    assert found.findings.layers == ("用地",)
    assert found.rows[1]["properties"]["Text"] == "长江 𠀋"


def test_what_cannot_be_read_is_told_by_kind_and_number(tmp_path: Path) -> None:
    spline = [0, "SPLINE", 8, "JZD", 70, 8, 71, 3, 74, 2, 11, _E, 21, _N, 11, _E + 9, 21, _N]
    lost = (
        [0, "ACAD_PROXY_ENTITY", 8, "墙体"],
        [0, "TCH_WALL", 8, "墙体"],
        [0, "REGION", 8, "地块"],
    )
    content = dxf(polyline(), *lost, lost[0], spline)
    found = drawn(tmp_path, content)
    assert len(found.rows) == 1
    assert problem(found, "drawing-entities-lost").params == {
        "count": 5,
        "kinds": "ACAD_PROXY_ENTITY 2, TCH_WALL 1, REGION 1, SPLINE 1",
        "layers": "墙体, 地块, JZD",
    }
    of_layer = drawn(tmp_path, content, layer="地块")
    assert of_layer.rows == []
    assert problem(of_layer, "drawing-entities-lost").params["kinds"] == "REGION 1"


def test_a_drawing_of_nothing_readable_says_so(tmp_path: Path) -> None:
    found = drawn(tmp_path, dxf([0, "TCH_WALL", 8, "墙体"]))
    assert found.codes == ["drawing-entities-lost"]


def test_what_blocks_lack_is_told(tmp_path: Path) -> None:
    block = [
        0,
        "BLOCK",
        8,
        "0",
        2,
        "门",
        70,
        0,
        10,
        0,
        20,
        0,
        0,
        "TCH_OPENING",
        8,
        "0",
        0,
        "ENDBLK",
    ]
    found = drawn(
        tmp_path, with_blocks(dxf([0, "INSERT", 8, "门", 2, "门", 10, _E, 20, _N]), block)
    )
    assert problem(found, "drawing-blocks-lost").params == {"count": 1, "kinds": "TCH_OPENING 1"}
    assert problem(found, "drawing-entities-lost").params["kinds"] == "INSERT 1"


@pytest.mark.parametrize(
    "value", ["41533100,5", "41533100.50", "４１５３３１００．５", "4.15331005e7"]
)
def test_numbers_are_read_however_they_are_written(tmp_path: Path, value: str) -> None:
    corners = ((_E, _N), (value, _N), (value, _N + 100), (_E, _N + 100))
    plain = ((_E, _N), (_E + 100.5, _N), (_E + 100.5, _N + 100), (_E, _N + 100))
    found = drawn(tmp_path, dxf(polyline(*corners)))
    assert found.rows[0]["wkb"] == drawn(tmp_path, dxf(polyline(*plain))).rows[0]["wkb"]
    other = value.isascii() and "," not in value
    assert found.codes == ([] if other else ["drawing-numbers-otherwise"])


@pytest.mark.parametrize(
    "value", ["533,100", "41,533,100.5", "nan", "1.#QNAN", "1_000", "533100m", "", "0x10", "12.5.1"]
)
def test_a_number_that_is_none_is_told_with_its_place(tmp_path: Path, value: str) -> None:
    corners = ((_E, _N), (value, _N), (_E, _N + 100), (_E, _N))
    found = drawn(tmp_path, dxf(polyline(), polyline(*corners, layer="乙")))
    wrong = problem(found, "drawing-number")
    assert (wrong.feature, wrong.params["value"], wrong.params["layer"]) == (2, value, "乙")
    assert wrong.severity == "error"
    assert found.errors == 1


def test_a_number_that_is_none_in_a_block_refuses_the_drawing(tmp_path: Path) -> None:
    line = [0, "LINE", 8, "0", 10, "9..", 20, 0, 11, 9, 21, 9]
    block = [0, "BLOCK", 8, "0", 2, "树", 70, 0, 10, 0, 20, 0, *line, 0, "ENDBLK"]
    found = drawn(tmp_path, with_blocks(dxf(polyline()), block))
    assert problem(found, "drawing-block-number").params["value"] == "9.."
    assert found.errors == 1


def test_entities_of_a_sheet_are_left_out_and_told(tmp_path: Path) -> None:
    frame = [0, "LINE", 67, 1, 8, "图框", 10, 0, 20, 0, 11, 420, 21, 0]
    found = drawn(tmp_path, dxf(frame, polyline()))
    assert len(found.rows) == 1
    assert found.findings.layers == ("JZD",)
    assert problem(found, "drawing-paper-space").params == {"count": 1}


def test_a_bulge_is_a_curve(tmp_path: Path) -> None:
    straight = polyline(more=[42, 0.0])
    assert "curves-straightened" not in drawn(tmp_path, dxf(straight)).codes
    assert "curves-straightened" in drawn(tmp_path, dxf(polyline(more=[42, 0.4]))).codes


def test_a_line_that_holds_no_group_code_is_told(tmp_path: Path) -> None:
    content = dxf(polyline()).replace(b"\r\n90\r\n", b"\r\n\r\n90\r\n")
    with pytest.raises(SourceError) as caught:
        drawn(tmp_path, content)
    assert caught.value.code == "drawing-damaged"
    assert content.splitlines()[int(caught.value.params["line"]) - 1] == b""


@pytest.mark.parametrize("gap_mm", [0.4, 9.0])
def test_areas_that_are_nearly_closed_are_closed_and_told(tmp_path: Path, gap_mm: float) -> None:
    corners = (*CORNERS, (_E + gap_mm / 1000, _N))
    content = dxf(polyline(*corners, closed=False))
    found = drawn(tmp_path, content, kinds=["polygon"])
    assert found.codes == ["lines-as-areas", "lines-closed"]
    assert problem(found, "lines-closed").params["largest_mm"] == pytest.approx(gap_mm, rel=0.01)
    (area,) = (shapely.from_wkb(row["wkb"]) for row in found.rows)
    assert area.geom_type == "Polygon"
    assert shapely.get_num_coordinates(area) == 5
    as_lines = drawn(tmp_path, content)
    assert as_lines.codes == ["lines-nearly-closed"]
    assert shapely.from_wkb(as_lines.rows[0]["wkb"]).geom_type == "LineString"


def test_an_open_line_says_how_far_its_ends_are_apart(tmp_path: Path) -> None:
    corners = (*CORNERS, (_E, _N + 0.25))
    found = drawn(tmp_path, dxf(polyline(*corners, closed=False)), kinds=["polygon"])
    assert problem(found, "line-open").params["gap_m"] == pytest.approx(0.25, rel=1e-3)
    assert found.errors == 1


def test_four_lines_about_an_area_are_told_to_be_joined(tmp_path: Path) -> None:
    ring = [*CORNERS, CORNERS[0]]
    sides = [
        [0, "LINE", 8, "线", 10, x, 20, y, 11, to_x, 21, to_y]
        for (x, y), (to_x, to_y) in pairwise(ring)
    ]
    found = drawn(tmp_path, dxf(*sides), kinds=["polygon"])
    assert problem(found, "lines-enclose").params == {"count": 1}
    assert found.codes.count("geometry-kind") == 4


def test_texts_are_read_in_a_drawing_without_a_header(tmp_path: Path) -> None:
    whole = dxf(polyline(layer="地块"))
    begin = whole.index(b"0\r\nSECTION\r\n2\r\nENTITIES")
    assert b"HEADER" in whole[:begin]
    for encoding in ("gbk", "utf-8"):
        bare = whole[begin:].decode("gbk").encode(encoding)
        found = drawn(tmp_path, bare)
        assert found.rows[0]["properties"]["Layer"] == "地块"


@pytest.mark.parametrize("code", [10, 20])
def test_a_vertex_with_half_a_position_is_told_and_not_dropped(tmp_path: Path, code: int) -> None:
    whole = polyline()
    at = [at for at in range(0, len(whole), 2) if whole[at] == code][1]
    found = drawn(tmp_path, dxf(polyline(), whole[:at] + whole[at + 2 :]))
    told = problem(found, "drawing-pair")
    assert (told.feature, told.params["kind"], told.params["layer"]) == (2, "LWPOLYLINE", "JZD")


def test_a_line_with_half_an_end_is_told(tmp_path: Path) -> None:
    line = [0, "LINE", 8, "JZD", 10, _E, 20, _N, 11, _E + 9]
    assert problem(drawn(tmp_path, dxf(line)), "drawing-pair").params["kind"] == "LINE"


def test_lines_that_end_in_cr_alone_are_read(tmp_path: Path) -> None:
    content = dxf(polyline(layer="用地", more=DATA)).replace(b"\r\n", b"\r")
    found = drawn(tmp_path, content)
    assert found.rows[0]["properties"]["Layer"] == "用地"
    assert found.rows[0]["properties"]["SOUTH_3"] == "张某"


def test_blocks_keep_their_name_and_may_be_points(tmp_path: Path) -> None:
    line = [0, "LINE", 8, "0", 10, 0, 20, 0, 11, 9, 21, 9]
    block = [0, "BLOCK", 8, "0", 2, "GC200", 70, 2, 10, 0, 20, 0, *line, 0, "ENDBLK"]
    inserts = [
        [0, "INSERT", 8, "GCD", 2, "GC200", 10, _E, 20, _N, 30, 55.2],
        [0, "INSERT", 8, "GCD", 2, "GC200", 10, f"{_E + 5}e0", 20, _N],
    ]
    content = with_blocks(dxf(*inserts), block)
    lines = drawn(tmp_path, content)
    assert lines.findings.geometry.types == {"LineString": 2}
    assert problem(lines, "drawing-blocks-lines").params == {"count": 2, "blocks": "GC200 2"}
    points = drawn(tmp_path, content, kinds=["point"])
    assert points.findings.geometry.types == {"Point": 2}
    assert {row["properties"]["Block"] for row in points.rows} == {"GC200"}
    assert problem(points, "drawing-blocks-points").params["count"] == 2


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_tags_are_the_lines_of_the_drawing(line_end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tags_of = [(10, "1"), (20, "-2.5"), (30, "3"), (10, "4e5"), (20, "5"), (1, "字" * 30), (70, "")]
    lines = [str(part) for _ in range(9) for tag in tags_of for part in tag]
    text = line_end.join(["999", "a", *lines, "0"]).encode("gbk")
    for at_once in (3, 17, 64, 1000):
        monkeypatch.setattr(tags, "_AT_ONCE", at_once)
        met = list(tags.tags(BytesIO(text)))
        joined = b"".join(tag.plain or tag.code + tag.value for tag in met)
        assert joined.decode("gbk").splitlines() == ["999", "a", *lines]
        assert [tag.line for tag in met] == sorted({tag.line for tag in met})
        assert any(tag.plain for tag in met) or at_once < 17
        read_texts = [line.decode("gbk") for line in tags.lines_beyond_ascii(BytesIO(text))]
        assert read_texts == ["字" * 30] * 9


@pytest.mark.parametrize(
    ("flags", "colour", "is_hidden"), [(0, -7, True), (1, 7, True), (65, 7, True), (64, 7, False)]
)
def test_objects_on_layers_that_are_off_or_frozen_are_read_and_told(
    tmp_path: Path, flags: int, colour: int, is_hidden: bool
) -> None:
    layer = (0, "LAYER", 2, "用地", 70, flags, 62, colour)
    table = (0, "SECTION", 2, "TABLES", 0, "TABLE", 2, "LAYER", *layer, 0, "ENDTAB", 0, "ENDSEC")
    written = "".join(f"{part}\r\n" for part in table).encode("gbk")
    drawing = dxf((0, "POINT", 8, "用地", 10, 123.4, 20, 41.78))
    content = drawing.replace(b"0\r\nSECTION\r\n2\r\nENT", written + b"0\r\nSECTION\r\n2\r\nENT")
    found = read(tmp_path, content, "dxf", crs="EPSG:4490")
    assert len(found.rows) == 1
    told = [each.params for each in found.problems if each.code == "drawing-hidden-layers"]
    assert told == [{"count": 1, "layers": "用地"}] * is_hidden


def test_entities_that_are_not_to_be_seen_are_read_and_told(tmp_path: Path) -> None:
    line = [0, "LINE", 8, "0", 60, 1, 10, 0, 20, 0, 11, 9, 21, 9]
    block = [0, "BLOCK", 8, "0", 2, "树", 70, 0, 10, 0, 20, 0, *line, 0, "ENDBLK"]
    insert = [0, "INSERT", 8, "绿化", 60, 0, 2, "树", 10, _E, 20, _N]
    hidden = polyline(more=[60, "     1"])
    found = drawn(tmp_path, with_blocks(dxf(polyline(), hidden, insert), block))
    assert len(found.rows) == 3
    assert problem(found, "drawing-invisible").params == {
        "count": 2,
        "kinds": "LINE 1, LWPOLYLINE 1",
    }
    assert "drawing-invisible" not in drawn(tmp_path, dxf(polyline())).codes
