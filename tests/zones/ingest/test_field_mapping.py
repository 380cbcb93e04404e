"""What becomes of a file's fields."""

from typing import Any

import pytest

from zones.errors import ValidationError
from zones.ingest.field_mapping import FieldMapping, mapping_from
from zones.source.file_findings import FieldFinding

FOUND = (FieldFinding("DKBH", "DKBH", "text"), FieldFinding("名 称", "名\n称", "text"))
ROW = {"DKBH": "1", "名 称": "甲"}


def test_named_fields_are_renamed_and_others_kept() -> None:
    assert FieldMapping({"DKBH": "编号"}).applied([ROW], FOUND) == [{"编号": "1", "名 称": "甲"}]


def test_others_can_be_dropped_and_named_ones_too() -> None:
    assert FieldMapping({"DKBH": "编号"}, "drop").applied([ROW], FOUND) == [{"编号": "1"}]
    assert FieldMapping({"DKBH": None}).applied([ROW], FOUND) == [{"名 称": "甲"}]


def test_a_field_is_known_by_its_own_name_and_by_the_stored_one() -> None:
    for name in ("名\n称", "名 称"):
        assert FieldMapping({name: "name"}, "drop").applied([ROW], FOUND) == [{"name": "甲"}]


def test_unknown_fields_and_names_met_twice_are_told() -> None:
    told = FieldMapping({"DKBH": "名 称", "MJ": "area"}).problems(FOUND)
    assert [problem.code for problem in told] == ["mapping-field-unknown", "mapping-name-twice"]
    assert FieldMapping({"DKBH": "A", "名 称": "a"}).problems(FOUND)
    assert not FieldMapping({"DKBH": "名 称", "名 称": "DKBH"}).problems(FOUND)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([], "mapping-shape"),
        ({"felder": {}}, "mapping-shape"),
        ({"fields": []}, "mapping-shape"),
        ({"rest": "some"}, "mapping-shape"),
        ({"fields": {"a": 1}}, "mapping-name"),
        ({"fields": {"a": ""}}, "mapping-name"),
        ({"fields": {"a": "x" * 65}}, "mapping-name"),
        ({"fields": {"a": "b\u0000c"}}, "mapping-name"),
        ({"fields": {f"f{i}": None for i in range(251)}}, "mapping-shape"),
    ],
)
def test_what_is_no_mapping_is_refused(told: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        mapping_from(told)
    assert refused.value.code == code


def test_a_mapping_comes_back_from_its_json() -> None:
    mapping = FieldMapping({"DKBH": "编号", "OLD": None}, "drop")
    assert mapping_from(mapping.as_json()) == mapping
