"""Rollups by polygon: what counts where, and that nothing is lost."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from tests.toy import at, feature, line, square, toy_snapshot
from zones.attribution.totals_by_polygon import AttributionTable, attribute
from zones.errors import UnknownCollectionError, ZonesError
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import accuracy_m

Where = tuple[str, str | None]


def _values(table: AttributionTable) -> dict[Where, float | None]:
    return {(row.where, row.by): row.value for row in table.rows}


def test_points_are_counted_by_zone_outside_and_unlocated(toy: Snapshot) -> None:
    table = attribute(toy, "sites", "zones", "count")
    assert _values(table) == {
        ("member", "zone-a"): 2,
        ("member", "zone-b"): 0,
        ("outside", None): 2,
        ("unlocated", None): 1,
    }
    assert table.total == table.features == 5


def test_point_on_a_border_counts_once_for_the_first(toy: Snapshot) -> None:
    table = attribute(toy, "sites", "subdistricts", "count")
    assert _values(table)["member", "sd-1"] == 2
    assert _values(table)["member", "sd-2"] == 0


def test_border_point_goes_to_the_first_in_the_plans_order_not_as_stored() -> None:
    zones = [
        feature("last", square(0, 0, 1, 2), order=2),
        feature("first", square(1, 0, 2, 2), order=1),
    ]
    table = attribute(toy_snapshot(zones=zones), "sites", "zones", "count")
    assert [(row.by, row.value) for row in table.rows[:2]] == [("first", 1), ("last", 1)]


def test_sum_takes_numbers_only_and_tells_how_many_were_skipped(toy: Snapshot) -> None:
    table = attribute(toy, "sites", "zones", "sum:floors")
    assert _values(table) == {
        ("member", "zone-a"): 6,
        ("member", "zone-b"): 0,
        ("outside", None): 3,
        ("unlocated", None): 1,
    }
    assert (table.total, table.skipped) == (10, 1)
    assert [row.share for row in table.rows] == [0.6, 0, 0.3, 0.1]


def test_mean_of_nothing_is_none_and_means_weigh_up_to_the_total(toy: Snapshot) -> None:
    table = attribute(toy, "sites", "zones", "mean:floors")
    assert _values(table)["member", "zone-a"] == 3
    assert _values(table)["member", "zone-b"] is None
    weighed = sum((row.value or 0) * row.features for row in table.rows)
    assert weighed / sum(row.features for row in table.rows) == table.total == 2.5


def test_polygons_count_whole_by_a_point_on_them() -> None:
    parcels = [
        feature("mostly-a", square(0, 0, 2.5, 1)),
        feature("mostly-river", square(1.9, 0, 2.9, 1)),
    ]
    table = attribute(toy_snapshot(sites=parcels), "sites", "zones", "count")
    assert _values(table)["member", "zone-a"] == 1
    assert _values(table)["outside", None] == 1


def test_area_is_shared_by_overlay_with_the_river_outside(toy: Snapshot) -> None:
    table = attribute(toy, "subdistricts", "zones", "area")
    assert [row.share for row in table.rows] == pytest.approx([0.5, 0.25, 0.25, 0], rel=1e-6)
    assert table.total == pytest.approx(8 * 1735.5 * 1299.5, rel=1e-3)
    assert [(p.of, p.by) for p in table.parts][-2:] == [("sd-3", "zone-b"), ("sd-3", None)]


def test_length_is_for_lines_and_area_for_polygons(toy: Snapshot) -> None:
    table = attribute(toy, "axes", "zones", "length")
    assert [row.share for row in table.rows] == pytest.approx([0.5, 0.25, 0.25, 0], rel=1e-4)
    for of, measure in (("axes", "area"), ("zones", "length")):
        with pytest.raises(ZonesError) as caught:
            attribute(toy, of, "zones", measure)
        assert caught.value.code == "attribution-wrong-measure"


@pytest.mark.parametrize("measure", ["", "median:floors", "sum", "sum:", "count:floors", "AREA"])
def test_unknown_measure_is_refused_with_a_list_of_those_that_are(
    toy: Snapshot, measure: str
) -> None:
    with pytest.raises(ZonesError) as caught:
        attribute(toy, "sites", "zones", measure)
    assert caught.value.code == "attribution-measure"
    assert "mean:field" in caught.value.text("en").hint


def test_field_without_a_number_unknown_collections_and_lines_as_areas_are_refused(
    toy: Snapshot,
) -> None:
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: attribute(toy, "sites", "zones", "sum:name"), "attribution-no-numbers"),
        (lambda: attribute(toy, "sites", "zones", "mean:storeys"), "attribution-no-numbers"),
        (lambda: attribute(toy, "sites", "axes", "count"), "attribution-by-no-polygons"),
        (lambda: attribute(toy, "sites", "zones", "area"), "overlay-of-points"),
    ]
    for ask, code in refused:
        with pytest.raises(ZonesError) as caught:
            ask()
        assert caught.value.code == code
    with pytest.raises(UnknownCollectionError):
        attribute(toy, "rivers", "zones", "count")


_points = st.lists(
    st.tuples(st.integers(-1, 9), st.integers(-1, 5), st.integers(-50, 50)), min_size=1
)


@given(points=_points)
def test_rows_of_random_points_sum_to_the_total(points: list[tuple[int, int, int]]) -> None:
    sites = [
        feature(str(i), None if value == 7 else Point(at(x / 2, y / 2)), worth=value)
        for i, (x, y, value) in enumerate(points)
    ]
    snapshot = toy_snapshot(sites=sites)
    for measure in ("count", "sum:worth"):
        table = attribute(snapshot, "sites", "subdistricts", measure)
        assert sum(row.value or 0 for row in table.rows) == table.total
        assert sum(row.features for row in table.rows) == len(points)


def test_sites_of_the_seed_are_all_somewhere(seeded_snapshot: Snapshot) -> None:
    for by in ("zones", "subdistricts"):
        table = attribute(seeded_snapshot, "sites", by, "count")
        assert sum(row.value or 0 for row in table.rows) == table.total == 224
        assert _values(table)["unlocated", None] == 140


def test_rows_count_what_may_lie_elsewhere_by_its_accuracy() -> None:
    places = {"sure": (0.5, 0.5, 50), "near": (0.99, 0.5, 50), "circle": (0.5, 1.5, 400)}
    beyond = {"far": (7, 1, 50), "outer": (7, 1, 400), "edge": (-0.01, 1, 50)}
    sites = [
        feature(fid, Point(at(x, y)), accuracy_m=accuracy)
        for fid, (x, y, accuracy) in (places | beyond).items()
    ]
    table = attribute(toy_snapshot(sites=sites), "sites", "subdistricts", "count")
    rows = {(row.where, row.by): (row.value, row.uncertain) for row in table.rows}
    assert rows["member", "sd-1"] == (3, 2)
    assert rows["outside", None] == (3, 2)
    assert table.as_json()["rows"][0]["uncertain"] == 2


def test_circles_of_the_seed_are_certain_to_lie_nowhere(seeded_snapshot: Snapshot) -> None:
    table = attribute(seeded_snapshot, "sites", "zones", "count")
    circles = [
        site
        for site in seeded_snapshot.collection("sites")
        if site.geometry is not None and (accuracy_m(site.properties) or 0) > 250
    ]
    assert len(circles) >= 20
    assert sum(row.uncertain for row in table.rows) >= len(circles)


def test_json_tells_the_rule_in_the_language_asked_for(toy: Snapshot) -> None:
    told = attribute(toy, "axes", "zones", "length").as_json("en")
    assert (told["unit"], told["revision"]) == ("m", 1)
    assert "half for each" in told["rule"]
    assert "各计一半" in attribute(toy, "axes", "zones", "length").as_json("zh")["rule"]
    assert sum(part["share"] for part in told["parts"]) == pytest.approx(1)


def test_lines_that_cross_no_polygon_are_outside() -> None:
    snapshot = toy_snapshot(axes=[feature("far", line((8, 8), (9, 9)))])
    table = attribute(snapshot, "axes", "zones", "length")
    assert _values(table)["outside", None] == table.total
