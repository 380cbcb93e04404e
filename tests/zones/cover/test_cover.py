"""A grid cover answers as shapely does, wherever the point lies."""

import pickle
import threading
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.bench.partitions import BOX, partition, points_in_box
from tests.examples import examples
from tests.polygon_shapes import (
    SHAPES,
    Geometries,
    Points,
    around,
    around_one_place,
    geometries_of,
    on_edges,
    overlapping,
    parcels,
    subdistricts,
    vertices,
    with_a_stray,
    with_holes,
    zones,
)
from zones.cover.grid_cover import GridCover, build_cover

NUDGE = 1e-12
"""Degrees; a ten-millionth of a metre, and some tens of steps of a longitude's last bit."""


def truth(geometries: Geometries, points: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return offsets and members as shapely alone has them, in the form of ``Memberships``."""
    lon, lat = points
    finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    tree = shapely.STRtree(geometries)
    point, polygon = tree.query(shapely.points(lon[finite], lat[finite]))
    point = finite[point]
    # Copies: prepared ones are quicker, but those that are invalid change their answers then.
    own = shapely.from_wkb(shapely.to_wkb(geometries))
    shapely.prepare(own[shapely.is_valid(own)])
    held = shapely.intersects_xy(own[polygon], lon[point], lat[point])
    order = np.lexsort((polygon[held], point[held]))
    counts = np.bincount(point[held], minlength=len(lon))
    return np.concatenate([[0], np.cumsum(counts)]), polygon[held][order]


def assert_as_shapely(
    geometries: Geometries, *many: Points, cover: GridCover | None = None, singly: int = 200
) -> None:
    """Compare all ways of asking with shapely; the single one at some of the points."""
    cover = cover or build_cover(geometries)
    lon, lat = (np.concatenate(column) for column in zip(*many, strict=True))
    offsets, members = truth(geometries, (lon, lat))
    found = cover.lookup(lon, lat)
    np.testing.assert_array_equal(found.offsets, offsets)
    np.testing.assert_array_equal(found.members, members)
    lowest = np.full(len(lon), -1)
    some = np.flatnonzero(np.diff(offsets))
    lowest[some] = members[offsets[some]]
    np.testing.assert_array_equal(cover.first(lon, lat), lowest)
    sets, numbers = cover.sets, cover.whole_sets(lon, lat)
    known = numbers >= 0
    np.testing.assert_array_equal(sets.counts()[numbers[known]], np.diff(offsets)[known])
    for i in range(0, len(lon), max(1, len(lon) // singly)):
        holders = tuple(members[offsets[i] : offsets[i + 1]].tolist())
        assert cover.at(lon[i], lat[i]) == holders
        assert not known[i] or tuple(sets[int(numbers[i])].tolist()) == holders


def nudged(points: Points) -> list[Points]:
    """Return the points, and the points moved a very little to either side."""
    lon, lat = points
    return [
        points,
        (lon + NUDGE, lat),
        (lon - NUDGE, lat + NUDGE),
        (lon, np.nextafter(lat, -np.inf)),
        (np.nextafter(lon, np.inf), lat),
    ]


def on_grid_lines(cover: GridCover, *, seed: int = 0) -> list[Points]:
    """Return points on the grid's lines and at its nodes, and very near to them."""
    grid = cover.tables.grid
    rng = np.random.default_rng(seed)
    lon = grid.west + rng.integers(0, grid.columns + 1, 1500) / grid.scale
    lat = grid.south + rng.integers(0, grid.rows + 1, 1500) / grid.scale
    lon[:500] = rng.uniform(lon.min(), lon.max(), 500)
    lat[500:1000] = rng.uniform(lat.min(), lat.max(), 500)
    return nudged((lon, lat))


def everywhere(geometries: Geometries, cover: GridCover) -> list[Points]:
    return [
        around(geometries),
        *nudged(vertices(geometries)),
        *nudged(on_edges(geometries)),
        *on_grid_lines(cover),
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_point_is_answered_as_by_shapely(shape: str) -> None:
    geometries = SHAPES[shape]()
    cover = build_cover(geometries)
    assert_as_shapely(geometries, *everywhere(geometries, cover), cover=cover)


@pytest.mark.slow
@pytest.mark.parametrize("cells", [1, 2000, 50_000, 3_000_000])
def test_the_number_of_cells_changes_no_answer(cells: int) -> None:
    geometries = np.concatenate([subdistricts(), overlapping()])
    cover = build_cover(geometries, cells=cells)
    assert_as_shapely(geometries, *everywhere(geometries, cover), cover=cover)


@pytest.mark.slow
def test_points_among_thousands_of_parcels() -> None:
    cover = build_cover(parcels())
    borders = [vertices(parcels()), on_edges(parcels())]
    some = [(lon[::7], lat[::7]) for lon, lat in borders]
    grid_lines = on_grid_lines(cover)
    assert_as_shapely(parcels(), points_in_box(200_000), *some, *grid_lines, cover=cover)


lattice = st.integers(0, 8).map(lambda n: 123.4 + n / 64)
places = st.tuples(lattice, lattice)
polygons = st.lists(places, min_size=3, max_size=9).map(shapely.Polygon)
anything = st.one_of(
    polygons,
    st.lists(polygons, min_size=1, max_size=3).map(shapely.MultiPolygon),
    st.just(None),
    st.just(shapely.Polygon()),
)


@examples(150)
@given(st.lists(anything, max_size=8), st.lists(places, min_size=1, max_size=20))
def test_any_polygons_are_answered_as_by_shapely(
    shapes: list[BaseGeometry | None], asked: list[tuple[float, float]]
) -> None:
    geometries = geometries_of(*shapes)
    lon, lat = np.array(asked).T.copy()
    halfway = (lon + lon[::-1]) / 2, (lat + lat[::-1]) / 2
    assert_as_shapely(geometries, *nudged((lon, lat)), *nudged(halfway), singly=50)


def test_a_point_on_a_shared_edge_is_in_both_squares() -> None:
    cover = build_cover(geometries_of(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)))
    assert cover.at(1, 0.5) == (0, 1)
    assert cover.lookup([1.0], [0.5])[0].tolist() == [0, 1]
    assert cover.first([1.0], [0.5]).tolist() == [0]


def test_the_lowest_of_overlapping_polygons_comes_first() -> None:
    cover = build_cover(geometries_of(shapely.box(0, 0, 1, 1), None, shapely.box(0, 0, 3, 3)))
    assert cover.first([0.5, 2.0, 4.0], [0.5, 2.0, 4.0]).tolist() == [0, 2, -1]
    assert cover.lookup([0.5, 2.0, 4.0], [0.5, 2.0, 4.0]).counts().tolist() == [2, 1, 0]


@pytest.mark.parametrize("shape", ["six zones", "a stray"])
def test_points_that_are_nowhere_are_in_nothing(shape: str) -> None:
    cover = build_cover(SHAPES[shape]())
    lon = np.array([np.nan, 123.4, np.inf, -np.inf, 123.4, 1e308, -1e308, np.nan])
    lat = np.array([41.8, np.nan, 41.8, 41.8, np.inf, 1e308, 41.8, np.nan])
    assert (cover.first(lon, lat) == -1).all()
    assert len(cover.lookup(lon, lat).members) == 0
    assert {cover.at(x, y) for x, y in zip(lon, lat, strict=True)} == {()}


@pytest.mark.parametrize("shapes", [[], [None], [None, shapely.Polygon()], [shapely.Point()]])
def test_a_cover_of_nothing_answers_nothing(shapes: Sequence[BaseGeometry | None]) -> None:
    cover = build_cover(geometries_of(*shapes))
    assert len(cover) == len(shapes)
    assert cover.at(0, 0) == ()
    assert cover.first([0.0, 1.0], [0.0, 1.0]).tolist() == [-1, -1]
    assert cover.lookup([0.0, 1.0], [0.0, 1.0]).offsets.tolist() == [0, 0, 0]


def test_no_points_get_no_answers() -> None:
    cover = build_cover(zones())
    assert cover.first([], []).tolist() == []
    assert len(cover.lookup([], [])) == 0


def test_a_line_is_refused() -> None:
    with pytest.raises(TypeError, match="number 1 is a LineString"):
        build_cover(geometries_of(shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])))


def test_an_endless_polygon_is_refused() -> None:
    endless = shapely.Polygon([(0, 0), (1, np.inf), (1, 0)])
    shell = [(0, 0), (9, 0), (9, 9)]
    endless_hole = shapely.Polygon(shell, [[(5, 1), (6, 1), (np.inf, 2)]])
    for polygon in (endless, endless_hole):
        with pytest.raises(ValueError, match="finite"):
            build_cover(geometries_of(shapely.box(0, 0, 1, 1), polygon))


@pytest.mark.parametrize(("lon", "lat"), [([1.0], [1.0, 2.0]), (1.0, 1.0), ([[1.0]], [[1.0]])])
def test_coordinates_that_do_not_pair_are_refused(lon: object, lat: object) -> None:
    with pytest.raises(ValueError, match="one shape"):
        build_cover(zones()).first(lon, lat)  # type: ignore[arg-type]  # what is tested


def test_a_cover_can_be_sent_elsewhere() -> None:
    cover = build_cover(with_a_stray())
    sent = pickle.loads(pickle.dumps(cover))  # noqa: S301  # our own bytes
    points = everywhere(with_a_stray(), cover)
    assert_as_shapely(with_a_stray(), *points, cover=sent)


def test_threads_get_the_same_answers() -> None:
    # On borders, where shapely's own indexes are built on demand.
    geometries = with_holes()
    cover = build_cover(geometries)
    lon, lat = vertices(geometries)
    expected = cover.lookup(lon, lat).members.tolist()
    found: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda: found.append(cover.lookup(lon, lat).members.tolist()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_building_leaves_the_polygons_as_they_were() -> None:
    geometries = partition(20, bends=2)
    cover = build_cover(geometries)
    cover.lookup(*vertices(geometries))
    assert not shapely.is_prepared(geometries).any()


def test_what_lies_far_apart_is_no_candidate_in_between() -> None:
    across = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(90, 40, 91, 41)])
    crossing = shapely.MultiPolygon([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 91, 0.5)])
    cover = build_cover(geometries_of(across, shapely.box(89, 39, 90.5, 40.5), crossing))
    assert len(cover._exact._candidates(np.array([45.0]), np.array([20.0]))[0]) == 0
    assert cover.at(90.2, 40.2) == (0, 1)
    assert cover.at(1.5, 0.25) == (2,)


@pytest.mark.slow
def test_boxes_about_many_points_take_bounded_memory() -> None:
    reach = np.linspace(1, 1.1, 1000)
    halves = [shapely.Polygon([(0, 0), (far, 0), (0, far)]) for far in reach]
    cover = build_cover(geometries_of(*halves, shapely.box(0.8, 0.8, 0.9, 0.9)))
    # On a border, where cells do not know; a thousand boxes are about each of these points.
    lon, lat = np.full(4000, 0.8), np.linspace(0.8, 0.9, 4000)
    tracemalloc.start()
    found = cover.lookup(lon, lat)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.members.tolist() == [1000] * 4000
    assert most < 100e6


@pytest.mark.slow
def test_deep_overlaps_are_kept_in_bounds() -> None:
    lon, lat = points_in_box(2000, seed=9)
    deep = shapely.buffer(shapely.points(lon, lat), 0.05, quad_segs=2)
    cover = build_cover(deep)
    assert cover.nbytes < 200e6
    assert_as_shapely(deep, points_in_box(300), cover=cover)


def test_most_points_around_one_place_are_answered_by_their_cells() -> None:
    tables = build_cover(around_one_place()).tables
    assert tables.grid.whole
    assert (tables.codes >= 0).mean() > 0.8


def test_a_stray_does_not_make_the_cells_of_all_others_large() -> None:
    west, _, east, _ = BOX
    cover = build_cover(with_a_stray())
    assert 1 / cover.tables.grid.scale < (east - west) / 100
    assert cover.at(0.05, 0.05) == (300,)
    assert cover.at(0.2, 0.05) == ()
