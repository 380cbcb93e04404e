"""Which polygons intersect points, by shapely alone: slow, and the measure of all answers."""

from typing import Protocol

import numpy as np
import shapely

from zones.cover.cell_tables import Floats, Ints, distinct
from zones.cover.unique_edges import Geometries, in_parts

MOST_CANDIDATES = 1 << 20
"""Pairs of a point and a part of a polygon about it that are wanted at once, to bound memory."""
FIRST_POINTS, GROWTH = 1 << 8, 8
"""Points asked for while it is not known how many candidates they have, and how many times more
at most the next time: those before may have had few by chance."""
FEW_POINTS = 8
"""Of one polygon; to copy and prepare it for fewer takes longer than to ask it as it is."""


class PointTest(Protocol):
    """Tests points one by one."""

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of point and polygon that intersect, ascending."""
        ...


class ExactTest:
    """Tests points one by one; immutable, for any number of threads.

    Parameters
    ----------
    ambiguous
        Which polygons may not be prepared; see ``ambiguous_among``.
    """

    def __init__(self, geometries: Geometries, ambiguous: Ints) -> None:
        self._geometries = geometries
        self._clear = np.ones(len(geometries), bool)
        self._clear[ambiguous] = False
        boxed, self._owner = in_parts(geometries)
        self._tree = shapely.STRtree(boxed)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        self._tree.query(shapely.Point(0, 0))

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of point and polygon that intersect, ascending.

        A point that is not finite intersects nothing.
        """
        finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        found = [np.empty((2, 0), np.int64)]
        begin, most = 0, FIRST_POINTS
        while begin < len(finite):
            some = finite[begin : begin + most]
            candidates = self._candidates(lon[some], lat[some])
            point, polygon = some[candidates[0]], candidates[1]
            is_inside = self._intersects(polygon, lon[point], lat[point])
            found.append(np.stack([point[is_inside], polygon[is_inside]]))
            begin += len(some)
            most = min(GROWTH * most, max(1, MOST_CANDIDATES * len(some) // max(len(point), 1)))
        points, polygons = np.concatenate(found, axis=1)
        return points, polygons

    def _candidates(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of point and polygon, ascending, that a box about a part allows."""
        point, box = self._tree.query(shapely.points(lon, lat))
        polygons = len(self._geometries)
        point, polygon = np.divmod(distinct(point * polygons + self._owner[box]), max(polygons, 1))
        return point, polygon

    def _intersects(self, polygon: Ints, lon: Floats, lat: Floats) -> Ints:
        """Return where the i-th polygon intersects the i-th point."""
        met, which, points = np.unique(polygon, return_inverse=True, return_counts=True)
        shapes = self._geometries[met]
        # Copies, because a prepared geometry builds its index at its first use, and two threads
        # that do so at once end the process (GEOS 3.14). Ours are never seen by another thread.
        often = (points > FEW_POINTS) | shapely.is_prepared(shapes)
        shapes[often] = shapely.from_wkb(shapely.to_wkb(shapes[often]))
        shapely.prepare(shapes[often & self._clear[met]])
        return np.flatnonzero(shapely.intersects_xy(shapes[which], lon, lat))


def ambiguous_among(geometries: Geometries) -> Ints:
    """Return which polygons have rings that cross or overlap each other.

    A point that two of their rings enclose is inside for shapely at first, and when the polygon
    is prepared no more from the second question on (GEOS 3.14). They are never prepared here.
    """
    several = shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON
    several |= shapely.get_num_interior_rings(geometries) > 0
    overlapping = np.flatnonzero(several)
    invalid: Ints = overlapping[~shapely.is_valid(geometries[overlapping])]
    return invalid
