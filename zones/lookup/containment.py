"""Which polygons hold a point: exactly shapely's answers, at a cost that suits one request."""

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# Below this, testing every prepared polygon (40 ns each) is quicker than asking a tree first.
_FEW = 64
_POINTS_AT_ONCE = 8192


class Containment:
    """Polygons that may overlap and leave gaps, asked by points.

    A polygon holds a point that it ``intersects``: inside it or on its border. Members without
    a geometry hold nothing. Any number of threads may ask.
    """

    def __init__(self, geometries: Iterable[BaseGeometry | None]) -> None:
        listed = list(geometries)
        self._geometries = np.empty(len(listed), dtype=object)
        self._geometries[:] = listed
        self._tree = STRtree(self._geometries) if len(listed) > _FEW else None
        shapely.prepare(self._geometries)
        self._warm()

    def members(self, lon: float, lat: float) -> list[int]:
        """Return the positions, ascending, of the members that hold one point."""
        if self._tree is None:
            held: NDArray[np.bool_] = shapely.intersects_xy(self._geometries, lon, lat)
            return np.flatnonzero(held).tolist()
        near = self._tree.query(shapely.Point(lon, lat))
        held = shapely.intersects_xy(self._geometries[near], lon, lat)
        return sorted(near[held].tolist())

    def members_of_many(self, lons: Floats, lats: Floats) -> list[list[int]]:
        """Return for each point what ``members`` returns."""
        answers: list[list[int]] = []
        for start in range(0, len(lons), _POINTS_AT_ONCE):
            part = slice(start, start + _POINTS_AT_ONCE)
            points, members = self._pairs(lons[part], lats[part])
            ends = np.searchsorted(points, np.arange(1, len(lons[part])))
            answers += [found.tolist() for found in np.split(members, ends)]
        return answers

    def _pairs(self, lons: Floats, lats: Floats) -> tuple[Indices, Indices]:
        """Return the pairs (point, member) that touch, by point and then member."""
        if self._tree is None:
            held = shapely.intersects_xy(self._geometries, lons[:, None], lats[:, None])
            points, members = np.nonzero(held)
            return points, members
        points, near = self._tree.query(shapely.points(lons, lats))
        held = shapely.intersects_xy(self._geometries[near], lons[points], lats[points])
        order = np.lexsort((near[held], points[held]))
        return points[held][order], near[held][order]

    def _warm(self) -> None:
        """Ask once for a point of each member.

        GEOS builds the index of a prepared polygon, and the tree, at the first question and
        without a lock; asked here, no two threads build at once.
        """
        shapely.intersects_xy(self._geometries, *points_on(self._geometries))
        if self._tree is not None:
            self._tree.query(shapely.Point(0, 0))


def points_on(geometries: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return longitude and latitude of a point on each geometry; NaN where there is none."""
    points = shapely.point_on_surface(geometries)
    points[shapely.is_empty(points)] = None
    return shapely.get_x(points), shapely.get_y(points)
