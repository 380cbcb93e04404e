"""Weights of vertices: true to a tolerance, and the same for all who share a border."""

import time
from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.partitions import partition
from zones.tiles.paths import Floats, GeomType, Paths, paths_from
from zones.tiles.simplify import vertex_weights

COORDINATES = st.floats(0, 1, allow_nan=False, width=32)
LINES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=40)


def _paths(geometries: list[shapely.Geometry], kind: GeomType) -> Paths:
    return paths_from(np.array(geometries), np.arange(len(geometries)), kind).without_repeats(kind)


def _weights(geometries: list[shapely.Geometry], kind: GeomType) -> Floats:
    return vertex_weights(_paths(geometries, kind), kind).astype(float)


@given(LINES, st.floats(0.001, 0.5))
def test_a_simplified_line_strays_no_farther_than_its_tolerance(
    line: list[tuple[float, float]], tolerance: float
) -> None:
    paths = _paths([shapely.LineString(line)], GeomType.LINE)
    kept = paths.vertices(vertex_weights(paths, GeomType.LINE) > tolerance)
    if len(kept.x) > 1:
        drawn = shapely.LineString(np.column_stack([kept.x, kept.y]))
        places = shapely.points(paths.x, paths.y)
        assert shapely.distance(places, drawn).max() <= tolerance * (1 + 1e-6)


def test_ends_of_a_line_and_points_weigh_infinitely() -> None:
    line = shapely.LineString([(0, 0), (1, 0.25), (2, 0)])
    assert _weights([line], GeomType.LINE).tolist() == [np.inf, 0.25, np.inf]
    assert _weights([shapely.Point(1, 2)], GeomType.POINT).tolist() == [np.inf]


def test_a_vertex_on_a_straight_line_weighs_nothing() -> None:
    square = shapely.Polygon([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2)])
    weights = _weights([square], GeomType.POLYGON)
    paths = _paths([square], GeomType.POLYGON)
    assert weights[(paths.x == 1) & (paths.y == 0)].tolist() == [0]
    assert (np.delete(weights, np.flatnonzero((paths.x == 1) & (paths.y == 0))) > 1).all()


def test_no_vertex_weighs_more_than_the_one_chosen_before_it() -> None:
    # The spike's tip is chosen first; the notch in its flank may not outlive it.
    line = shapely.LineString([(0, 0), (4, 1), (4.1, 9), (5, 1), (9, 0)])
    weights = _weights([line], GeomType.LINE)
    assert weights[2] == weights[1:4].max()


@pytest.mark.parametrize("tolerance", [1e-4, 3e-4, 1e-3, 3e-3])
def test_neighbours_keep_one_border_at_every_tolerance(tolerance: float) -> None:
    paths = _paths(list(partition(300, bends=9)), GeomType.POLYGON)
    kept = paths.vertices(vertex_weights(paths, GeomType.POLYGON) > tolerance)
    assert len(kept.x) < 0.9 * len(paths.x)
    before, after = Counter(_edges(paths)), Counter(_edges(kept))
    coast = set().union(*(edge for edge, times in before.items() if times == 1))
    alone = [edge for edge, times in after.items() if times == 1]
    assert set(after.values()) == {1, 2}
    assert all(edge <= coast for edge in alone)


def _edges(rings: Paths) -> list[frozenset[tuple[float, float]]]:
    edges = []
    for first, last in zip(rings.offsets, rings.offsets[1:], strict=False):
        places = list(zip(rings.x[first:last], rings.y[first:last], strict=True))
        edges += [frozenset(pair) for pair in zip(places, places[1:] + places[:1], strict=True)]
    return edges


def test_an_island_and_the_hole_it_lies_in_keep_the_same_vertices() -> None:
    turns = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    coast = (
        np.column_stack([np.cos(turns), 0.7 * np.sin(turns)])
        * (1 + 0.1 * np.sin(7 * turns))[:, None]
    )
    island = shapely.Polygon(np.roll(coast[::-1], 31, axis=0))
    lake = shapely.Polygon(shapely.box(-3, -3, 3, 3).exterior, [coast])
    paths = _paths([lake, island], GeomType.POLYGON)
    keep = vertex_weights(paths, GeomType.POLYGON) > 0.05
    places = [
        {(x, y) for x, y, k in zip(paths.x[a:b], paths.y[a:b], keep[a:b], strict=True) if k}
        for a, b in ((paths.offsets[1], paths.offsets[2]), (paths.offsets[2], paths.offsets[3]))
    ]
    assert places[0] == places[1]
    assert 4 < len(places[0]) < 60


def test_a_ring_smaller_than_the_tolerance_keeps_too_few_vertices_to_be_one() -> None:
    weights = _weights([shapely.box(0, 0, 1e-4, 1e-4)], GeomType.POLYGON)
    assert (weights > 1e-3).sum() < 3


def test_a_spiral_made_to_do_harm_is_done_in_bounded_time() -> None:
    turns = np.linspace(0, 3000 * np.pi, 100_000)
    spiral = shapely.LineString(np.column_stack([turns * np.cos(turns), turns * np.sin(turns)]))
    started = time.perf_counter()
    assert len(_weights([spiral], GeomType.LINE)) == 100_000
    assert time.perf_counter() - started < 10
