"""Layers of planning and survey databases: titles, units, codes, and where they depart."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.format_files import boxes, geopackage
from tests.imports import NOTE, codes, imported, with_collections
from zones.crs.area_and_length import geodesic_area_m2
from zones.ingest.one_map_layers import OneMap, one_map_of
from zones.ingest.wire_features import ReadFeature
from zones.model import JSON, Change, FieldInfo, Problem
from zones.properties.one_map_dictionary import codes_of, known_field, known_layer, layer_title
from zones.source.file_findings import FieldFinding
from zones.store.sql.store import SqlStore

PLOT = shapely.box(123.40, 41.78, 123.41, 41.79)
AREA_M2 = geodesic_area_m2(PLOT)
ROW: dict[str, JSON] = {
    "BSM": "210102000000000001",
    "YSDM": "2090020620",
    "YDYHFLDM": "0701",
    "YDYHFLMC": "城镇住宅用地",
    "TBMJ": AREA_M2,
}


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def _found(*rows: dict[str, JSON], layer: str | None = "ZXCQGHYDYH") -> OneMap:
    names = dict.fromkeys(name for row in rows for name in row)
    features = [ReadFeature(n, None, PLOT, row, PLOT.wkb) for n, row in enumerate(rows, start=11)]
    return one_map_of(layer, {name: FieldFinding(name, name, "text") for name in names}, features)


def _told(found: OneMap, code: str) -> Problem:
    return next(problem for problem in found.problems if problem.code == code)


def _codes(found: OneMap) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_layer_of_the_lists_has_titles_units_and_texts_of_codes() -> None:
    found = _found(ROW)
    assert _codes(found) == ["one-map-recognised"]
    assert {name: info.title for name, info in found.fields.items()} == {
        "BSM": "标识码",
        "YSDM": "要素代码",
        "YDYHFLDM": "用地用海分类代码",
        "YDYHFLMC": "用地用海分类名称",
        "TBMJ": "图斑面积（平方米）",
    }
    texts = {each.code: each.text for each in found.fields["YDYHFLDM"].codes}
    assert (texts["0701"], texts["1401"], texts["16"]) == ("城镇住宅用地", "公园绿地", "留白用地")


@pytest.mark.parametrize("names", [("MJ",), ("DKBH", "MJ"), ("name", "XZQDM"), ("LEVEL", "BZ")])
def test_a_few_usual_names_do_not_make_a_layer_of_the_lists(names: tuple[str, ...]) -> None:
    assert _found(dict.fromkeys(names, "1"), layer="地块") == OneMap()


def test_names_in_any_case_and_folders_are_known() -> None:
    assert (known_layer("规划/ghfq"), layer_title("XZQ"), known_layer("plots")) == (
        "GHFQ",
        "行政区",
        None,
    )
    field = known_field("ydyhfldm")
    assert field is not None
    assert field.title == "用地用海分类代码"


def test_codes_of_the_survey_are_those_of_its_own_layer_alone() -> None:
    field = known_field("DLBM")
    assert field is not None
    assert codes_of(field, "DLTB")["0601"] == "工业用地"
    assert codes_of(field, "地类图斑")["0203K"] == "可调整橡胶园"
    assert codes_of(field, "JQDLTB") == {}


@pytest.mark.parametrize(
    ("column", "value", "code", "params"),
    [
        ("BSM", 210102000000000001, "one-map-not-text", {"sample": "210102000000000001"}),
        ("BSM", "2" * 19, "one-map-too-long", {"most": 18}),
        ("YSDM", " ", "one-map-blank", {"count": 1}),
        ("TBMJ", "28800", "one-map-not-number", {"sample": "28800"}),
        ("YDYHFLDM", "9999", "one-map-codes-unknown", {"samples": "9999"}),
        ("YDYHFLMC", "住宅", "one-map-codes-renamed", {"samples": "0701 住宅 (城镇住宅用地)"}),
        ("TBMJ", AREA_M2 * 1.02, "one-map-areas-differ", {"measured": round(AREA_M2, 1)}),
        ("TBMJ", AREA_M2 / 1e4, "one-map-other-unit", {"unit": "公顷"}),
        ("TBMJ", AREA_M2 * 17, "one-map-area-unit", {"unit": "平方米"}),
    ],
)
def test_what_departs_from_the_lists_is_told(
    column: str, value: JSON, code: str, params: dict[str, Any]
) -> None:
    told = _told(_found({**ROW, column: value}), code)
    assert told.params.items() >= params.items()
    assert told.severity == "warning"
    assert told.feature in (None, 11)


def test_a_title_says_the_unit_that_the_polygons_show() -> None:
    assert _found({**ROW, "TBMJ": AREA_M2 / 1e4}).fields["TBMJ"].title == "图斑面积（公顷）"
    assert _found({**ROW, "TBMJ": AREA_M2 * 17}).fields["TBMJ"].title == "图斑面积"


def test_numbers_that_are_there_twice_and_fields_that_lack_are_told() -> None:
    assert _told(_found(ROW, ROW), "one-map-repeated").params["count"] == 2
    bare = {"YDYHFLDM": "0701"}
    assert _told(_found(bare), "one-map-missing").params["fields"] == "BSM, YSDM"


def test_codes_of_another_edition_read_as_the_file_names_them() -> None:
    found = _found({**ROW, "YDYHFLDM": "2302", "YDYHFLMC": "田坎"})
    assert {each.code: each.text for each in found.fields["YDYHFLDM"].codes}["2302"] == "田坎"


def test_titles_of_ones_own_stay_and_those_of_the_lists_come_with_the_layers_title(
    store: SqlStore, tmp_path: Path
) -> None:
    columns: dict[str, list[Any]] = {name: [value] for name, value in ROW.items()}
    content = geopackage({"GHFQ": (boxes(1), columns)})
    made = {"name": "a.gpkg", "into": "gh", "create": True}
    assert "one-map-recognised" in codes(imported(store, tmp_path, content, **made))
    info = next(each for each in store.collections() if each.id == "gh")
    titles = {field.name: field.title for field in info.fields}
    assert (info.title, titles["BSM"]) == ("规划分区", "标识码")
    own = replace(info, fields=(FieldInfo("BSM", "地块号"),))
    store.apply([Change("gh", collection=own)], NOTE)
    other = geopackage({"GHFQ": (boxes(1), {**columns, "YSDM": ["2090020610"]})})
    imported(store, tmp_path, other, name="a.gpkg", into="gh")
    info = next(each for each in store.collections() if each.id == "gh")
    assert [field.title for field in info.fields][:2] == ["地块号", "要素代码"]
