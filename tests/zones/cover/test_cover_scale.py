"""Many points in layouts of every size, the hardest there are: each answer is shapely's."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.lookup_layouts import BENDS, hard_points, mixed, plain
from tests.polygon_shapes import Geometries, Points
from zones.cover.grid_cover import build_cover

POINTS = 200_000
SINGLY = 400
"""Every so many-th point is asked for by itself too."""
Ints = NDArray[np.int64]

pytestmark = pytest.mark.slow


def pairs_of_shapely(geometries: Geometries, points: Points) -> Ints:
    """Return point * polygons + polygon, ascending, of all that shapely finds to intersect.

    Each part is asked by itself: boxes about multipolygons of distant parts hold nearly all
    points. Copies are asked: an invalid polygon that is prepared changes its answers (GEOS 3.14).
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    shapely.prepare(parts[shapely.is_valid(parts)])
    tree = shapely.STRtree(parts)
    found = []
    for begin, end in pairwise(range(0, len(points[0]) + 1, POINTS // 5)):
        lon, lat = (column[begin:end] for column in points)
        point, part = tree.query(shapely.points(lon, lat))
        held = shapely.intersects_xy(parts[part], lon[point], lat[point])
        found.append((begin + point[held]) * len(geometries) + owner[part[held]])
    pairs = np.sort(np.concatenate(found))
    return pairs[np.diff(pairs, prepend=-1) > 0]


def pairs_by_predicate(geometries: Geometries, points: Points) -> Ints:
    """Return the same by the tree's own predicate, which asks whole polygons, unprepared."""
    tree = shapely.STRtree(geometries)
    point, polygon = tree.query(shapely.points(*points), predicate="covered_by")
    return np.sort(point * len(geometries) + polygon)


@pytest.mark.parametrize("polygons", BENDS)
@pytest.mark.parametrize("layout", [plain, mixed])
def test_hard_points_are_answered_as_by_shapely(
    layout: Callable[[int], Geometries], polygons: int
) -> None:
    geometries = layout(polygons)
    cover = build_cover(geometries)
    assert (len(geometries), cover.nbytes < 150e6) == (polygons, True)
    lon, lat = hard_points(geometries, cover.tables.grid, count=POINTS, seed=polygons)
    found = cover.lookup(lon, lat)
    pairs = np.repeat(np.arange(POINTS), found.counts()) * polygons + found.members
    expected = pairs_of_shapely(geometries, (lon, lat))
    np.testing.assert_array_equal(pairs, expected)
    lowest = np.full(POINTS, -1)
    held = np.flatnonzero(found.counts())
    lowest[held] = found.members[found.offsets[held]]
    np.testing.assert_array_equal(cover.first(lon, lat), lowest)
    some = lon[::SINGLY].copy(), lat[::SINGLY].copy()
    singly = [
        point * polygons + member
        for point, place in enumerate(zip(*some, strict=True))
        for member in cover.at(*place)
    ]
    assert singly == pairs_by_predicate(geometries, some).tolist()
