"""The packed tree finds what a plain look at all boxes finds."""

import numpy as np
import pytest

from zones.segment_files.packed_rtree import NODE, PackedTree, packed


@pytest.mark.parametrize("count", [0, 1, NODE, NODE + 1, 3 * NODE * NODE + 5])
def test_search_is_a_plain_look_at_all_boxes(count: int) -> None:
    random = np.random.default_rng(count)
    low = random.integers(0, 60, (2, count)).astype(float)
    bounds = np.concatenate([low, low + random.integers(0, 9, (2, count))])
    bounds[:, ::7] = np.nan
    tree = PackedTree(*packed(bounds))
    for west, south, size in random.integers(-5, 65, (40, 3)).tolist():
        east, north = west + size % 20, south + size % 20
        meets = (bounds[0] <= east) & (bounds[2] >= west)
        meets &= (bounds[1] <= north) & (bounds[3] >= south)
        found = tree.meeting(west, south, east, north)
        assert sorted(found.tolist()) == np.flatnonzero(meets).tolist()


@pytest.mark.parametrize("count", [0, 1, NODE + 1, 3 * NODE * NODE + 5])
def test_boxes_about_points_are_those_of_a_plain_look(count: int) -> None:
    random = np.random.default_rng(count)
    low = random.integers(0, 60, (2, count)).astype(float)
    bounds = np.concatenate([low, low + random.integers(0, 9, (2, count))])
    bounds[:, ::7] = np.nan
    x, y = random.integers(-3, 66, (2, 200)).astype(float)
    point, row = PackedTree(*packed(bounds)).about(x, y)
    west, south, east, north = bounds[:, None, :]
    holds = (west <= x[:, None]) & (x[:, None] <= east)
    holds &= (south <= y[:, None]) & (y[:, None] <= north)
    expected = [*zip(*(places.tolist() for places in np.nonzero(holds)), strict=True)]
    assert sorted(zip(point.tolist(), row.tolist(), strict=True)) == expected
