"""What a grid says of boxes is what comparing each box with the shape says."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.zones.snapshot.test_mapped_collection import INFO
from zones.segment_files.packed_rtree import PackedTree, packed
from zones.snapshot.changes_over_segment import Overlay
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_tree import MappedTree
from zones.snapshot.shape_grid import inside_and_outside

PREDICATES = (
    *("intersects", "contains", "within", "overlaps", "crosses", "touches", "covers"),
    *("covered_by", "contains_properly"),
)
STAR = shapely.Polygon([(0, 0), (5, 1), (10, 0), (6, 5), (10, 10), (5, 7), (0, 10), (3, 5)])
RING = shapely.box(0, 0, 8, 8).difference(shapely.box(2, 2, 6, 6))
SHAPES = {
    "star": STAR,
    "ring": RING,
    "parts": shapely.union(shapely.box(0, 0, 2, 2), shapely.Polygon([(5, 5), (9, 6), (6, 9)])),
    "line": shapely.LineString([(0, 0), (4, 9), (9, 1)]),
    "upright line": shapely.LineString([(2, 0), (2, 9)]),
    "point": shapely.Point(3, 3),
    "bow tie": shapely.Polygon([(0, 0), (8, 8), (8, 0), (0, 8)]),
    "collection": shapely.GeometryCollection([shapely.Point(1, 1), shapely.box(4, 4, 7, 7)]),
}  # fmt: skip


def boxes_of(seed: int, count: int, *, on_lattice: bool) -> np.ndarray:
    dice = np.random.default_rng(seed)
    low = dice.uniform(-2, 11, (count, 2))
    more = dice.exponential(0.8, (count, 2)) * (dice.random((count, 1)) > 0.1)
    if on_lattice:  # so that sides fall on those of cells and of the shape
        low, more = np.round(low * 2) / 2, np.round(more * 2) / 2
    return np.hstack([low, low + more])


@pytest.mark.parametrize("name", SHAPES)
@examples(30)
@given(seed=st.integers(0, 2**32), count=st.sampled_from([1, 20, 600]), on_lattice=st.booleans())
def test_tree_finds_what_comparing_each_geometry_finds(
    name: str, seed: int, count: int, on_lattice: bool
) -> None:
    boxes = boxes_of(seed, count, on_lattice=on_lattice)
    shape = SHAPES[name]
    geometries = shapely.box(*boxes.T)
    tree = MappedTree(
        PackedTree(*packed(boxes.T)),
        Overlay(count),
        Collection(INFO, 1, ()),
        lambda rows: geometries[rows],
        lambda rows: tuple(boxes[rows].T),
    )
    shapely.prepare(shape)  # as the tree does: relations of lines may differ once prepared
    for predicate in PREDICATES:
        expected = np.flatnonzero(getattr(shapely, predicate)(shape, geometries))
        assert sorted(tree.query(shape, predicate)) == expected.tolist()


def test_most_boxes_of_a_large_area_are_settled() -> None:
    boxes = boxes_of(3, 20_000, on_lattice=False)
    boxes[:, 2:] = boxes[:, :2] + 0.02
    shapely.prepare(STAR)
    inside, outside = inside_and_outside(STAR, tuple(boxes.T))
    geometries = shapely.box(*boxes.T)
    assert shapely.contains_properly(STAR, geometries[inside]).all()
    assert not shapely.intersects(STAR, geometries[outside]).any()
    assert (inside | outside).mean() > 0.75
    assert inside.any()
