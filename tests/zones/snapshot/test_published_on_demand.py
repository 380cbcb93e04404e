"""A large collection in memory publishes what is asked for, and answers as if it were all."""

import numpy as np
import pytest
import shapely

from tests.toy import collection, feature
from zones.cql2.spatial_and_temporal_relations import relate_features
from zones.cql2.tree_nodes import GeometryLiteral
from zones.crs.transform import CRS, STORAGE
from zones.geojson.published_geometry import published
from zones.model import BBox
from zones.snapshot.collection import Collection
from zones.snapshot.feature_places import MANY_PUBLISHED

STEP = 3e-6
"""Degrees between neighbours: a few dozen times what rounding moves them by."""


@pytest.fixture(scope="module")
def stored() -> np.ndarray:
    """More than are published at once: squares, points and strips too narrow for the last digit."""
    dice = np.random.default_rng(5)
    count = MANY_PUBLISHED + 10
    x, y = 123.4 + dice.random(count) * STEP * 150, 41.7 + dice.random(count) * STEP * 150
    size = dice.random(count) * STEP
    shapes = shapely.box(x, y, x + size, y + size)
    shapes[::3] = shapely.points(x, y)[::3]
    strip = shapely.box(x, y, x + 2e-8, y + size)
    shapes[1::3] = shapely.union(shapes, strip)[1::3]
    shapes[1::30] = strip[1::30]
    shapes[::1000] = None
    return shapes


@pytest.fixture
def large(stored: np.ndarray) -> Collection:
    """The shapes as a collection that nobody has asked anything."""
    return collection("large", [feature(str(n), shape) for n, shape in enumerate(stored)])


@pytest.fixture(scope="module")
def shown(stored: np.ndarray) -> np.ndarray:
    """What is published of the shapes."""
    return published(stored, STORAGE)


def equal(ours: object, theirs: object) -> bool:
    """Return whether geometries have the same vertices, or are both missing."""
    one, other = np.asarray(ours, object), np.asarray(theirs, object)
    return bool((shapely.equals_exact(one, other) | (shapely.is_missing(one))).all()) and bool(
        (shapely.is_missing(one) == shapely.is_missing(other)).all()
    )


def test_some_of_the_shapes_are_published_otherwise_than_rounded(
    stored: np.ndarray, shown: np.ndarray
) -> None:
    rounded = shapely.transform(stored, lambda xy: np.round(xy, 7))
    assert (~shapely.equals_exact(rounded, shown) & ~shapely.is_missing(shown)).sum() > 100


@pytest.mark.parametrize("predicate", [None, "intersects", "contains", "within", "covers"])
def test_the_tree_finds_what_is_published(
    large: Collection, shown: np.ndarray, predicate: str | None
) -> None:
    plain = shapely.STRtree(shown)
    for probe in (
        shapely.box(123.40001, 41.70001, 123.40009, 41.70009),
        shapely.Point(shapely.get_coordinates(shown[5])[0]),
        shown[7],
        shapely.Point(),
    ):
        ours, theirs = (set(t.query(probe, predicate).tolist()) for t in (large.tree, plain))
        assert ours >= theirs if predicate is None else ours == theirs
    probes = np.array([shown[8], None, shapely.Point(), shown[9]], object)
    pairs, expected = (t.query(probes, predicate).T.tolist() for t in (large.tree, plain))
    assert {*map(tuple, pairs)} >= {*map(tuple, expected)}
    assert predicate is None or sorted(pairs) == sorted(expected)
    assert not large.are_published(range(len(large)))


@pytest.mark.parametrize(
    "predicate", ["intersects", "contains", "covers", "overlaps", "touches", "within", "crosses"]
)
def test_the_tree_finds_the_same_in_large_areas(
    large: Collection, shown: np.ndarray, predicate: str
) -> None:
    plain, middle = shapely.STRtree(shown), shapely.Point(123.4002, 41.7002)
    star = middle.buffer(15e-5, quad_segs=2).difference(middle.buffer(5e-5, quad_segs=1))
    sides = [shapely.box(*shapely.bounds(shown[n]), ccw=False) for n in (4, 7, 22)]
    for probe in (
        star,
        star.difference(shapely.union_all(sides)),
        shapely.union_all([star, *sides]),
    ):
        ours, theirs = (set(t.query(probe, predicate).tolist()) for t in (large.tree, plain))
        assert ours == theirs
        assert len(ours) > 2_000 or predicate not in ("intersects", "contains", "covers")
    assert not large.are_published(range(len(large)))


def test_relations_to_a_rectangle_publish_what_lies_at_its_edge(
    large: Collection, shown: np.ndarray
) -> None:
    box = shapely.box(123.40001, 41.70001, 123.4004, 41.7004)
    for op, expected in (("s_intersects", shapely.intersects), ("s_within", shapely.within)):
        found = relate_features(op, large, None, GeometryLiteral(box))
        assert np.array_equal(found, expected(shown, box))
        assert found.sum() > 2_000
    inside = np.flatnonzero(shapely.within(shown, shapely.box(*shapely.bounds(box.buffer(-1e-5)))))
    assert not any(large.are_published([n]) for n in inside.tolist())


def test_the_tree_finds_what_is_near(large: Collection, shown: np.ndarray) -> None:
    plain, probe = shapely.STRtree(shown), shapely.Point(123.40003, 41.70002)
    found = large.tree.query(probe, predicate="dwithin", distance=3 * STEP)
    assert sorted(found) == sorted(plain.query(probe, predicate="dwithin", distance=3 * STEP))
    assert len(found) > 10


def test_boxes_find_what_a_plain_loop_finds(large: Collection, shown: np.ndarray) -> None:
    for box in (
        BBox(123.40001, 41.70001, 123.40004, 41.70009),
        BBox(123.3, 41.6, 123.5, 41.8),
        BBox(*shapely.bounds(shown[4]).tolist()),
    ):
        loop = np.flatnonzero(shapely.intersects(shown, shapely.box(*box)))
        assert large.select(box).tolist() == loop.tolist()


def test_bounds_geometries_and_extent_are_those_of_what_is_published(
    large: Collection, shown: np.ndarray
) -> None:
    some = [3, 1, 4, 31, 1000, 4]
    assert np.array_equal(large.bounds_at(some), shapely.bounds(shown[some]), equal_nan=True)
    assert equal(large.geometries[some], shown[some])
    assert equal(large.published(some, CRS.CRS84), shown[some])
    assert large.are_published(some)
    assert not large.are_published([5])
    assert large.are_placed.tolist() == (~shapely.is_missing(shown)).tolist()
    assert large.extent == BBox(*shapely.total_bounds(shown).tolist())
    assert equal(large.geometries, shown)
    assert not large.geometries.flags.writeable


def test_a_change_takes_over_what_was_made(large: Collection, shown: np.ndarray) -> None:
    made = large.geometries[[2, 7, 8]]
    new = feature("7", shapely.Point(123.40000004, 41.7))
    after = large.with_delta([new], ["3"], revision=2)
    assert after.geometries[2] is made[0]
    assert after.geometries[7 - 1] != made[1]
    assert after.geometries[7 - 1] == shapely.Point(123.4, 41.7)
    assert after.geometries[8 - 1] is made[2]
    assert equal(after.geometries[10:20], shown[11:21])
