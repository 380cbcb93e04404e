"""Cutting at a box, beside shapely's own intersection."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from zones.tiles.clip_paths import clip_lines, clip_points, clip_rings
from zones.tiles.paths import Floats, GeomType, Paths, paths_from
from zones.tiles.shapes_on_grid import GridWindow
from zones.tiles.valid_polygons import ring_shapes

BOX = GridWindow(0, 0, 100, 100)
SQUARE = shapely.box(0, 0, 100, 100)
COORDINATES = st.floats(-150, 250, allow_nan=False, width=32)
PLACES = st.tuples(COORDINATES, COORDINATES)


def _paths(geometries: list[BaseGeometry], kind: GeomType) -> Paths:
    return paths_from(np.array(geometries), np.arange(len(geometries)), kind)


def _star(radii: Floats, x: float, y: float) -> shapely.Polygon:
    """Return a polygon whose corners lie around a middle: simple, and often concave."""
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return shapely.Polygon(np.column_stack([x + radii * np.cos(turns), y + radii * np.sin(turns)]))


STARS = st.builds(
    _star,
    st.lists(st.floats(5, 120), min_size=4, max_size=12).map(np.array),
    COORDINATES,
    COORDINATES,
)


@given(st.lists(STARS, min_size=1, max_size=5))
def test_rings_keep_the_area_that_lies_in_the_box(stars: list[shapely.Polygon]) -> None:
    cut = clip_rings(_paths(list(stars), GeomType.POLYGON), BOX)
    areas = np.zeros(len(stars))
    filled = cut.counts > 0
    areas[filled] = np.abs(ring_shapes(cut.only(filled))[0])
    assert areas == pytest.approx(shapely.area(shapely.intersection(stars, SQUARE)), abs=1e-6)


@given(st.lists(st.lists(PLACES, min_size=2, max_size=8), min_size=1, max_size=5))
def test_lines_keep_the_length_that_lies_in_the_box(lines: list[list[tuple[float, float]]]) -> None:
    drawn = [shapely.LineString(line) for line in lines]
    cut = clip_lines(_paths(list(drawn), GeomType.LINE), BOX)
    lengths = np.zeros(len(lines))
    for path, owner in enumerate(cut.owner):
        piece = slice(cut.offsets[path], cut.offsets[path + 1])
        lengths[owner] += np.hypot(np.diff(cut.x[piece]), np.diff(cut.y[piece])).sum()
    within = np.array([_length_within(line) for line in drawn])
    assert lengths == pytest.approx(within, abs=1e-6)


def _length_within(line: shapely.LineString) -> float:
    """Return the length in the box, stretch by stretch: what is walked twice counts twice."""
    stretches = np.array(line.coords)
    pieces = [shapely.LineString(pair) for pair in pairwise(stretches)]
    return float(sum(SQUARE.intersection(piece).length for piece in pieces))


def test_everything_in_the_box_stays_as_it_is() -> None:
    inside = _paths([shapely.box(10, 10, 20, 20), SQUARE], GeomType.POLYGON)
    assert clip_rings(inside, BOX) is inside


def test_a_ring_outside_is_left_without_vertices() -> None:
    cut = clip_rings(_paths([shapely.box(-20, 10, -10, 20), SQUARE], GeomType.POLYGON), BOX)
    assert cut.counts.tolist() == [0, 4]


def test_a_ring_around_the_box_becomes_the_box() -> None:
    cut = clip_rings(_paths([shapely.box(-1e9, -1e9, 1e9, 1e9)], GeomType.POLYGON), BOX)
    assert sorted(zip(cut.x, cut.y, strict=True)) == [(0, 0), (0, 100), (100, 0), (100, 100)]


def test_a_line_that_leaves_and_comes_back_is_two_pieces() -> None:
    line = shapely.LineString([(50, 50), (150, 50), (150, 60), (50, 60)])
    cut = clip_lines(_paths([line], GeomType.LINE), BOX)
    assert cut.owner.tolist() == [0, 0]
    assert list(zip(cut.x, cut.y, strict=True)) == [(50, 50), (100, 50), (100, 60), (50, 60)]


def test_pieces_belong_to_the_line_they_were_cut_from() -> None:
    lines = [
        shapely.LineString([(-10, 10), (110, 10)]),
        shapely.LineString([(200, 0), (200, 9)]),
        shapely.LineString([(50, -10), (50, 110), (60, 110), (60, -10)]),
    ]
    assert clip_lines(_paths(list(lines), GeomType.LINE), BOX).owner.tolist() == [0, 2, 2]


def test_points_on_the_boxs_edge_stay() -> None:
    points = _paths(
        [shapely.Point(0, 0), shapely.Point(100, 50), shapely.Point(101, 50)], GeomType.POINT
    )
    assert clip_points(points, BOX).counts.tolist() == [1, 1, 0]


@given(start=PLACES, end=PLACES)
def test_a_border_is_cut_at_one_place_whichever_way_it_is_walked(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    there = clip_lines(_paths([shapely.LineString([start, end])], GeomType.LINE), BOX)
    back = clip_lines(_paths([shapely.LineString([end, start])], GeomType.LINE), BOX)
    assert there.x.tolist() == back.x.tolist()[::-1]
    assert there.y.tolist() == back.y.tolist()[::-1]
