import numpy as np
import pytest

from zones.errors import SourceError
from zones.model import JSON
from zones.quality.identifiers import IdentifierCheck, as_id, as_ids


def given(values: list[JSON], *, key: str | None = None, needed: bool = False) -> IdentifierCheck:
    check = IdentifierCheck(key, needed)
    rows: list[dict[str, JSON]] = [{"code": value} for value in values]
    ids = [value if isinstance(value, str | int | float) else None for value in values]
    check.check(ids, rows, np.arange(1, len(values) + 1))
    return check


def test_ids_become_texts_and_whole_floats_lose_their_point() -> None:
    check = IdentifierCheck("code")
    rows: list[dict[str, JSON]] = [{"code": "a "}, {"code": 7}, {"code": 7.5}, {"code": 8.0}]
    assert check.check([None] * 4, rows, np.arange(4)) == ["a", "7", "7.5", "8"]


def test_without_a_key_the_files_own_ids_are_taken_and_gaps_stay_open() -> None:
    check = IdentifierCheck()
    assert check.check(["x", None, 3], [{}, {}, {}], np.arange(3)) == ["x", None, "3"]
    assert check.problems == []


def test_an_id_given_twice_names_the_feature_that_had_it_first() -> None:
    problem = given(["a", "b", "a"], key="code").problems[0]
    assert (problem.code, problem.feature, problem.params["first"]) == ("id-twice", 3, 1)


@pytest.mark.parametrize("empty", [None, ""])
def test_a_missing_id_is_a_problem_only_where_ids_are_needed(empty: JSON) -> None:
    assert [item.code for item in given([empty], key="code").problems] == ["id-missing"]
    assert [item.code for item in given([empty], needed=True).problems] == ["id-missing"]
    assert given([empty]).problems == []


@pytest.mark.parametrize("unfit", [True, [1], {"a": 1}, "x" * 201, "a\nb", " "])
def test_what_cannot_be_an_id_is_told(unfit: JSON) -> None:
    assert [item.code for item in given([unfit], key="code").problems] == ["id-unfit"]


def test_a_key_that_no_feature_has_is_refused_with_the_fields_there_are() -> None:
    check = given(["a"], key="nr")
    with pytest.raises(SourceError, match="name, code"):
        check.finish(["name", "code"], features=1)


@pytest.mark.parametrize(
    "column",
    [
        [1, 2, 3],
        [" a", "b ", "名"],
        ["a", "", "b"],
        ["a", "x" * 201],
        ["a", "tab\tin"],
        ["a", "\u3000", "k\u200d"],
        [1, "1", None, True, 2.0, 2.5, 10**300],
        [10**300],
        [],
    ],
)
def test_ids_of_a_column_are_those_of_its_values(column: list[JSON]) -> None:
    assert as_ids(column) == [as_id(value) for value in column]
