"""Polygons that are valid beyond doubt, told from their coordinates in a tenth of GEOS's time.

Where every side of a ring is seen turning the same way from one place, and the ring goes round
that place once, the ring cannot meet itself. Parcels and zones are mostly so, seen from the mean
of their vertices; of others nothing is said.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
Flags = NDArray[np.bool_]

_FEWEST: Final = 4
_ROUNDING: Final = 16 * 2.0**-53
"""Of the sum of both products of a cross product: twice what rounding can make of it."""
_LEAST: Final = 1e-280
"""Below it products lose digits."""


def are_valid(geometries: Geometries) -> Flags:
    """Return which geometries are valid, as ``shapely.is_valid`` does; None is not."""
    valid = are_star_shaped(geometries)
    others = ~valid
    valid[others] = shapely.is_valid(geometries[others])
    return valid


def are_star_shaped(geometries: Geometries) -> Flags:
    """Return which are polygons of one ring that the mean of its vertices sees whole.

    All of these are valid; others may be as well.
    """
    found = np.zeros(len(geometries), bool)
    counts = shapely.get_num_coordinates(geometries)
    candidates = (shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON) & (
        counts >= _FEWEST
    )
    candidates[candidates] = shapely.get_num_interior_rings(geometries[candidates]) == 0
    if candidates.any():
        xy = shapely.get_coordinates(geometries[candidates])
        found[candidates] = _see_all(xy, counts[candidates])
    return found


def _see_all(xy: NDArray[np.float64], counts: NDArray[np.int64]) -> Flags:
    """Return which rings the mean of their vertices sees whole.

    Parameters
    ----------
    xy
        Of all rings, one after the other, shape (n, 2).
    counts
        Vertices of each, the last of which ought to be the first.
    """
    ends = counts.cumsum()
    begins = ends - counts
    is_closed = (xy[begins] == xy[ends - 1]).all(axis=1)
    with np.errstate(all="ignore"):  # what is not finite is seen by nobody
        middles = np.add.reduceat(xy, begins) / counts[:, None]
        x, y = (xy - np.repeat(middles, counts, axis=0)).T
        ahead, back = x[:-1] * y[1:], y[:-1] * x[1:]
        turn = ahead - back
        doubt = (np.abs(ahead) + np.abs(back)) * _ROUNDING + _LEAST
        left, right = turn > doubt, turn < -doubt
    left, right = (_all_sides(each, begins, ends) for each in (left, right))
    upward = (y[:-1] < 0) & (y[1:] >= 0)
    upward[ends[:-1] - 1] = False
    times = np.add.reduceat(upward, begins, dtype=np.int64)
    return np.asarray(is_closed & (left | right) & (times == 1))


def _all_sides(flags: Flags, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Flags:
    """Return for each ring whether all its sides have a flag; what joins two rings is no side."""
    flags[ends[:-1] - 1] = True
    return np.asarray(np.logical_and.reduceat(flags, begins))
