"""What a difference from the plan means; elements side by side."""

from dataclasses import replace

import pytest

from zones.messages import say
from zones.plan.compare_elements import compare
from zones.plan.difference_verdict import judgement_of
from zones.plan.planned_and_measured import areas_table
from zones.snapshot.model import Snapshot


@pytest.mark.parametrize(
    ("area_km2", "level", "bands"),
    [(10.1, "within", 1.0), (9.8, "beyond_band", 2.0), (10.4, "beyond_bound", 4.0)],
)
def test_a_difference_is_judged_by_band_and_bound(
    seeded_snapshot: Snapshot, area_km2: float, level: str, bands: float
) -> None:
    first = seeded_snapshot.derived(areas_table)[0]
    row = replace(
        first,
        planned_area_km2=10,
        area_m2=area_km2 * 1e6,
        accuracy_band_m2=1.000001e5,
        accuracy_bound_m2=3e5,
    )
    found = judgement_of(row)
    assert found is not None
    assert (found.level, round(found.bands, 1)) == (level, bands)
    code, values = found.words()
    assert f"{abs(area_km2 - 10):.2f} km²" in say(code, "zh", **values).message


def test_nothing_is_judged_without_a_measure_or_an_accuracy(seeded_snapshot: Snapshot) -> None:
    first = seeded_snapshot.derived(areas_table)[0]
    assert judgement_of(replace(first, area_m2=None)) is None
    assert judgement_of(replace(first, accuracy_band_m2=None)) is None


def test_the_first_zone_is_off_and_the_fourth_is_not(seeded_snapshot: Snapshot) -> None:
    rows = seeded_snapshot.derived(areas_table)
    levels = [found and found.level for found in map(judgement_of, rows)]
    assert (levels[0], levels[3]) == ("beyond_bound", "within")


def test_sides_have_shares_of_all_subdistricts_that_any_lies_in(seeded_snapshot: Snapshot) -> None:
    found = compare(seeded_snapshot, ["zone-beishichang", "zone-fantaiyuanjie"])
    first, third = found.sides
    assert [one.id for one in first.meetings] == ["zone-fantaiyuanjie"]
    shares = [third.share_in(id_) or 0 for id_, _, _ in found.subdistricts]
    assert sum(shares) == pytest.approx(1)
    assert first.share_in("sd-210102023") == pytest.approx(1, abs=0.001)
    assert 0 < first.placed <= len(first.profile.sites)
    assert [row.target.element for row in first.indicators] == ["zone-beishichang"] * 4
