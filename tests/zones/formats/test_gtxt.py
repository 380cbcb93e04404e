"""国土 TXT (勘测定界, 报备坐标) as many programs write it."""

import random
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.gtxt_files import (
    EAST,
    HEADER,
    NORTH,
    Layout,
    Parcel,
    file_of,
    layout,
    lines_of,
    parcels,
    text_of,
)
from tests.opened_sources import Read, read
from zones.crs.transform import to_plane
from zones.formats.signatures import HEAD_BYTES, format_by_content
from zones.messages import say

SQUARE = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)


def taken(folder: Path, content: bytes, **request: Any) -> Read:
    assert format_by_content(content[:HEAD_BYTES]) == "gtxt"
    return read(folder, content, "gtxt", **request)


def one(folder: Path, lines: list[str], header: dict[str, str] | None = None) -> Read:
    top = [f"{key}={value}" for key, value in (HEADER if header is None else header).items()]
    text = "\r\n".join(["[属性描述]", *top, "[地块坐标]", *lines])
    return taken(folder, text.encode("gbk"))


def shape(row: dict[str, Any]) -> shapely.Geometry:
    return to_plane(shapely.from_wkb(row["wkb"]))


def assert_same(found: shapely.Geometry, wanted: shapely.Geometry, within_m: float = 1e-4) -> None:
    assert found.geom_type == wanted.geom_type
    assert len(shapely.get_parts(found)) == len(shapely.get_parts(wanted))
    assert shapely.get_num_coordinates(found) == shapely.get_num_coordinates(wanted)
    assert shapely.hausdorff_distance(found.boundary, wanted.boundary) < within_m
    assert found.area == pytest.approx(wanted.area, abs=0.1)


USUAL, ALL = 40, 200


@pytest.mark.parametrize(
    "seed",
    [*range(USUAL), *(pytest.param(n, marks=pytest.mark.slow) for n in range(USUAL, ALL))],
)
def test_every_program_s_file_is_read_whole(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same each time
    made, how = parcels(rng, rng.randint(1, 4)), layout(rng)
    result = taken(tmp_path, file_of(made, how))
    assert result.question is None, how
    assert result.errors == 0, (how, result.problems)
    key = "EPSG:4490" if how.degrees else "EPSG:4529" if how.prefix else "EPSG:4550"
    assert result.findings.crs.key == key
    assert len(result.rows) == len(made)
    for row, parcel in zip(result.rows, made, strict=True):
        assert_same(shape(row), parcel.shape)
        told = row["properties"]
        assert (told["地块编号"], told["地块名称"]) == (parcel.code, parcel.name)
        assert told["地块面积"] == pytest.approx(parcel.shape.area / 1e4, abs=5e-5)
        assert told.get("地类编码") == (parcel.kind_code if how.width > 7 else None)
    warned = {each.code for each in result.problems if each.severity == "warning"}
    expected = {"gtxt-east-first"} if how.east_first else set()
    expected |= {"gtxt-zone-differs"} if how.header["带号"] == "3" and not how.degrees else set()
    assert warned == expected, how


def broken(text: str, way: str, rng: random.Random) -> str:
    """Return a text with one mistake of those that people make."""
    lines = text.split("\r\n")
    points = [at for at, line in enumerate(lines) if line.startswith("J")]
    at = rng.choice(points[1:3])
    name, ring, north, east = lines[at].split(",")
    match way:
        case "digit":
            lines[at] = f"{name},{ring},{north[1:]},{east}"
        case "exchanged":
            lines[at] = f"{name},{ring},{east},{north}"
        case "no-zone":
            lines[at] = f"{name},{ring},{north},{east[2:]}"
        case "words":
            lines[at] = f"{name},{ring},{north},东"
        case "number":
            lines[at] = f"{name},{ring},{north}"
        case "count":
            head = lines[points[0] - 1].split(",")
            lines[points[0] - 1] = ",".join(["99", *head[1:]])
        case "area":
            head = lines[points[0] - 1].split(",")
            lines[points[0] - 1] = ",".join([head[0], "7.1234", *head[2:]])
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("digit", "gtxt-point-odd"),
        ("exchanged", "gtxt-point-odd"),
        ("no-zone", "gtxt-point-odd"),
        ("words", "gtxt-line-unread"),
        ("number", "gtxt-line-unread"),
        ("count", "gtxt-count-differs"),
        ("area", "gtxt-area-differs"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_mistake_is_named_with_its_line(tmp_path: Path, seed: int, way: str, code: str) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same each time
    text = broken(text_of(parcels(rng), Layout()), way, rng)
    result = taken(tmp_path, text.encode("gbk"))
    (found,) = (each for each in result.problems if each.code == code)
    assert found.feature == 1
    line = text.split("\r\n")[int(str(found.params["line"])) - 1]
    assert line.startswith("J") == (way not in ("count", "area"))
    assert say(code, "zh", **found.params).message
    assert (result.errors > 0) == (way not in ("count", "area"))


def test_the_zone_is_asked_about_where_nothing_names_the_datum(tmp_path: Path) -> None:
    text = "\r\n".join(lines_of(Parcel(SQUARE), Layout()))
    result = taken(tmp_path, text.encode("gbk"))
    assert result.question is not None
    assert result.question.candidates[0].options == {"crs": "EPSG:4529"}


@pytest.mark.parametrize(
    ("told", "prefix", "key"),
    [
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "41"}, False, "EPSG:4550"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "40"}, True, "EPSG:4529"),
        ({"坐标系": "80国家大地坐标系", "带号": ""}, True, "EPSG:2365"),
        ({"坐标系": "1980西安坐标系", "带号": "41"}, False, "EPSG:2386"),
        ({"坐标系": "北京54", "带号": "41"}, True, "EPSG:2417"),
        ({"坐标系": "CGCS2000", "几度分带": "6", "带号": "21"}, False, "EPSG:4510"),
        ({"坐标系": "CGCS2000", "中央子午线": "123", "带号": ""}, False, "EPSG:4550"),
        ({"坐标系": "CGCS2000", "几度分带": "3", "带号": "3"}, False, None),
    ],
)
def test_system_by_header_and_prefix(
    tmp_path: Path, told: dict[str, str], prefix: bool, key: str | None
) -> None:
    how = Layout(header=told, prefix=prefix)
    result = taken(tmp_path, file_of([Parcel(SQUARE)], how))
    named = result.findings.crs
    if key is None:
        assert result.question is not None
        assert result.question.candidates[0].options == {"crs": "EPSG:4550"}
        return
    assert result.question is None
    from pyproj import CRS

    assert named.key == key or named.name == CRS(key).name or key == "EPSG:4510"
    assert named.basis == "file"


def test_a_local_grid_is_asked_about_by_its_name(tmp_path: Path) -> None:
    how = Layout(header={"坐标系": "沈阳地方坐标系"})
    result = taken(tmp_path, file_of([Parcel(SQUARE)], how))
    assert result.question is not None
    assert result.question.code == "ask-crs-unreadable"
    assert result.question.params["crs"] == "沈阳地方坐标系"


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ("DK001,@", {"地块编号": "DK001"}),
        (
            "5,1.0,DK-1,甲,面,K-51,公园绿地,1401,@",
            {"地块名称": "甲", "图幅号": "K-51", "地块用途": "公园绿地", "地类编码": "1401"},
        ),
        ("5,1.0,DK-1,面,K-51,公园绿地,1401,@", {"地块名称": None, "图幅号": "K-51"}),
        ("5,1.0,DK-1,甲,乙,面,K-51,公园绿地,1401,@", {"地块名称": "甲,乙", "地类编码": "1401"}),
        ("5,1.0,DK-1,甲,面,,用途,地上,@", {"图幅号": None, "地类编码": "地上"}),
        ("5,1.0,DK-1,甲,面,K,用途,0701,说明,@", {"描述": "说明"}),
        (
            "5,1.0,DK-1,甲,面,K,用途,0101,图斑,1,B,C,备注,@",
            {"图斑类型": "图斑", "地类": "1", "改造后质量等别": "C", "备注": "备注"},
        ),
        ("5,15亩,DK-1,甲,面,K,用途,0701,@", {"地块面积": 1.0}),
        ("5，1.0，DK-1，甲，面，K，用途，0701，@", {"地块编号": "DK-1", "地类编码": "0701"}),
        ("5,约一公顷,DK-1,甲,面,K,用途,0701,@", {"地块面积": "约一公顷"}),
    ],
)
def test_attributes_by_their_places(tmp_path: Path, cells: str, wanted: dict[str, Any]) -> None:
    result = one(tmp_path, [cells, *lines_of(Parcel(SQUARE), Layout())[1:]])
    assert result.errors == 0
    told = result.rows[0]["properties"]
    assert {name: told.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("0.9100", None),
        ("1.0000", "gtxt-area-without-holes"),
        ("9100.0", "gtxt-area-in-m2"),
        ("13.65", "gtxt-area-in-mu"),
        ("0.5000", "gtxt-area-differs"),
        ("0.9", None),
    ],
)
def test_a_stated_area_tells_what_is_wrong(tmp_path: Path, stated: str, code: str | None) -> None:
    hole = shapely.box(EAST + 10, NORTH + 10, EAST + 40, NORTH + 40)
    head, *points = lines_of(Parcel(SQUARE - hole), Layout())
    cells = head.split(",")
    result = one(tmp_path, [",".join([cells[0], stated, *cells[2:]]), *points])
    told = [each.code for each in result.problems if each.code.startswith("gtxt-area")]
    assert told == ([] if code is None else [code])
    unit = {"gtxt-area-in-m2": "（平方米）", "gtxt-area-in-mu": "（亩）", "gtxt-area-differs": ""}
    (title,) = {each.title for each in result.findings.fields if each.name == "地块面积"}
    assert title == f"地块面积{unit.get(code or '', '（公顷）')}"


def test_an_area_right_in_a_zone_that_is_too_far_is_told(tmp_path: Path) -> None:
    far = shapely.box(805_000, NORTH, 805_100, NORTH + 100)  # 123.6 E from the meridian 120 E
    how = Layout(header={**HEADER, "带号": "40"}, prefix=False)
    result = taken(tmp_path, file_of([Parcel(far)], how))
    assert "gtxt-area-zone" in result.codes


def test_an_end_that_is_not_the_start_is_told(tmp_path: Path) -> None:
    head, *points = lines_of(Parcel(SQUARE), Layout())
    north = points[0].split(",")[2]
    twice = one(tmp_path, [head, *points[:-1], f"J1,1,{north},{north}"])
    assert_same(shape(twice.rows[0]), SQUARE) if twice.rows else None
    assert "gtxt-end-differs" in twice.codes
    apart = one(tmp_path, [head, *points[:-1], "J1,1,4626850.0,41533050.0"])
    assert "gtxt-end-differs" in apart.codes
    assert apart.errors


def test_a_ring_of_two_points_is_left_out_and_told(tmp_path: Path) -> None:
    head, *points = lines_of(Parcel(SQUARE), Layout())
    extra = ["J9,2,4626810.0,41533010.0", "J10,2,4626820.0,41533010.0", "J9,2,4626810.0,41533010.0"]
    result = one(tmp_path, [head, *points, *extra])
    assert_same(shape(result.rows[0]), SQUARE)
    assert "gtxt-ring-short" in result.codes


def test_points_and_lines(tmp_path: Path) -> None:
    lines = [
        "1,,P1,点一,点,,,,@",
        "1,1,4626800.0,41533000.0",
        "2,,L1,线一,线,,,,@",
        "1,1,4626800.0,41533000.0",
        "2,1,4626900.0,41533000.0",
    ]
    result = one(tmp_path, lines)
    assert [shape(row).geom_type for row in result.rows] == ["Point", "LineString"]


def test_headers_of_two_systems_are_refused(tmp_path: Path) -> None:
    from zones.errors import SourceError

    other = Layout(header={**HEADER, "带号": "40"})
    two = text_of([Parcel(SQUARE)], Layout()) + text_of([Parcel(SQUARE)], other)
    with pytest.raises(SourceError) as caught:
        read(tmp_path, two.encode("gbk"), "gtxt")
    assert caught.value.code == "gtxt-headers-differ"
    assert caught.value.text("zh").hint
    same = read(tmp_path, (text_of([Parcel(SQUARE)], Layout()) * 2).encode("gbk"), "gtxt")
    assert len(same.rows) == 2


@pytest.mark.parametrize(
    "text", ["名称,邮箱\n甲,a@b.c,@", "a,b,c,@\n1,2,3,4", "经度,纬度\n123.4,41.7", "@", ""]
)
def test_other_texts_are_not_taken_for_it(text: str) -> None:
    assert format_by_content(text.encode()) is None or "3,4" in text


@pytest.mark.parametrize("more", ["55.2", "5", "55.2,界桩"])
def test_what_stands_behind_the_numbers_of_points_is_told(tmp_path: Path, more: str) -> None:
    head, first, *points = lines_of(Parcel(SQUARE), Layout())
    result = one(tmp_path, [head, first, *(f"{each},{more}" for each in points[:2]), *points[2:]])
    assert_same(shape(result.rows[0]), SQUARE)
    told = [each.params for each in result.problems if each.code == "gtxt-points-longer"]
    line = len(HEADER) + 5
    assert told == [{"count": 2, "line": line, "text": more}]
    assert "gtxt-points-longer" not in one(tmp_path, [head, first, *points]).codes


@pytest.mark.parametrize(
    ("projection", "is_told"),
    [
        ("高斯克吕格", False),
        ("高斯-克里格", False),
        ("Gauss", False),
        ("UTM", True),
        ("兰勃特", True),
    ],
)
def test_another_projection_in_the_header_is_told(
    tmp_path: Path, projection: str, is_told: bool
) -> None:
    result = one(tmp_path, lines_of(Parcel(SQUARE), Layout()), {**HEADER, "投影类型": projection})
    assert ("gtxt-projection" in result.codes) == is_told
