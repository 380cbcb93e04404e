"""What is measured near a place is what a pass over every segment measures, to the last bit."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from tests.toy import at, line
from zones.crs.transform import PLANE, from_storage_xy
from zones.lookup.line_distances import Lines
from zones.lookup.nearby_line_segments import REMEMBERED, Nearby

_corner = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
_lines = st.lists(st.lists(_corner, min_size=2, max_size=6), min_size=2, max_size=8)


def _plane(x: float, y: float) -> tuple[float, float]:
    return from_storage_xy(*at(x, y), PLANE)


def _nearest(nearby: Nearby, group: int, x: float, y: float) -> tuple[float, int]:
    (away,), (nearest,) = nearby.nearest_of_each(nearby.cell(x, y), (group,), x, y)
    return away, nearest


@given(corners=_lines, x=st.floats(-4, 4), y=st.floats(-4, 4), data=st.data())
def test_nearest_of_each_group_and_reach_are_those_of_all_segments(
    corners: list[list[tuple[int, int]]], x: float, y: float, data: st.DataObject
) -> None:
    lines = Lines([line(*each) for each in corners])
    groups = [list(range(0, len(corners), 2)), list(range(1, len(corners), 2))]
    reach = data.draw(st.lists(st.floats(0, 3000), min_size=len(corners), max_size=len(corners)))
    nearby = Nearby(lines, groups, [np.array(reach)])
    px, py = _plane(x, y)
    away = lines.distances_m(px, py)
    for number, group in enumerate(groups):
        nearest = min(group, key=away.__getitem__)
        assert _nearest(nearby, number, px, py) == (away[nearest], nearest)
    assert nearby.any_reaches(nearby.cell(px, py), 0, px, py) == bool((away < reach).any())


@given(corners=_lines, x=st.floats(-4, 4), y=st.floats(-4, 4), most=st.floats(0, 400_000))
def test_whether_a_group_is_within_is_what_its_distance_says(
    corners: list[list[tuple[int, int]]], x: float, y: float, most: float
) -> None:
    lines = Lines([line(*each) for each in corners])
    groups = [[0], list(range(1, len(corners)))]
    px, py = _plane(x, y)
    away = lines.distances_m(px, py)[1:].min()
    for limit in (most, float(away), math.nextafter(away, 0)):
        nearby = Nearby(lines, groups, [], within=(1, limit))
        assert nearby.is_within(nearby.cell(px, py), px, py) == (away <= limit)


@pytest.mark.slow
def test_ten_thousand_random_segments_give_the_same_distances_everywhere() -> None:
    rng = np.random.default_rng(7)
    starts = rng.uniform((123.3, 41.7), (123.5, 41.85), (10_000, 2))
    ends = starts + rng.normal(0, 0.001, starts.shape)
    lines = Lines(shapely.linestrings(np.stack([starts, ends], axis=1)))
    groups = [list(range(which, 10_000, 3)) for which in range(3)]
    nearby = Nearby(lines, groups, [np.full(10_000, 40.0)])
    for lon, lat in rng.uniform((123.25, 41.65), (123.55, 41.9), (400, 2)).tolist():
        x, y = from_storage_xy(lon, lat, PLANE)
        away = lines.distances_m(x, y)
        found = [_nearest(nearby, number, x, y) for number in range(3)]
        assert found == [(away[group].min(), group[int(away[group].argmin())]) for group in groups]
        assert nearby.any_reaches(nearby.cell(x, y), 0, x, y) == bool(away.min() < 40)


def test_points_on_the_lines_between_cells_are_measured_alike() -> None:
    lines = Lines([line((0, 0), (3, 1)), line((0, 2), (3, 0))])
    nearby = Nearby(lines, [[0, 1]], [np.zeros(2)])
    x0, y0 = (math.floor(v / nearby.cell_size_m) * nearby.cell_size_m for v in _plane(1, 1))
    for x in (math.nextafter(x0, 0), x0, math.nextafter(x0, math.inf)):
        for y in (math.nextafter(y0, 0), y0, math.nextafter(y0, math.inf)):
            assert _nearest(nearby, 0, x, y)[0] == lines.distances_m(x, y).min()


def test_the_first_of_lines_as_near_is_told() -> None:
    twice = line((0, 0), (1, 0))
    nearby = Nearby(Lines([None, twice, twice]), [[0, 1, 2]], [])
    assert _nearest(nearby, 0, *_plane(0.5, 1))[1] == 1


@pytest.mark.parametrize("lines", [[], [None, LineString()]])
def test_without_a_line_that_has_a_place_everything_is_infinitely_far(
    lines: list[LineString | None],
) -> None:
    nearby = Nearby(Lines(lines), [list(range(len(lines)))], [np.full(len(lines), 9.0)])
    cell = nearby.cell(5e5, 4.6e6)
    assert _nearest(nearby, 0, 5e5, 4.6e6)[0] == math.inf
    assert not nearby.any_reaches(cell, 0, 5e5, 4.6e6)


@pytest.mark.parametrize("place", [(math.inf, 0.0), (0.0, math.nan)])
def test_what_has_no_place_in_the_plane_is_infinitely_far(place: tuple[float, float]) -> None:
    nearby = Nearby(Lines([line((0, 0), (1, 0))]), [[0]], [np.array([9.0])])
    assert _nearest(nearby, 0, *place) == (math.inf, 0)


def test_what_is_remembered_is_bounded() -> None:
    nearby = Nearby(Lines([line((0, 0), (1, 0))]), [[0]], [])
    x, y = _plane(0, 0)
    for column in range(REMEMBERED + 50):
        nearby.cell(x + 60 * column, y)
    assert nearby.remembered <= REMEMBERED
