"""Planned against measured, and the accuracy bands, by hand on the toy and against the plan."""

from math import sqrt

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from shapely import LineString, MultiLineString

from tests.toy import RIVER, feature, line, square, toy_snapshot
from zones.lookup.border_lines import Border, Stretch
from zones.plan.planned_and_measured import (
    ElementMeasure,
    FigureUncertainty,
    area_band,
    areas_table,
    length_band,
)
from zones.snapshot.model import Snapshot

NORTH_M, EAST_M = 1735.5, 1299.5


def _rows(snapshot: Snapshot) -> dict[str, ElementMeasure]:
    return {row.id: row for row in snapshot.derived(areas_table)}


def _stretch(fid: str | None, accuracy: float | None, length: float) -> Stretch:
    border = Border(fid, (), accuracy, True, True, LineString())
    return Stretch(border, length)


def test_area_band_is_root_of_squares_and_its_bound_the_sum() -> None:
    outline = [_stretch("a", 20, 100), _stretch("b", 30, 50)]
    assert area_band(outline, {}) == FigureUncertainty(band=2500.0, bound=3500.0)


def test_pieces_along_one_line_are_wrong_together() -> None:
    outline = [_stretch("a", 20, 100), _stretch("b", 20, 75), _stretch("c", 10, 120)]
    band = area_band(outline, {"a": "铁路", "b": "铁路"})
    assert band == FigureUncertainty(band=sqrt(3500**2 + 1200**2), bound=4700.0)


def test_band_is_unknown_where_any_accuracy_is() -> None:
    assert area_band([_stretch("a", 20, 100), _stretch(None, None, 1)], {}) == FigureUncertainty(
        None, None
    )
    assert area_band([], {}) == FigureUncertainty(None, None)
    assert length_band([20, None]) == FigureUncertainty(None, None)
    assert length_band([]) == FigureUncertainty(None, None)


def test_length_may_be_off_at_both_ends_of_each_part() -> None:
    assert length_band([30, 40]).bound == 140
    assert length_band([30, 40]).band == pytest.approx(sqrt(2 * 30**2 + 2 * 40**2))


def test_toy_zone_has_its_area_difference_and_band() -> None:
    row = _rows(toy_snapshot())["zone-a"]
    area = 4 * NORTH_M * EAST_M
    assert row.area_m2 == pytest.approx(area, rel=1e-3)
    assert row.difference_percent == pytest.approx((area / 8e6 - 1) * 100, abs=0.1)
    moved = [20 * 2 * NORTH_M, 20 * 2 * EAST_M, 20 * 2 * EAST_M, 300 * 2 * NORTH_M]
    assert row.accuracy_bound_m2 == pytest.approx(sum(moved), rel=1e-3)
    assert row.accuracy_band_m2 == pytest.approx(np.hypot.reduce(moved), rel=1e-3)
    assert row.length_m is None


def test_toy_axis_is_told_by_named_connecting_and_schematic_parts() -> None:
    row = _rows(toy_snapshot())["axis-x"]
    assert row.length_m == pytest.approx(4 * EAST_M, rel=1e-3)
    assert row.named_length_m == pytest.approx(2 * EAST_M, rel=1e-3)
    assert row.connection_length_m == row.schematic_length_m
    assert row.difference_percent == pytest.approx((4 * EAST_M / 5000 - 1) * 100, abs=0.1)
    assert row.accuracy_bound_m == 2 * (20 + 1000)


def test_toy_belt_is_as_long_as_its_centre_line_and_has_the_area_of_its_corridor() -> None:
    row = _rows(toy_snapshot())["belt-r"]
    assert row.length_m == pytest.approx(4 * NORTH_M, rel=1e-3)
    assert row.area_m2 == pytest.approx(0.5 * EAST_M * 4 * NORTH_M, rel=1e-3)
    assert row.accuracy_bound_m2 == pytest.approx(100 * (8 * NORTH_M + EAST_M), rel=1e-3)
    assert row.accuracy_bound_m == 160


def test_zone_in_several_features_is_measured_together_and_overlap_once() -> None:
    halves = [
        feature("zone-a", square(0, 0, 1.5, 2)),
        type(feature("x", None))("other", square(1, 0, 2, 2), {"name": "zone-a名"}),
    ]
    row = _rows(toy_snapshot(zones=halves))["zone-a"]
    assert row.area_m2 == pytest.approx(4 * NORTH_M * EAST_M, rel=1e-3)


def test_element_that_is_not_drawn_has_its_planned_figure_only() -> None:
    row = _rows(toy_snapshot(zones=[], belts=[], belt_lines=[]))["zone-a"]
    assert (row.planned_area_km2, row.area_m2, row.difference_percent) == (8, None, None)


def test_axis_without_described_parts_is_measured_without_telling_them_apart() -> None:
    bare = MultiLineString([line((0, 1), (1, 1)), line((2, 1), (3, 1))])
    row = _rows(toy_snapshot(axes=[feature("axis-x", bare)]))["axis-x"]
    assert row.length_m == pytest.approx(2 * EAST_M, rel=1e-3)
    assert row.named_length_m is row.accuracy_band_m is None


def test_belt_lines_without_a_role_are_no_centre_line() -> None:
    unnamed = [feature("line", line((2.5, -1), (2.5, 3)), belt="belt-r")]
    assert _rows(toy_snapshot(belt_lines=unnamed))["belt-r"].length_m is None


def test_seed_has_nine_rows_with_the_plans_figures_beside(seeded_snapshot: Snapshot) -> None:
    rows = seeded_snapshot.derived(areas_table)
    assert [row.order for row in rows] == list(range(1, 10))
    planned = [row.planned_area_km2 or row.planned_length_km for row in rows]
    assert planned == [2.6, 7, 9, 7.1, 10.7, 23.5, 10.8, 12, 12.9]


@pytest.mark.parametrize(
    ("zone", "reference_km2"),
    [
        ("zone-beishichang", 2.211),
        ("zone-nanshichang", 6.961),
        ("zone-fantaiyuanjie", 7.642),
        ("zone-sanhaojie", 7.097),
        ("zone-changbaidao", 10.972),
        ("zone-manrong", 22.889),
    ],
)
def test_seed_zone_is_within_two_per_mille_of_the_reference(
    seeded_snapshot: Snapshot, zone: str, reference_km2: float
) -> None:
    row = _rows(seeded_snapshot)[zone]
    assert row.area_m2 == pytest.approx(reference_km2 * 1e6, rel=2e-3)
    assert row.planar_area_m2 == pytest.approx(row.area_m2, rel=1e-4)
    assert row.accuracy_band_m2 is not None
    assert row.accuracy_bound_m2 is not None
    assert 0 < row.accuracy_band_m2 < row.accuracy_bound_m2


def test_seed_axis_of_nanjing_street_has_the_length_of_the_reference(
    seeded_snapshot: Snapshot,
) -> None:
    row = _rows(seeded_snapshot)["axis-nanjingjie"]
    assert row.length_m == pytest.approx(10670, rel=5e-3)
    assert row.named_length_m == pytest.approx(row.length_m)


def test_seed_area_is_that_of_an_independent_geodesic(seeded_snapshot: Snapshot) -> None:
    zone = seeded_snapshot.collection("zones").feature("zone-manrong")
    polygon = Geodesic(6378137, 1 / 298.257222101).Polygon()
    for lon, lat in shapely.get_coordinates(shapely.get_exterior_ring(zone.geometry))[:-1]:
        polygon.AddPoint(lat, lon)
    _, _, area = polygon.Compute()
    assert _rows(seeded_snapshot)["zone-manrong"].area_m2 == pytest.approx(area, rel=1e-9)


def test_json_is_rounded_and_keeps_what_is_unknown() -> None:
    told = _rows(toy_snapshot(disputes=[feature("r", RIVER)]))["zone-a"].as_json()
    assert told["area_m2"] == round(told["area_m2"], 1)
    assert told["difference_percent"] == round(told["difference_percent"], 2)
    assert told["length_m"] is None
