"""Indicators: what is aimed at, how values are read, and how they stand."""

from collections.abc import Sequence
from datetime import date

import pytest

from zones.errors import ValidationError
from zones.map_page.indicator_trend_svg import trend_svg
from zones.model import Change
from zones.plan.indicator_status import expected_on, judged
from zones.plan.indicator_values import (
    COLUMNS,
    MOST_FAULTS,
    ReadValues,
    changed_values,
    read_values,
    value_feature,
    values_info,
)
from zones.plan.indicators import IndicatorRow, Target, indicator_rows, targets_of
from zones.plan_text import Plan
from zones.snapshot.model import Snapshot, snapshot_from

TODAY = date(2025, 3, 1)
HEADINGS = ("代码", "现状值", "日期", "来源")
DUE = date(2025, 12, 31)


@pytest.fixture(scope="module")
def targets(plan: Plan) -> dict[str, Target]:
    return targets_of(plan)


def read(targets: dict[str, Target], *rows: Sequence[str]) -> ReadValues:
    return read_values(HEADINGS, list(enumerate(rows, 2)), targets, today=TODAY)


def rows_with(plan: Plan, *rows: Sequence[str]) -> dict[str, IndicatorRow]:
    """Return the indicators by code once these values are stored."""
    targets = targets_of(plan)
    found = read(targets, *rows)
    assert found.faults == ()
    put = [value_feature(value, targets[value.code]) for value in found.values]
    snapshot = snapshot_from([Change(values_info().id, put, collection=values_info())], plan)
    return {row.target.code: row for row in indicator_rows(snapshot)}


def test_every_indicator_has_its_way_or_none_to_judge(targets: dict[str, Target]) -> None:
    district = [each for each in targets.values() if each.element is None]
    assert len(district) == 61
    assert len(targets) - 61 == 25
    for target in targets.values():
        assert (target.aim is None) == (target.path is None), target.code
        assert target.baseline_code is None or target.baseline_code in targets


def test_a_baseline_is_half_way_to_its_target_in_the_middle_of_the_way(plan: Plan) -> None:
    half = date(2023, 7, 2)  # 913 of 1826 days
    expected = expected_on(half, path="linear", start=264, target=400, due=DUE)
    assert expected == pytest.approx(264 + 136 * 913 / 1826)


@pytest.mark.parametrize(
    ("path", "day", "value", "status"),
    [
        ("linear", "2023-12-31", 400, "reached"),
        ("linear", "2023-12-31", 346, "on_path"),
        ("linear", "2023-12-31", 345, "behind"),
        ("linear", "2023-12-31", 310, "far_behind"),
        ("linear", "2025-12-31", 399, "missed"),
        ("cumulative", "2023-12-31", 241, "on_path"),
        ("level", "2023-12-31", 399, "not_yet"),
        ("yearly", "2022-12-31", 399, "missed"),
    ],
)
def test_a_value_stands_by_its_way(path: str, day: str, value: float, status: str) -> None:
    found = judged(
        op="ge",
        target=400,
        path=path,
        start=264,
        due=DUE,
        day=date.fromisoformat(day),
        value=value,
    )
    assert found == status


def test_what_is_to_stay_below_is_reached_below(plan: Plan) -> None:
    rows = rows_with(plan, ("registered_unemployment", "3.4", "2023", "人社局"))
    assert rows["registered_unemployment"].status == "reached"


def test_the_last_day_counts_and_the_trend_shows_all(plan: Plan) -> None:
    rows = rows_with(
        plan,
        ("high_tech_firms", "345", "2023年", "科技局"),
        ("high_tech_firms", "300", "2022-12-31", "科技局"),
    )
    row = rows["high_tech_firms"]
    assert row.present is not None
    assert (row.present.value, row.baseline, row.status) == (345, 264, "behind")
    assert trend_svg(row).count("<circle") == 2
    assert trend_svg(rows["makers"]) == ""
    assert rows["makers"].status == "no_value"
    assert rows["gdp_growth"].status == "not_judged"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023", "2023-12-31"),
        ("2024年2月", "2024-02-29"),
        ("2024/6/5", "2024-06-05"),
        ("２０２４-06", "2024-06-30"),
        ("20240605", "2024-06-05"),
        ("2024-06-05T00:00:00", "2024-06-05"),
    ],
)
def test_dates_are_read_in_their_usual_forms(
    targets: dict[str, Target], written: str, day: str
) -> None:
    (value,) = read(targets, ("makers", "0.8", written, "科技局")).values
    assert value.day.isoformat() == day


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("nothing", "1", "2023", "甲"), "indicator-unknown"),
        (("high_tech_firms_base", "1", "2023", "甲"), "indicator-is-baseline"),
        (("makers", "约1", "2023", "甲"), "indicator-number"),
        (("makers", "1%", "2023", "甲"), "indicator-unit"),
        (("biz_env_satisfaction", "0.95", "2023", "甲"), "indicator-fraction"),
        (("makers", "1", "去年", "甲"), "indicator-date"),
        (("makers", "1", "2023-02-30", "甲"), "indicator-date"),
        (("makers", "1", "2023-13", "甲"), "indicator-date"),
        (("makers", "1", "0000", "甲"), "indicator-date"),
        (("makers", "1", "2025", "甲"), "indicator-day"),
        (("makers", "1", "2023", ""), "indicator-source"),
    ],
)
def test_a_row_at_fault_is_named_by_its_line(
    targets: dict[str, Target], row: tuple[str, ...], code: str
) -> None:
    found = read(targets, ("makers", "0.8", "2022", "甲"), row)
    assert [(fault.code, fault.loc[:2]) for fault in found.faults] == [(code, ("row", 3))]
    assert all(fault.text(lang).hint for fault in found.faults for lang in ("zh", "en"))


def test_numbers_are_read_as_people_write_them(targets: dict[str, Target]) -> None:
    found = read(
        targets,
        ("fixed_investment", "1,234.5", "2023", "甲"),
        ("biz_env_satisfaction", "９６％", "2023", "甲"),
        ("rd_share_gdp", "0.9%", "2023", "甲"),
        ("makers", "", "2023", ""),
    )
    assert [value.value for value in found.values] == [1234.5, 96, 0.9]
    assert (found.blank, found.faults) == (1, ())


def test_two_values_of_one_day_are_a_fault_unless_equal(targets: dict[str, Target]) -> None:
    row = ("makers", "0.8", "2023", "甲")
    assert read(targets, row, row).faults == ()
    (fault,) = read(targets, row, ("makers", "0.9", "2023", "甲")).faults
    assert (fault.code, fault.params["other"]) == ("indicator-twice", 2)


def test_faults_beyond_a_hundred_are_counted(targets: dict[str, Target]) -> None:
    found = read(targets, *[("nothing", "1", "2023", "甲")] * (MOST_FAULTS + 5))
    assert len(found.faults) == MOST_FAULTS + 1
    assert found.faults[-1].params == {"count": 5}


def test_a_table_without_a_column_that_is_needed_says_which(targets: dict[str, Target]) -> None:
    with pytest.raises(ValidationError) as caught:
        read_values(("代码", "数值"), [], targets, today=TODAY)
    assert "日期、来源" in caught.value.text("zh").message
    english = [names[-1] for names in COLUMNS.values()]
    assert read_values(english, [], targets, today=TODAY).values == ()


def test_only_what_differs_is_new_or_changed(targets: dict[str, Target], plan: Plan) -> None:
    before = read(targets, ("makers", "0.8", "2023", "甲"), ("makers", "0.7", "2022", "甲")).values
    after = read(
        targets, ("makers", "0.8", "2023", "甲"), ("makers", "0.75", "2022", "甲"),
        ("makers", "0.6", "2021", "甲"),
    ).values  # fmt: skip
    new, changed, same = changed_values(after, {"makers": before})
    assert ([v.value for v in new], [v.value for v in changed], same) == ([0.6], [0.75], 1)


def test_without_values_nothing_is_judged(seeded_snapshot: Snapshot) -> None:
    assert {row.status for row in indicator_rows(seeded_snapshot)} == {"no_value", "not_judged"}
