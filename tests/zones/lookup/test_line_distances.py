"""How far a point is from many lines, against shapely in the same plane."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from tests.toy import at, line
from zones.crs.transform import PLANE, from_storage_xy, to_plane
from zones.lookup.line_distances import Lines, runs_m

_corner = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
_lines = st.lists(st.lists(_corner, min_size=2, max_size=6), min_size=1, max_size=6)


@given(corners=_lines, x=st.floats(-4, 4), y=st.floats(-4, 4))
def test_distance_is_shapelys_also_with_repeated_vertices(
    corners: list[list[tuple[int, int]]], x: float, y: float
) -> None:
    lines = np.array([line(*each) for each in corners], dtype=object)
    place = from_storage_xy(*at(x, y), PLANE)
    expected = shapely.distance(to_plane(lines), Point(place))
    assert Lines(lines).distances_m(*place) == pytest.approx(expected, abs=1e-6)


def test_multi_part_line_is_as_near_as_its_nearest_part() -> None:
    parts = [line((0, 0), (0, 1)), line((5, 0), (5, 1))]
    place = from_storage_xy(*at(4, 0.5), PLANE)
    together, near = Lines([MultiLineString(parts), parts[1]]).distances_m(*place)
    assert together == near


def test_missing_and_empty_lines_are_infinitely_far_and_keep_their_place() -> None:
    lines = [None, line((0, 0), (1, 0)), LineString(), MultiLineString()]
    far = Lines(lines).distances_m(*from_storage_xy(*at(0, 0), PLANE))
    assert far.tolist() == pytest.approx([math.inf, 0, math.inf, math.inf], abs=1e-6)
    assert Lines([None]).distances_m(0, 0).tolist() == [math.inf]
    assert Lines([]).distances_m(0, 0).tolist() == []


def test_what_the_plane_has_no_place_for_is_infinitely_far() -> None:
    beyond = LineString([(33.0, 0.0), (33.0, 1.0)])
    place = from_storage_xy(33.0, 0.0, PLANE)
    assert not math.isfinite(place[0])
    lines = Lines([beyond, line((0, 0), (1, 0))])
    assert lines.distances_m(*place).tolist() == [math.inf, math.inf]
    assert lines.distances_m(*from_storage_xy(*at(0, 0), PLANE))[0] == math.inf


def test_lengths_are_those_of_the_plane() -> None:
    lines = np.array([line((0, 0), (1, 0)), line((1, 0), (1, 1)), line((0, 0), (0, 1))])
    edges = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    assert runs_m(edges) == pytest.approx(shapely.length(to_plane(lines)))
    assert runs_m(np.array([[[33.0, 0.0], [33.0, 1.0]]])).tolist() == [0.0]
