"""Which polygons intersect points, by shapely alone: slow, and the measure of all answers."""

import numpy as np
import shapely

from zones.cover.outlines import Geometries
from zones.cover.tables import Floats, Ints


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
        self._tree = shapely.STRtree(geometries)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        self._tree.query(shapely.Point(0, 0))

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return pairs of point and polygon that intersect, ascending.

        A point that is not finite intersects nothing.
        """
        finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if not finite.size:
            return finite, finite
        point, polygon = self._tree.query(shapely.points(lon[finite], lat[finite]))
        point = finite[point]
        held = self._intersects(polygon, lon[point], lat[point])
        point, polygon = point[held], polygon[held]
        order = np.lexsort((polygon, point))
        return point[order], polygon[order]

    def _intersects(self, polygon: Ints, lon: Floats, lat: Floats) -> Ints:
        """Return where the i-th polygon intersects the i-th point."""
        # Copies, because a prepared geometry builds its index at its first use, and two threads
        # that do so at once end the process (GEOS 3.14). Ours are never seen by another thread.
        wanted, which = np.unique(polygon, return_inverse=True)
        own = shapely.from_wkb(shapely.to_wkb(self._geometries[wanted]))
        shapely.prepare(own[self._clear[wanted]])
        return np.flatnonzero(shapely.intersects_xy(own[which], lon, lat))


def ambiguous_among(geometries: Geometries) -> Ints:
    """Return which polygons have rings that cross or overlap each other.

    A point that two of their rings enclose is inside for shapely at first, and when the polygon
    is prepared no more from the second question on (GEOS 3.14). They are never prepared here.
    """
    several = shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON
    several |= shapely.get_num_interior_rings(geometries) > 0
    asked = np.flatnonzero(several)
    invalid: Ints = asked[~shapely.is_valid(geometries[asked])]
    return invalid
