"""A box as the geometries that are compared with features."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.model import BBox
from zones.snapshot.geometry_arrays import Geometries

Indices = NDArray[np.int64]


def probes(bbox: BBox) -> list[BaseGeometry]:
    """Return a box as point, line or rectangle; as two where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west > east:
        # Of either side, only what lies within the world's 360 degrees.
        sides = (BBox(west, south, 180, north), BBox(-180, south, east, north))
        return [probe for side in sides if side.west <= side.east for probe in probes(side)]
    if west == east and south == north:
        return [shapely.Point(west, south)]
    if west == east or south == north:
        return [shapely.LineString([(west, south), (east, north)])]
    return [shapely.box(west, south, east, north)]


def touching(
    probe: BaseGeometry,
    near: Indices,
    sides: tuple[NDArray[np.float64], ...],
    geometries: Geometries,
) -> Indices:
    """Return which of the features whose boxes meet a rectangle touch it, in any order.

    Parameters
    ----------
    sides
        West, south, east and north of these.
    """
    # What lies within the box one way and ends in it the other way has a point there: only what
    # lies over a corner, or across, needs a look at its vertices.
    west, south, east, north = probe.bounds
    wests, souths, easts, norths = sides
    begins_in_x, ends_in_x = wests >= west, easts <= east
    begins_in_y, ends_in_y = souths >= south, norths <= north
    inside = begins_in_x & ends_in_x & (begins_in_y | ends_in_y)
    inside |= begins_in_y & ends_in_y & (begins_in_x | ends_in_x)
    others = near[~inside]
    shapely.prepare(probe)
    meeting = others[shapely.intersects(probe, geometries[others])]
    return np.concatenate([near[inside], meeting])


def extent_of(bounds: NDArray[np.float64]) -> BBox | None:
    """Return the bounds of all bounds, shape (n, 4); None if all are NaN, or there are none."""
    there = bounds[~np.isnan(bounds).any(axis=1)]
    if not len(there):
        return None
    return BBox(*there[:, :2].min(axis=0).tolist(), *there[:, 2:].max(axis=0).tolist())
