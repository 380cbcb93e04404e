"""What differs between two editions: areas, shares, and the answers of random points."""

import pytest

from tests.toy import SD_1, SD_2, feature, square, toy_snapshot
from zones.plan.edition_differences import compare_editions
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def moved() -> Snapshot:
    """Return the toy district with the border between sd-1 and sd-2 a quarter further west."""
    return toy_snapshot(
        subdistricts=[
            feature("sd-1", square(0, 0, 0.75, 2), code="1", zone="zone-a"),
            feature("sd-2", square(0.75, 0, 2, 2), code="2", zone="zone-a"),
            feature("sd-3", square(2, 0, 4, 2), code="3", zone="zone-b"),
        ]
    )


def test_nothing_differs_from_itself(toy: Snapshot) -> None:
    compared = compare_editions(toy, toy, points=500)
    assert (compared.changed, compared.answers, compared.shares) == (0, (), ())
    assert compared.points == 500
    assert all(area.before_m2 == area.after_m2 for area in compared.areas)


def test_moved_border_is_told_by_area_share_and_points(toy: Snapshot, moved: Snapshot) -> None:
    compared = compare_editions(toy, moved, points=4000)
    areas = {area.id: area for area in compared.areas}
    ratio = (areas["sd-1"].after_m2 or 0) / (areas["sd-1"].before_m2 or 1)
    assert ratio == pytest.approx(0.75, rel=1e-3)
    shares = {(share.zone, share.subdistrict): share for share in compared.shares}
    assert shares["zone-a", "sd-2"].before_share == pytest.approx(0.5, rel=1e-3)
    assert shares["zone-a", "sd-2"].after_share == pytest.approx(0.625, rel=1e-3)
    crossed = sum(
        a.points
        for a in compared.answers
        if (a.what, a.before, a.after) == ("subdistrict", "sd-1", "sd-2")
    )
    assert crossed / compared.points == pytest.approx(1 / 16, abs=0.015)
    assert compared.changed >= crossed
    assert SD_1.area == pytest.approx(SD_2.area)


def test_same_seed_gives_the_same_points(toy: Snapshot, moved: Snapshot) -> None:
    assert compare_editions(toy, moved, points=300) == compare_editions(toy, moved, points=300)
    other = compare_editions(toy, moved, points=300, seed=1)
    assert other.answers != compare_editions(toy, moved, points=300).answers


def test_table_has_what_differs_only(toy: Snapshot, moved: Snapshot) -> None:
    lines = list(compare_editions(toy, moved, points=300).lines())
    assert any("subdistricts/sd-1 km2" in line for line in lines)
    assert not any("subdistricts/sd-3" in line for line in lines)
    assert any("points with another answer" in line for line in lines)
    assert all(line.count("|") == 4 for line in lines)
