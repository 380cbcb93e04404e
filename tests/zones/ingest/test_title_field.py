"""Which property names the features of a file."""

from typing import Any

import pytest

from zones.ingest.title_field import find_title_field

PLACES = ["曾家", "重工街", "朝阳街", "会展中心"]


def _found(**columns: list[object]) -> str | None:
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    return find_title_field(rows, dict.fromkeys(columns, ()))  # type: ignore[arg-type]  # none is asked for


@pytest.mark.parametrize(
    "name",
    [
        "name", "NAME", "Name", "ＮＡＭＥ", " name ", "名称", "名 称", "名稱", "名字", "中文名称",
        "全称", "NAME_CHN", "name:zh", "CNAME", "MC", "mc", "XZQMC", "DKMC", "XMMC", "地块名称",
        "项目名称", "标题", "title", "zone_name", "ROADNAME", "路名", "地名", "NAME_1",
        "QSDWMC", "权利人名称",
    ],
)  # fmt: skip
def test_usual_headings_are_known(name: str) -> None:
    codes = [f"2101{n}" for n in range(4)]
    assert _found(OBJECTID=[1, 2, 3, 4], BSM=codes, **{name: PLACES}, 备注=list("甲乙丙丁")) == name


@pytest.mark.parametrize(
    "name", ["code", "BSM", "备注", "名次", "mcc", "renamed", "namespace", "XZQDM", "DLMC", "类名"]
)
def test_other_headings_name_nothing(name: str) -> None:
    assert _found(**{name: PLACES}) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("name", "名称"), ("名称", "NAME_CHN"), ("NAME", "MC"), ("MC", "DKMC"), ("DKMC", "title"),
        ("标题", "road_name"), ("路名", "QSDWMC"), ("项目名称", "单位名称"), ("DWMC", "DLMC"),
        ("权利人名称", "地类名称"), ("owner_name", "layer_name"), ("姓名", "用地性质名称"),
    ],
)  # fmt: skip
def test_the_better_heading_wins_in_any_order(better: str, worse: str) -> None:
    others = [f"{place}区" for place in PLACES]
    assert _found(**{better: PLACES, worse: others}) == better
    assert _found(**{worse: others, better: PLACES}) == better


@pytest.mark.parametrize(
    "worse",
    [
        [None, None, None, "甲"],
        ["", " ", "", ""],
        ["和平区"] * 4,
        ["1", "2", "3", "4"],
        [1, 2, 3, 4],
    ],
)
def test_what_is_filled_distinct_and_in_words_comes_before_the_better_heading(
    worse: list[object],
) -> None:
    assert _found(name=worse, XZQMC=PLACES) == "XZQMC"


def test_a_sure_heading_may_repeat_its_names_others_may_not() -> None:
    pieces = ["青年大街"] * 6 + ["南京街"]
    assert _found(NAME=pieces) == "NAME"
    assert _found(起点名称=[f"路口{n}" for n in range(7)], NAME=pieces) == "NAME"
    of_many = ["辽宁"] * 30
    assert _found(NAME=of_many, XZQMC=[f"第{n}县" for n in range(30)]) == "XZQMC"
    assert _found(XZQMC=["和平区"] * 7) is None


def test_a_sure_heading_of_numbers_is_better_than_none() -> None:
    assert _found(MC=[1, 2, 3]) == "MC"
    assert _found(MC=[None, None]) is None


def test_of_levels_the_one_that_tells_features_apart_is_taken() -> None:
    towns = ["甲镇", "乙镇", "丙镇", "丁镇"]
    assert _found(NAME_0=["中国"] * 4, NAME_1=["辽宁"] * 4, NAME_2=towns) == "NAME_2"


def test_other_words_for_a_property_count() -> None:
    rows: list[Any] = [{"F1": "a", "F2": place} for place in PLACES]
    assert find_title_field(rows, {"F1": ("F1", "备注"), "F2": ("F2", "地块名称")}) == "F2"


def test_no_features_and_no_fields_have_no_names() -> None:
    assert find_title_field([], {"name": ()}) is None
    assert find_title_field([{}], {}) is None
