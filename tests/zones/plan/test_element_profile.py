"""One element in full: shares, sites, neighbours, evidence, conflicts."""

import orjson
import pytest
from shapely import Point

from tests.toy import at, feature, toy_snapshot
from zones.errors import UnknownFeatureError
from zones.plan.element_profile import element_profile
from zones.plan_text import Plan
from zones.snapshot.model import Snapshot

NORTH_M, EAST_M = 1735.5, 1299.5


def test_zone_is_shared_by_its_subdistricts(toy: Snapshot) -> None:
    shares = element_profile(toy, "zone-a").subdistricts
    assert [(share.id, share.listed) for share in shares] == [("sd-1", True), ("sd-2", True)]
    assert [share.share for share in shares] == pytest.approx([0.5, 0.5], rel=1e-6)


def test_overlay_and_list_of_the_plan_stand_side_by_side(toy: Snapshot) -> None:
    shares = {share.id: share for share in element_profile(toy, "belt-r").subdistricts}
    assert (shares["sd-1"].listed, shares["sd-1"].measure) == (True, 0)
    assert not shares["sd-3"].listed
    assert shares["sd-3"].share == pytest.approx(0.5, rel=1e-3)
    assert shares[None].share == pytest.approx(0.5, rel=1e-3)


def test_sites_are_those_of_the_plan_and_those_of_the_place(toy: Snapshot) -> None:
    sites = {site.id: site for site in element_profile(toy, "zone-a").sites}
    found = {id_: (site.by_plan, site.by_position) for id_, site in sites.items()}
    assert found == {
        "site-a": (True, True),
        "site-nowhere": (True, False),
        "site-edge": (False, True),
    }
    assert sites["site-nowhere"].lon is None


def test_circle_is_listed_wherever_it_may_lie_and_certain_nowhere() -> None:
    sites = [
        feature("within", Point(at(0.5, 1)), accuracy_m=50),
        feature("near", Point(at(2.02, 1)), accuracy_m=50),
        feature("circle", Point(at(2.1, 1)), accuracy_m=500),
    ]
    snapshot = toy_snapshot(sites=sites)
    found = {
        zone: {s.id: (s.circle_m, s.certain) for s in element_profile(snapshot, zone).sites}
        for zone in ("zone-a", "belt-r")
    }
    assert found["zone-a"] == {"within": (None, True), "circle": (500, False)}
    assert found["belt-r"]["circle"] == (500, False)


def test_neighbours_border_run_along_and_overlap(seeded_snapshot: Snapshot) -> None:
    neighbours = element_profile(seeded_snapshot, "zone-nanshichang").neighbours
    relations = {(n.id, n.relation) for n in neighbours}
    assert ("zone-fantaiyuanjie", "border") in relations
    assert ("zone-sanhaojie", "border") in relations
    assert ("axis-nanjingjie", "along") in relations
    assert ("belt-hunhe", "overlap") in relations
    assert all(n.measure > 0 for n in neighbours)


def test_neighbourhood_is_mutual(seeded_snapshot: Snapshot, plan: Plan) -> None:
    met = {
        (element.id, neighbour.id): neighbour.measure
        for element in plan.elements
        for neighbour in element_profile(seeded_snapshot, element.id).neighbours
    }
    assert {(b, a) for a, b in met} == set(met)
    assert all(met[b, a] == pytest.approx(measure) for (a, b), measure in met.items())


def test_evidence_of_a_zone_is_its_outline(toy: Snapshot) -> None:
    evidence = {e.id: e for e in element_profile(toy, "zone-a").evidence}
    assert set(evidence) == {"west", "south-a", "north-a", "bank-a"}
    assert evidence["bank-a"].accuracy_m == 300
    assert evidence["bank-a"].length_m == pytest.approx(2 * NORTH_M, rel=1e-3)


def test_evidence_of_undrawn_borders_is_named_after_their_sides() -> None:
    evidence = element_profile(toy_snapshot(borders=[]), "zone-b").evidence
    assert {e.id for e in evidence} == {None}
    assert any("zone-b" in e.name for e in evidence)


def test_axis_shows_its_parts_and_belt_its_lines(seeded_snapshot: Snapshot) -> None:
    axis = element_profile(seeded_snapshot, "axis-sanhaojie")
    assert [part.basis for part in axis.parts].count("schematic") == 1
    assert sum(part.length_m for part in axis.parts) == pytest.approx(axis.measure.length_m)
    belt = element_profile(seeded_snapshot, "belt-hunhe")
    planned = {e.id: e.planned_length_km for e in belt.evidence}
    assert planned["belt-hunhe-north-bank"] == 6
    assert planned["belt-hunhe-south-bank"] == 9.4


def test_belt_meets_a_subdistrict_that_its_list_leaves_out(seeded_snapshot: Snapshot) -> None:
    shares = element_profile(seeded_snapshot, "belt-hunhe").subdistricts
    unlisted = [share.name for share in shares if share.id and not share.listed]
    assert unlisted == ["马路湾街道"]


def test_disputes_are_those_claimed_and_those_held(toy: Snapshot) -> None:
    held = {d.id: d.overlap_m2 for d in element_profile(toy, "zone-a").disputes}
    claimed = {d.id: d.overlap_m2 for d in element_profile(toy, "zone-b").disputes}
    assert held == pytest.approx(
        {"dispute-c04": NORTH_M * EAST_M, "dispute-c06": NORTH_M * EAST_M / 4}, rel=1e-3
    )
    assert claimed == {"dispute-c04": 0}


def test_conflicts_are_those_whose_lines_the_section_holds(toy: Snapshot) -> None:
    assert [c.id for c in element_profile(toy, "zone-a").conflicts] == ["c04"]
    assert element_profile(toy, "zone-b").conflicts == ()


def test_every_profile_of_the_seed_is_json_in_both_languages(
    seeded_snapshot: Snapshot, plan: Plan
) -> None:
    for element in plan.elements:
        profile = element_profile(seeded_snapshot, element.id)
        told = {lang: orjson.loads(orjson.dumps(profile.as_json(lang))) for lang in ("zh", "en")}
        assert told["zh"]["element"]["name"] == element.name
        assert told["zh"]["rules"] != told["en"]["rules"]
        assert told["zh"]["measure"]["id"] == element.id


def test_goals_are_told_as_the_plan_has_them(seeded_snapshot: Snapshot, plan: Plan) -> None:
    told = element_profile(seeded_snapshot, "zone-beishichang").as_json()
    assert [goal["value"] for goal in told["element"]["goals"]] == [
        goal.value for goal in plan.elements[0].goals
    ]


@pytest.mark.parametrize("gone", ["zones", "subdistricts", "axes", "belts", "borders", "sites"])
def test_profile_survives_the_loss_of_a_layer(gone: str) -> None:
    snapshot = toy_snapshot(**{gone: []})
    for element in snapshot.plan.elements:
        assert element_profile(snapshot, element.id).element is element


def test_unknown_element_is_an_error(toy: Snapshot) -> None:
    with pytest.raises(UnknownFeatureError):
        element_profile(toy, "zone-z")
