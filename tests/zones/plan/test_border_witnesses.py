"""Every claim about a border between subdistricts has witnesses, and they are on the right side."""

from dataclasses import replace
from pathlib import Path

import pytest

from zones.errors import SeedError
from zones.plan.border_witnesses import Witness, check_witnesses, read_witnesses, witnessed_borders
from zones.plan.seed_check import check_seed
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def witnesses(seed_dir: Path) -> tuple[Witness, ...]:
    return read_witnesses(seed_dir)


def _named(witnesses: tuple[Witness, ...], name: str) -> Witness:
    return next(witness for witness in witnesses if witness.name == name)


def test_check_names_the_nearest_witness_on_both_sides_of_a_border(seed_dir: Path) -> None:
    report = check_seed(seed_dir)
    borders = {border.border: border for border in report.witnessed}
    moved = borders["border-e25-1"]
    assert moved.accuracy_m == 100
    assert [(t.witness, t.subdistrict) for t in moved.testimonies] == [
        ("建科社区", "sd-210102016"),
        ("新华街道", "sd-210102002"),
    ]
    assert [t.distance_m for t in moved.testimonies] == pytest.approx([23, 208], abs=1)
    told = next(b for b in report.as_json()["witnessed"] if b["border"] == "border-s01-1")
    assert [t["witness"] for t in told["testimonies"]] == ["平安社区", "洪福社区"]


def test_a_border_nobody_lives_near_has_no_witness(seed_dir: Path) -> None:
    borders = {border.border: border for border in check_seed(seed_dir).witnessed}
    assert borders["border-e20-1"].testimonies == ()
    assert "border-e21-1" not in borders  # the district's own outline


def test_witness_on_the_wrong_side_is_an_error(
    seeded_snapshot: Snapshot, witnesses: tuple[Witness, ...]
) -> None:
    taken = replace(_named(witnesses, "太平里社区"), subdistrict="sd-210102002")
    (problem,) = check_witnesses(seeded_snapshot, [taken])
    assert (problem.code, problem.severity) == ("check-witness-beyond", "error")
    assert problem.params["found"] == "sd-210102016"
    assert (problem.lon, problem.lat) == (taken.lon, taken.lat)


def test_disputed_area_that_accounts_for_a_witness_must_hold_it(
    seeded_snapshot: Snapshot, witnesses: tuple[Witness, ...]
) -> None:
    zhongshan = _named(witnesses, "中山社区")
    assert [p.severity for p in check_witnesses(seeded_snapshot, [zhongshan])] == ["note"]
    elsewhere = replace(zhongshan, contradicts="dispute-c05")
    agreeing = replace(_named(witnesses, "太平里社区"), contradicts="dispute-c05")
    for wrong in (elsewhere, agreeing):
        assert [p.code for p in check_witnesses(seeded_snapshot, [wrong])] == [
            "check-witness-dispute"
        ]


def test_witness_that_contradicts_a_border_does_not_bear_it_out(
    seeded_snapshot: Snapshot, witnesses: tuple[Witness, ...]
) -> None:
    borders = {b.border: b for b in witnessed_borders(seeded_snapshot, witnesses)}
    assert "中山社区" not in {t.witness for b in borders.values() for t in b.testimonies}


@pytest.mark.parametrize("content", [b"", b"{}", b'{"witnesses": [{"id": "w-1"}]}'])
def test_unreadable_witnesses_are_told_with_their_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "witnesses.json").write_bytes(content)
    with pytest.raises(SeedError) as caught:
        read_witnesses(tmp_path)
    assert caught.value.params["path"] == "witnesses.json"


def test_seed_without_witnesses_is_none_the_worse(tmp_path: Path) -> None:
    assert read_witnesses(tmp_path) == ()
