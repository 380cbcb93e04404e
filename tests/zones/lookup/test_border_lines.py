"""The lines between zones and between subdistricts, and how well each is known."""

import pytest

from tests.toy import ZONE_A, feature, line, square, toy_snapshot
from zones.lookup.border_lines import Border, read_borders
from zones.lookup.numbered_edges import edges_of
from zones.snapshot.model import Snapshot


def _borders(snapshot: Snapshot) -> dict[str | None, Border]:
    return {border.fid: border for border in snapshot.derived(read_borders).all}


def test_what_a_piece_separates_is_told_by_the_polygons_on_its_sides(toy: Snapshot) -> None:
    found = {fid: (b.separates_zones, b.separates_subdistricts) for fid, b in _borders(toy).items()}
    assert found["bank-a"] == (True, True)
    assert found["bank-b"] == (True, False)
    assert found["between-sd"] == (False, True)
    assert found["south-river"] == (True, True)
    assert len(found) == 11
    assert None not in found


def test_roles_found_on_the_seed_are_those_it_states(seeded_snapshot: Snapshot) -> None:
    stated = {f.fid: f.properties["role"] for f in seeded_snapshot.collection("borders")}
    found = _borders(seeded_snapshot)
    assert found.keys() == stated.keys()
    for fid, role in stated.items():
        assert found[fid].separates_zones == (role != "subdistrict")


def test_piece_that_runs_along_no_polygon_bounds_nothing() -> None:
    stray = feature("stray", line((0.5, 0.5), (1.5, 1.5)), accuracy_m=5)
    assert "stray" not in _borders(toy_snapshot(borders=[stray]))


def test_direction_of_a_piece_does_not_matter() -> None:
    backwards = feature("bank", line((2, 2), (2, 0)), accuracy_m=7)
    assert _borders(toy_snapshot(borders=[backwards]))["bank"].separates_zones


def test_edges_without_a_piece_are_borders_as_good_as_their_polygons() -> None:
    borders = toy_snapshot(borders=[]).derived(read_borders).all
    assert {border.fid for border in borders} == {None}
    bank = next(b for b in borders if b.geometry.equals(line((2, 0), (2, 2))))
    assert (bank.between, bank.accuracy_m, bank.separates_zones) == (("zone-a",), 300, True)
    inner = next(b for b in borders if b.geometry.equals(line((1, 0), (1, 2))))
    assert (inner.between, inner.accuracy_m) == (("sd-1", "sd-2"), None)
    assert not inner.separates_zones


def test_replaced_zone_brings_its_own_outline_and_retires_the_old_piece() -> None:
    moved = [feature("zone-a", ZONE_A), feature("zone-b", square(3.5, 0, 4, 2), accuracy_m=9)]
    borders = toy_snapshot(zones=moved).derived(read_borders).all
    assert "bank-b" not in {border.fid for border in borders}
    assert any(b.fid is None and b.accuracy_m == 9 for b in borders)


def test_outline_of_a_zone_is_covered_by_its_stretches(seeded_snapshot: Snapshot) -> None:
    along = seeded_snapshot.derived(read_borders).along
    for zone in seeded_snapshot.collection("zones"):
        assert {stretch.border.fid for stretch in along[zone.fid]} == set(
            map(str, zone.properties["borders"] or ())  # type: ignore[arg-type]  # a list, as seeded
        )


def test_stretch_counts_only_what_runs_along_the_zone(toy: Snapshot) -> None:
    lengths = {s.border.fid: s.length_m for s in toy.derived(read_borders).along["zone-a"]}
    assert lengths["bank-a"] == pytest.approx(2 * 1735.5, rel=1e-3)
    assert set(lengths) == {"west", "south-a", "north-a", "bank-a"}


def test_stretches_come_in_the_order_of_the_outline(toy: Snapshot) -> None:
    along = toy.derived(read_borders).along["zone-a"]
    lines = [stretch.border.geometry for stretch in along]
    firsts = [
        next(i for i, edge in enumerate(edges_of(ZONE_A)) if edge in set(edges_of(line)))
        for line in lines
    ]
    assert firsts == sorted(firsts)


def test_an_edge_that_two_pieces_draw_belongs_to_the_last(toy: Snapshot) -> None:
    twice = [
        feature("one", line((2, 0), (2, 2)), accuracy_m=7),
        feature("other", line((2, 2), (2, 0)), accuracy_m=9),
    ]
    found = _borders(toy_snapshot(borders=twice))
    assert "one" not in found
    assert found["other"].accuracy_m == 9


def test_zones_many_times_over_have_borders_once() -> None:
    zones = [feature(f"z{number}", square(0, 0, 1, 1)) for number in range(50)]
    (border,) = toy_snapshot(zones=zones, subdistricts=[], borders=[]).derived(read_borders).all
    assert border.between == tuple(sorted(f"z{number}" for number in range(50)))
