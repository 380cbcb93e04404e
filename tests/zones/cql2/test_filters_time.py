"""Temporal functions give the counts that the standard's own test data give (21-065r2, Annex A)."""

import pytest

from tests.toy import collection, feature
from zones.cql2 import parse_filter
from zones.errors import FilterError

# The three places of the standard's test data that have times; its other 240 have none.
ROWS = (
    ("2021-04-16", "2021-04-16T10:15:59Z", "2022-04-16T10:16:06Z"),
    ("2022-04-16", "2022-04-16T10:13:19Z", "2023-04-16T10:16:06Z"),
    ("2023-04-16", "2022-04-16T10:15:10Z", "2022-04-16T10:16:06Z"),
    (None, None, None),
)
PLACES = collection(
    "places",
    [
        feature(f"p{n}", None, **dict(zip(("date", "start", "end"), r, strict=True)))
        for n, r in enumerate(ROWS)
    ],
)
STANDARD = """
"date" = DATE('2022-04-16')|1
"date" >= DATE('2022-04-16')|2
"date" <> DATE('2022-04-16')|2
"date" IN (DATE('2021-04-16'), DATE('2022-04-16'), DATE('2022-04-18'))|2
"date" NOT IN (DATE('2021-04-16'), DATE('2022-04-16'), DATE('2022-04-18'))|1
start <= TIMESTAMP('2022-04-16T10:13:19Z')|2
start <> TIMESTAMP('2022-04-16T10:13:19Z')|2
start < "end"|3
t_after("date", date('2022-04-16'))|1
t_disjoint("date", date('2022-04-16'))|2
t_equals("date", date('2022-04-16'))|1
t_before("date", interval('2022-01-01', '2022-12-31'))|1
t_equals("date", interval('2022-01-01', '2022-12-31'))|0
t_equals("date", interval('2022-04-16', '2022-04-16'))|1
t_intersects("date", interval('2022-01-01', '2022-12-31'))|1
t_after(start, interval('2022-01-01T00:00:00Z', '2022-12-31T23:59:59Z'))|0
t_disjoint(start, interval('2022-01-01T00:00:00Z', '2022-12-31T23:59:59Z'))|1
t_intersects(start, interval('2022-01-01T00:00:00Z', '2022-12-31T23:59:59Z'))|2
t_after(interval(start, "end"), interval('..', '2022-04-16T10:13:19Z'))|1
t_before(interval(start, "end"), interval('2023-01-01T00:00:00Z', '..'))|2
t_disjoint(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:09Z'))|1
t_equals(interval(start, "end"), interval('2021-04-16T10:15:59Z', '2022-04-16T10:16:06Z'))|1
t_contains(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|1
t_during(interval(start, "end"), interval('2022-01-01T00:00:00Z', '2022-12-31T23:59:59Z'))|1
t_finishes(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:16:06Z'))|1
t_finishedby(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:16:06Z'))|1
t_meets(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|0
t_metby(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|1
t_overlappedby(interval(start, "end"), interval('2020-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|2
t_overlaps(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2023-04-16T10:15:10Z'))|1
t_startedby(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|1
t_starts(interval(start, "end"), interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'))|0
t_during(interval('2022-07-01T00:00:00Z', '2022-12-31T23:59:59Z'), interval(start, "end"))|1
t_meets(interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'), interval(start, "end"))|1
t_starts(interval('2022-04-16T10:13:19Z', '2022-04-16T10:15:10Z'), interval(start, "end"))|1
""".strip().splitlines()
MIXED = """
start = DATE('2022-04-16')|2
start <= DATE('2022-04-15')|1
start > DATE('2022-04-16')|0
start BETWEEN DATE('2021-04-16') AND DATE('2021-12-31')|1
t_after(start, DATE('2022-04-16'))|0
t_intersects(start, INTERVAL('2022-04-16', '2022-04-16'))|2
t_during(start, INTERVAL('2022-04-15', '2022-04-17'))|2
start = TIMESTAMP('2022-04-16T18:13:19+08:00')|1
"date" = '2022-04-16'|1
""".strip().splitlines()


@pytest.mark.parametrize("case", STANDARD)
def test_temporal_predicates_count_as_in_the_standards_test_data(case: str) -> None:
    text, _, count = case.partition("|")
    assert parse_filter(text).mask(PLACES).sum() == int(count)


@pytest.mark.parametrize("case", MIXED)
def test_a_date_beside_a_timestamp_is_the_whole_day(case: str) -> None:
    text, _, count = case.partition("|")
    assert parse_filter(text).mask(PLACES).sum() == int(count)


@pytest.mark.parametrize("negated", ["", "NOT "])
def test_a_feature_without_time_is_neither_in_an_interval_nor_out_of_it(negated: str) -> None:
    found = parse_filter(f"{negated}T_INTERSECTS(date, INTERVAL('..', '..'))").mask(PLACES)
    assert not found[3]


def test_an_interval_with_one_end_missing_is_unknown() -> None:
    rows = collection("c", [feature("a", None, start="2022-01-01", end=None)])
    text = "T_INTERSECTS(INTERVAL(start, end), DATE('2022-06-01'))"
    assert parse_filter(text).mask(rows).tolist() == [False]
    assert parse_filter(f"NOT {text}").mask(rows).tolist() == [False]


@pytest.mark.parametrize(
    "text",
    [
        "T_INTERSECTS(\"date\", INTERVAL('2022-12-31', '2022-01-01'))",
        "T_DURING(start, INTERVAL('2022-01-01T00:00:01Z', '2022-01-01T00:00:00Z'))",
    ],
)
def test_an_interval_that_ends_before_it_begins_is_refused(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.code == "filter-interval-reversed"


def test_an_interval_may_end_within_the_day_it_begins() -> None:
    parse_filter("T_INTERSECTS(start, INTERVAL('2022-01-01T08:00:00Z', '2022-01-01'))")
