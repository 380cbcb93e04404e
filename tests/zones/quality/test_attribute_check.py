import numpy as np
import pytest

from zones.errors import SourceError
from zones.model import JSON
from zones.quality.attribute_check import LONGEST_TEXT_BYTES, AttributeCheck


def check(*rows: dict[str, JSON]) -> tuple[list[dict[str, JSON]], AttributeCheck]:
    attributes = AttributeCheck()
    return attributes.check(rows, np.arange(1, len(rows) + 1)), attributes


def test_sound_attributes_pass_unchanged() -> None:
    row: dict[str, JSON] = {
        "名称": "A & B <b>",
        "n": 1,
        "x": 1.5,
        "ok": True,
        "none": None,
        "l": [1],
    }
    rows, found = check(row)
    assert rows == [row]
    assert found.problems == []


def test_nul_characters_are_removed_and_counted_at_any_depth() -> None:
    rows, found = check({"a": "x\0y", "b": {"k\0": ["z\0"]}})
    assert rows == [{"a": "xy", "b": {"k": ["z"]}}]
    assert found.nul_removed == 2


@pytest.mark.parametrize(
    "text", ["x" * (LONGEST_TEXT_BYTES + 1), "区" * (LONGEST_TEXT_BYTES // 3 + 1)]
)
def test_a_text_of_more_than_64_kilobytes_is_told_with_feature_and_field(text: str) -> None:
    _, found = check({"a": ""}, {"a": text})
    assert [(item.code, item.feature, item.field) for item in found.problems] == [
        ("attribute-too-long", 2, "a")
    ]


def test_a_text_of_just_64_kilobytes_is_taken() -> None:
    assert check({"a": "x" * LONGEST_TEXT_BYTES})[1].problems == []


def test_names_that_differ_by_case_alone_are_told_apart_with_a_notice() -> None:
    rows, found = check({"name": 1, "Name": 2}, {"NAME": 3})
    assert rows == [{"name": 1, "Name_2": 2}, {"NAME_3": 3}]
    assert [(item.code, item.severity) for item in found.problems] == [
        ("field-renamed", "note")
    ] * 2
    assert [(item.name, item.label) for item in found.fields()][1] == ("Name_2", "Name")


def test_names_that_no_name_can_be_are_made_fit() -> None:
    rows, _ = check({"a\nb\0c": 1, "": 2, "  ": 3, "长" * 70: 4})
    assert list(rows[0]) == ["abc", "field_2", "field_3", "长" * 64]


def test_texts_that_were_lost_are_counted_by_field() -> None:
    _, found = check({"a": "x", "b": 1}, {"a": "��河", "b": {"k": ["\ufffd"]}}, {"a": "锟斤拷"})
    assert [(item.code, item.field, item.feature, item.params) for item in found.lost_values()] == [
        ("text-lost", "a", 2, {"count": 2, "sample": "��河"}),
        ("text-lost", "b", 2, {"count": 1, "sample": '{"k":["�"]}'}),
    ]


def test_numbers_that_json_lacks_are_missing_and_told() -> None:
    rows, found = check({"a": 1.5, "b": [1.0, float("nan")]}, {"a": float("inf"), "b": None})
    assert rows == [{"a": 1.5, "b": [1.0, None]}, {"a": None, "b": None}]
    assert [(item.code, item.field, item.feature, item.params) for item in found.lost_values()] == [
        ("numbers-not-finite", "b", 1, {"count": 1, "sample": "[1.0,null]"}),
        ("numbers-not-finite", "a", 2, {"count": 1, "sample": "inf"}),
    ]


def test_a_name_that_was_lost_is_told() -> None:
    rows, found = check({"用地\ufffd": 1})
    assert rows == [{"用地\ufffd": 1}]
    assert [(item.code, item.field) for item in found.problems] == [("name-lost", "用地\ufffd")]


def test_numbers_that_json_lacks_become_null() -> None:
    assert check({"a": float("inf"), "b": float("nan")})[0] == [{"a": None, "b": None}]


def test_more_than_250_names_in_a_file_are_refused() -> None:
    with pytest.raises(SourceError, match="250"):
        check({f"f{index}": 1 for index in range(251)})


def test_types_are_told_from_the_values() -> None:
    _, found = check({"a": "x", "b": 1, "c": 1, "d": None}, {"a": "y", "b": 2.5, "c": "z"})
    types = {field.name: field.type for field in found.fields()}
    assert types == {"a": "text", "b": "number", "c": "mixed", "d": "empty"}


@pytest.mark.parametrize(
    ("number", "sample"),
    [
        (210102001001000001.0, "210102001001000000"),
        (-(2.0**53), "-9007199254740992"),
        (1e300, "1e300"),
    ],
)
def test_codes_that_came_as_doubles_are_told(number: float, sample: str) -> None:
    rows, found = check({"a": 2.0**53 - 1}, {"a": number}, {"a": None})
    assert [row["a"] for row in rows] == [2.0**53 - 1, number, None]
    (told,) = found.lost_values()
    assert (told.code, told.field, told.feature) == ("digits-doubtful", "a", 2)
    assert told.params == {"count": 1, "sample": sample}


def test_whole_numbers_that_came_as_such_are_not_doubtful() -> None:
    _, found = check({"a": 210102001001000001}, {"a": 0.5})
    assert found.lost_values() == ()


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**40])
def test_whole_numbers_beyond_64_bits_become_texts_and_are_told(number: int) -> None:
    rows, found = check({"a": 1, "b": "x"}, {"a": number, "b": "y"})
    assert [row["a"] for row in rows] == [1, str(number)]
    (told,) = found.lost_values()
    assert (told.code, told.severity, told.feature) == ("numbers-as-text", "warning", 2)
    assert told.params == {"count": 1, "first": str(number)[:80], "field": "a"}


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), True])
def test_whole_numbers_of_64_bits_stay(number: int) -> None:
    rows, found = check({"a": number})
    assert (rows, found.lost_values()) == ([{"a": number}], ())


def test_what_cannot_be_seen_is_left_out_of_names() -> None:
    rows, found = check({"BSM\u200b": 1, "BSM": 2, "\ufeffX\u00ad1": 3, "a\u200db": 4})
    assert list(rows[0]) == ["BSM", "BSM_2", "X1", "a\u200db"]
    assert [item.code for item in found.problems] == ["field-renamed"] * 3
