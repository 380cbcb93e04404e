"""What a column holds decides how a constant beside it is read, and what is refused."""

from typing import Any

import numpy as np
import pytest

from tests.toy import collection, feature
from zones.cql2 import filter_of_values, parse_filter
from zones.errors import FilterError
from zones.snapshot.collection import Collection


def column(*values: Any) -> Collection:
    """Return a collection whose features have these values as ``a``, and a number as ``n``."""
    rows = enumerate(values)
    return collection("c", [feature(str(n), None, a=value, n=n) for n, value in rows])


def positions(text: str, places: Collection, **how: Any) -> list[int]:
    """Return the positions of the features that a filter lets through."""
    return np.flatnonzero(parse_filter(text, **how).mask(places)).tolist()


DATES = column("2023-01-11", "2023-01-12", "2023-01-13", None)
TIMES = column(
    "2023-01-12T08:00:00Z", "2023-01-12T09:30:00.250Z", "2023-01-12T16:00:00+08:00", None
)
TRUTH = column(True, False, None)
TEXTS = column("a", "0100", None)
CODES = column("12", "b", None)
NUMBERS = column(1, 2.5, None)
LISTS = column(["a"], ["b"], None)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("= '2023-01-12T'", [1]),  # what GDAL makes of '2023-01-12'
        ("= '2023-01-12Z'", [1]),  # a zone, as xs:date permits it
        ("<= DATE('2023-01-12+00:00')", [0, 1]),
        ("<> '2023-01-12T'", [0, 2]),
        ("< '2023-01-12T'", [0]),
        ("<= '2023-01-12T'", [0, 1]),
        ("> '2023-01-12T'", [2]),
        (">= '2023-01-12T'", [1, 2]),
        ("BETWEEN '2023-01-11T' AND '2023-01-12T'", [0, 1]),
        ("NOT BETWEEN '2023-01-11T' AND '2023-01-12T'", [2]),
        ("IN ('2023-01-12T', '2023-01-13')", [1, 2]),
        ("NOT IN ('2023-01-12T')", [0, 2]),
        ("= '2023/01/12'", [1]),
        ("= '2023-1-12'", [1]),
        ("= ' 2023-01-12 '", [1]),
        ("= DATE('2023-01-12')", [1]),
        ("= DATE('2023-01-12T')", [1]),
        ("= '2023-01-12T09:00:00Z'", [1]),  # a date and a time compare by the day
        ("> '2023-01-12T09:00:00Z'", [2]),
        ("LIKE '%-12'", [1]),
    ],
)
def test_a_text_beside_dates_is_a_date(condition: str, rows: list[int]) -> None:
    assert positions(f"a {condition}", DATES) == rows


@pytest.mark.parametrize(
    ("literal", "rows"),
    [
        ("2023-01-12T08:00:00Z", [0, 2]),
        ("2023-01-12T16:00:00+08:00", [0, 2]),
        ("2023-01-12T16:00:00+0800", [0, 2]),
        ("2023-01-12T16:00:00+08", [0, 2]),
        ("2023-01-12T16:00:00 08:00", [0, 2]),  # the "+" was not escaped
        ("2023-01-12T00:00:00-08:00", [0, 2]),
        ("2023-01-12T08:00Z", [0, 2]),
        ("2023-01-12T08Z", [0, 2]),
        ("2023-01-12 08:00:00", [0, 2]),
        ("2023/01/12 08:00:00", [0, 2]),
        ("2023-01-12t08:00:00.000z", [0, 2]),
        ("2023-01-12T09:30:00.25Z", [1]),
        ("2023-01-12T09:30:00,250000000000Z", [1]),
        ("2023-01-12T", [0, 1, 2]),
        ("2023-01-12", [0, 1, 2]),
        ("2023-01-12T08:00:01Z", []),
    ],
)
def test_an_instant_is_the_same_however_it_is_written(literal: str, rows: list[int]) -> None:
    assert positions(f"a = '{literal}'", TIMES) == rows
    assert positions(f"'{literal}' = a", TIMES) == rows
    assert positions(f"a IN ('{literal}')", TIMES) == rows
    assert positions(f"T_INTERSECTS(a, '{literal}')", TIMES) == rows
    assert np.flatnonzero(filter_of_values({"a": literal}).mask(TIMES)).tolist() == rows


def test_two_columns_of_times_compare_as_instants() -> None:
    pairs = [("2023-01-12T08:00:00Z", "2023-01-12T16:00:00+08:00"), ("2023-01-12T08:00:00Z", None)]
    places = collection("c", [feature(str(n), None, a=a, b=b) for n, (a, b) in enumerate(pairs)])
    assert positions("a = b", places) == [0]
    assert positions("a < b OR a > b", places) == []


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("a = 1", [0]),
        ("a <> 1", [1]),
        ("a = 0", [1]),
        ("a = TRUE", [0]),
        ("a = 'true'", [0]),
        ("a IN (1)", [0]),
        ("a NOT IN ('false')", [0]),
        ("a", [0]),
    ],
)
def test_one_and_zero_beside_truth_are_true_and_false(condition: str, rows: list[int]) -> None:
    assert positions(condition, TRUTH) == rows


@pytest.mark.parametrize(
    ("places", "condition", "code"),
    [
        (NUMBERS, "a = 'many'", "filter-holds-numbers"),
        (NUMBERS, "'many' <> a", "filter-holds-numbers"),
        (NUMBERS, "a IN (1, 'many')", "filter-holds-numbers"),
        (NUMBERS, "a BETWEEN 1 AND 'many'", "filter-holds-numbers"),
        (NUMBERS, "a = TRUE", "filter-holds-numbers"),
        (NUMBERS, "a > DATE('2023-01-12')", "filter-holds-numbers"),
        (NUMBERS, "a LIKE '1%'", "filter-holds-numbers"),
        (NUMBERS, "CASEI(a) = 'x'", "filter-holds-numbers"),
        (NUMBERS, "T_AFTER(a, DATE('2023-01-12'))", "filter-holds-numbers"),
        (NUMBERS, "A_CONTAINS(a, ('x'))", "filter-holds-numbers"),
        (TEXTS, "a = 5", "filter-holds-texts"),
        (TEXTS, "n = 0 OR NOT a > 5", "filter-holds-texts"),
        (TEXTS, "a IN (5)", "filter-holds-texts"),
        (TEXTS, "a + 1 = 2", "filter-holds-texts"),
        (TEXTS, "a < TIMESTAMP('2023-01-12T08:00:00Z')", "filter-holds-texts"),
        (TEXTS, "T_AFTER(INTERVAL(a, '..'), DATE('2023-01-12'))", "filter-holds-texts"),
        (TEXTS, "a = n", "filter-holds-texts"),
        (DATES, "a = 'soon'", "filter-no-instant"),
        (DATES, "a = '2023-02-30'", "filter-no-instant"),
        (DATES, "a IN ('2023-01-12', 'soon')", "filter-no-instant"),
        (DATES, "a > '2023'", "filter-no-instant"),
        (TIMES, "a = ''", "filter-no-instant"),
        (TIMES, "a = '2023-01-12T25:00:00Z'", "filter-no-instant"),
        (DATES, "a = 5", "filter-holds-times"),
        (DATES, "a IN (5)", "filter-holds-times"),
        (TRUTH, "a = 2", "filter-holds-truth"),
        (TRUTH, "a = 'perhaps'", "filter-holds-truth"),
        (LISTS, "a = 'a'", "filter-holds-sets"),
        (LISTS, "a LIKE 'a'", "filter-holds-sets"),
    ],
)
def test_what_can_never_compare_is_refused(places: Collection, condition: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(condition).mask(places)
    assert caught.value.code == code
    assert caught.value.params["name"] == "a"
    assert caught.value.text("zh").hint
    assert caught.value.text("en").hint


def test_what_may_compare_in_some_row_is_compared() -> None:
    assert positions("a = 12", CODES) == [0]
    assert positions("a > 5 AND a < 'x'", CODES) == [0]
    assert positions("a = 5", column(None, None)) == []


@pytest.mark.parametrize(
    "text",
    ["NULL", "null", "a = NULL", "NULL <> a", "a IN (1, NULL)", "a BETWEEN NULL AND 3",
     "a = 1 AND NULL", "NOT NULL", "a + NULL = 1", "S_INTERSECTS(geometry, NULL)",
     "A_CONTAINS(a, ('x', NULL))", "T_AFTER(a, NULL)"],
)  # fmt: skip
def test_a_comparison_with_null_is_refused_and_told_of_is_null(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.code == "filter-null"
    assert "IS NULL" in str(caught.value.text("zh").hint)


@pytest.mark.parametrize("text", ["null", '{"op":"=","args":[{"property":"a"},null]}'])
def test_null_in_json_is_refused_alike(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang="cql2-json")
    assert caught.value.code == "filter-null"


@pytest.mark.parametrize("text", ["a", "NOT a", "a AND n = 1", "n = 1 OR a", "NOT (n = 1 AND a)"])
@pytest.mark.parametrize("places", [DATES, TEXTS, NUMBERS, LISTS])
def test_a_property_that_is_never_true_is_no_condition(places: Collection, text: str) -> None:
    with pytest.raises(FilterError) as caught:
        positions(text, places)
    assert caught.value.code == "filter-needs-truth"


def test_a_property_of_truth_or_of_nothing_is_a_condition() -> None:
    assert positions("a", TRUTH) == [0]
    assert positions("NOT a AND n >= 0", TRUTH) == [1]
    assert positions("a OR n = 1", column(None, None)) == [1]
    assert positions("a", column(True, "x")) == [0]


def test_a_member_that_stands_twice_in_json_is_refused() -> None:
    text = '{"op":"=","op":"<","args":[{"property":"a"},2]}'
    with pytest.raises(FilterError) as caught:
        positions(text, NUMBERS, lang="cql2-json")
    assert caught.value.code == "filter-repeated"


def test_a_leap_second_is_the_second_after() -> None:
    times = column("2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z")
    assert positions("a = '2016-12-31T23:59:60Z'", times) == [1, 2]
