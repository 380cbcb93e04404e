import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from tests.opened_sources import layer_of, read
from tests.source_files import (
    PRJ_4550,
    feature,
    geojson,
    point,
    polygon,
    shapefile,
    square,
    zip_of,
    zipped,
)
from zones.errors import SourceError, UnknownCRSError
from zones.ingest.question_report import question_as_json

SQUARES = [polygon(square(index)) for index in range(3)]
NAMES = [("和平区",), ("沈阳站 & <b>",), ("",)]


def fault(folder: Path, content: bytes, **choice: Any) -> str:
    with pytest.raises((SourceError, UnknownCRSError)) as caught:
        read(folder, content, "shapefile", **choice)
    assert caught.value.text("zh").message
    assert caught.value.text("en").message
    return caught.value.code


def changed(part: bytes, at: int, new: bytes) -> bytes:
    return part[:at] + new + part[at + len(new) :]


@pytest.mark.parametrize(
    ("encoding", "code_page", "cpg"),
    [
        ("utf-8", 0, "UTF-8"),
        ("utf-8", 0x4D, None),
        ("utf-8", 0x57, "ISO-8859-1"),
        ("gbk", 0x4D, None),
        ("gbk", 0, None),
        ("gbk", 0x57, "UTF-8"),
    ],
)
def test_texts_are_right_whatever_the_labels_say(
    tmp_path: Path, encoding: str, code_page: int, cpg: str | None
) -> None:
    parts = shapefile(
        SQUARES,
        NAMES,
        fields=[("名称", "C", 40)],
        encoding=encoding,
        code_page=code_page,
        cpg=cpg,
    )
    found = read(tmp_path, zipped(parts), "shapefile")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "和平区"},
        {"名称": "沈阳站 & <b>"},
        {"名称": None},
    ]


def test_a_label_that_the_bytes_contradict_is_told(tmp_path: Path) -> None:
    parts = shapefile(SQUARES, NAMES, encoding="gbk", cpg="UTF-8")
    found = read(tmp_path, zipped(parts), "shapefile")
    assert found.codes == ["encoding-label-wrong"]
    assert found.findings.encoding.samples[:1] == ("和平区",)


@pytest.mark.parametrize(("encoding", "code_page"), [("utf-8", 0), ("gbk", 0x4D), ("gbk", 0)])
def test_a_cpg_that_is_not_known_is_told(encoding: str, code_page: int, tmp_path: Path) -> None:
    parts = shapefile(SQUARES, NAMES, encoding=encoding, code_page=code_page, cpg="X-WANSUNG")
    found = read(tmp_path, zipped(parts), "shapefile")
    assert found.codes == ["encoding-label-unknown"]
    assert found.problems[0].params["declared"] == "X-WANSUNG"
    assert found.rows[0]["properties"] == {"name": "和平区"}


def test_the_label_of_geotools_is_heard_where_there_is_no_cpg(tmp_path: Path) -> None:
    parts = shapefile(SQUARES[:1], [("Café",)], encoding="latin-1") | {".cst": b"ISO-8859-1\n"}
    found = read(tmp_path, zipped(parts), "shapefile")
    assert (found.rows[0]["properties"], found.codes) == ({"name": "Café"}, [])
    contradicted = {**parts, ".cpg": b"GBK"}
    assert fault(tmp_path, zipped(contradicted)) == "text-encoding"


def test_korean_is_asked_about_and_read_as_chosen(tmp_path: Path) -> None:
    packed = zipped(shapefile(SQUARES[:1], [("한국말",)], encoding="euc-kr", cpg="EUC-KR"))
    asked = read(tmp_path, packed, "shapefile").question
    assert asked is not None
    first = asked.candidates[0]
    assert (first.options, first.samples) == ({"encoding": "cp949"}, ("한국말",))
    found = read(tmp_path, packed, "shapefile", encoding="cp949")
    assert found.rows[0]["properties"] == {"name": "한국말"}


def test_a_text_cut_within_a_character_loses_that_character(tmp_path: Path) -> None:
    parts = shapefile(SQUARES[:1], [("和平区和平区",)], fields=[("名称", "C", 16)])
    found = read(tmp_path, zipped(parts), "shapefile")
    assert found.rows[0]["properties"] == {"名称": "和平区和平"}
    assert found.codes == ["texts-cut"]


def test_numbers_dates_and_blanks_become_what_json_has(tmp_path: Path) -> None:
    fields = [
        ("id", "N", 18),
        ("area", "N", 12),
        ("day", "D", 8),
        ("ok", "L", 1),
        ("memo", "M", 10),
    ]
    rows = [
        (210102001001000001, "1.50", "20260131", "T", ""),
        (None, "************", "00000000", "?", ""),
    ]
    found = read(tmp_path, zipped(shapefile(SQUARES[:2], rows, fields=fields)), "shapefile")
    assert found.rows[0]["properties"] == {
        "id": 210102001001000001,
        "area": 1.5,
        "day": "2026-01-31",
        "ok": True,
    }
    assert set(found.rows[1]["properties"].values()) == {None}
    assert found.codes == ["fields-skipped", "dbf-asterisks"]


def test_what_gdal_writes_is_what_we_read(tmp_path: Path) -> None:
    shapes = shapely.to_wkb([shapely.Point(123.4, 41.7).buffer(0.01), shapely.box(1, 2, 3, 4)])
    pyogrio.raw.write(
        tmp_path / "gdal.shp",
        shapes,
        [np.array(["北市场", "南市场"], dtype=object), np.array([1, -2])],
        ["名称", "n"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding="GBK",
        driver="ESRI Shapefile",
    )
    parts = {path.name: path.read_bytes() for path in tmp_path.glob("gdal.*")}
    found = read(tmp_path, zip_of(parts), "shapefile")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "北市场", "n": 1},
        {"名称": "南市场", "n": -2},
    ]
    read_back = shapely.from_wkb([row["wkb"] for row in found.rows])
    assert shapely.equals(read_back, shapely.from_wkb(shapes)).all()
    assert found.findings.crs.key == "EPSG:4490"


def test_folders_upper_case_chinese_names_and_junk_do_not_matter(tmp_path: Path) -> None:
    parts = shapefile(SQUARES, NAMES)
    members = {f"成果/和平区{suffix.upper()}": content for suffix, content in parts.items()}
    junk = {"__MACOSX/成果/._和平区.shp": b"\0", "成果/和平区.sbn": b"\0", "成果/说明.txt": b""}
    found = read(tmp_path, zip_of({**members, **junk}), "shapefile")
    assert (found.findings.layer, len(found.rows)) == ("和平区", 3)


def test_of_several_shapefiles_one_must_be_named(tmp_path: Path) -> None:
    one, two = shapefile(SQUARES[:1]), shapefile(SQUARES)
    packed = zip_of(
        {f"a{end}": part for end, part in one.items()}
        | {f"b{end}": part for end, part in two.items()}
    )
    asked = read(tmp_path, packed, "shapefile").question
    assert asked is not None
    assert (asked.code, asked.params["layers"]) == ("layer-needed", "a, b")
    assert [(each.options["layer"], each.samples[:1]) for each in asked.candidates] == [
        ("b", ("n0",)),
        ("a", ("n0",)),
    ]
    offered = question_as_json(asked, "zh")["candidates"]
    reasons = [reason for each in offered for reason in each["reasons"]]
    assert reasons == ["3 个要素，几何类型 面。", "1 个要素，几何类型 面。"]
    assert len(read(tmp_path, packed, "shapefile", layer="b").rows) == 3
    assert fault(tmp_path, packed, layer="c") == "layer-unknown"


def test_layers_of_one_name_in_two_folders_go_by_their_paths(tmp_path: Path) -> None:
    parts = shapefile(SQUARES[:1])
    packed = zip_of({f"{way}/a{end}": part for way in "xy" for end, part in parts.items()})
    assert layer_of(tmp_path, packed, "shapefile", layer="y/a").layers == ("x/a", "y/a")


def test_the_option_stands_for_a_missing_prj(tmp_path: Path) -> None:
    parts = shapefile(SQUARES, prj=None)
    layer = layer_of(tmp_path, zipped(parts), "shapefile", crs="EPSG:4490")
    assert (layer.crs_finding.key, layer.crs_finding.basis) == ("EPSG:4490", "option")


@pytest.mark.parametrize(
    ("prj", "code"),
    [
        (" \n", "ask-crs"),
        (None, "ask-crs"),
        ("PROJCS[nonsense", "ask-crs-unreadable"),
        ('LOCAL_CS["沈阳城建坐标",UNIT["Meter",1]]', "ask-crs-unreadable"),
    ],
)
def test_a_system_that_is_missing_or_not_understood_is_asked_for(
    tmp_path: Path, prj: str | None, code: str
) -> None:
    asked = read(tmp_path, zipped(shapefile(SQUARES, prj=prj)), "shapefile").question
    assert asked is not None
    assert asked.code == code
    assert asked.candidates[0].options == {"crs": "CRS84"}


def test_an_esri_prj_with_a_byte_order_mark_is_known_by_its_meaning(tmp_path: Path) -> None:
    parts = shapefile([point(533000.0, 4625000.0)], prj="\ufeff" + PRJ_4550)
    found = read(tmp_path, zipped(parts), "shapefile")
    assert found.findings.crs.key == "EPSG:4550"
    assert found.findings.geometry.located == pytest.approx((123.4, 41.76) * 2, abs=0.01)


def test_any_system_that_epsg_lists_can_be_given(tmp_path: Path) -> None:
    finding = layer_of(
        tmp_path, zipped(shapefile(SQUARES)), "shapefile", crs="EPSG:4610"
    ).crs_finding
    assert finding.name == "Xian 1980"
    assert fault(tmp_path, zipped(shapefile(SQUARES)), crs="Mars 2000") == "unknown-crs"


def test_holes_heights_lines_and_null_shapes_are_read(tmp_path: Path) -> None:
    hole = list(reversed([(x + 0.002, y + 0.002) for x, y in square(size=0.004)]))
    found = read(tmp_path, zipped(shapefile([polygon(square(), hole), None])), "shapefile")
    assert found.findings.geometry.vertices == 10
    assert found.codes == ["geometry-missing"]
    high = {"type": "LineString", "coordinates": [[123.4, 41.7, 5.0], [123.5, 41.8, 6.0]]}
    found = read(tmp_path, zipped(shapefile([high])), "shapefile")
    assert (found.codes, found.findings.geometry.types) == (["heights-dropped"], {"LineString": 1})


def test_rows_marked_as_deleted_are_passed_over(tmp_path: Path) -> None:
    parts = shapefile(SQUARES, NAMES)
    first_row = parts[".dbf"].index(b"\r") + 1
    parts[".dbf"] = changed(parts[".dbf"], first_row + 41, b"*")
    found = read(tmp_path, zipped(parts), "shapefile")
    assert [row["source"] for row in found.rows] == [1, 3]


def test_a_shapefile_and_its_geojson_twin_are_stored_alike(tmp_path: Path) -> None:
    as_shapefile = read(tmp_path, zipped(shapefile(SQUARES)), "shapefile")
    twin = geojson([feature(shape, name=f"n{index}") for index, shape in enumerate(SQUARES)])
    as_geojson = read(tmp_path, twin, "geojson")
    assert [row["properties"] for row in as_shapefile.rows] == [
        row["properties"] for row in as_geojson.rows
    ]
    shapes = [
        shapely.normalize(shapely.from_wkb([row["wkb"] for row in found.rows]))
        for found in (as_shapefile, as_geojson)
    ]
    assert shapely.equals_exact(*shapes).all()


def test_measures_of_points_are_told_as_heights_are(tmp_path: Path) -> None:
    content = struct.pack("<i3d", 21, 123.4, 41.78, 7.5)
    records = struct.pack(">ii", 1, len(content) // 2) + content
    head = struct.pack(">i20xi", 9994, (100 + len(records)) // 2)
    shp = head + struct.pack("<ii", 1000, 21) + bytes(64) + records
    parts = shapefile([point(123.4, 41.78)], [("K1",)], fields=[("name", "C", 4)])
    found = read(tmp_path, zipped({**parts, ".shp": shp, ".shx": b""}), "shapefile")
    assert len(found.rows) == 1
    assert found.findings.geometry.flattened == 1
    assert [item.code for item in found.problems] == ["shx-restored", "heights-dropped"]
