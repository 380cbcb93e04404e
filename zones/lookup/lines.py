"""How far a point is from each of many lines, in metres of the plane EPSG:4550."""

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs import PLANE, from_storage_xy

Floats = NDArray[np.float64]


class Lines:
    """Lines laid out as one table of segments, so that one pass measures to all of them.

    Parameters
    ----------
    geometries
        Lines, multi-part lines or linear rings in EPSG:4490. Vertices are projected, and the
        line between two of them is straight in the plane. None and empty lines, and vertices
        that the plane has no place for, are infinitely far from everything.
    """

    def __init__(self, geometries: Iterable[BaseGeometry | None]) -> None:
        listed = list(geometries)
        start, end, owner = _segments(listed)
        self._count = len(listed)
        self._x, self._y = start
        self._dx, self._dy = end - start
        squared = self._dx**2 + self._dy**2
        # A segment of no length is a point: its foot is its start.
        self._scale = np.divide(1.0, squared, out=np.zeros_like(squared), where=squared > 0)
        self._owners, self._first = np.unique(owner, return_index=True)

    def distances_m(self, x: float, y: float) -> Floats:
        """Return the distance in metres from a point of the plane to each line, in their order."""
        away = np.full(self._count, np.inf)
        if len(self._x) and isfinite(x) and isfinite(y):
            px, py = x - self._x, y - self._y
            along = (px * self._dx + py * self._dy) * self._scale
            np.clip(along, 0.0, 1.0, out=along)
            px -= along * self._dx
            py -= along * self._dy
            away[self._owners] = np.sqrt(np.minimum.reduceat(px * px + py * py, self._first))
        return away


def lengths_m(geometries: Sequence[BaseGeometry | None]) -> list[float]:
    """Return the length in metres of each line in the plane EPSG:4550."""
    (start_x, start_y), (end_x, end_y), owner = _segments(geometries)
    lengths = np.hypot(end_x - start_x, end_y - start_y)
    totals: list[float] = np.bincount(owner, lengths, minlength=len(geometries)).tolist()
    return totals


def _segments(
    geometries: Sequence[BaseGeometry | None],
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return every segment of the lines: start and end of shape (2, n) in the plane, and owner.

    ``owner`` is the position in ``geometries``, ascending.
    """
    parts, line = shapely.get_parts(np.array([*geometries, None], dtype=object), return_index=True)
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    plane = np.array(from_storage_xy(coordinates[:, 0], coordinates[:, 1], PLANE))
    sound = np.isfinite(plane).all(axis=0)
    same = (part[1:] == part[:-1]) & sound[1:] & sound[:-1]
    return plane[:, :-1][:, same], plane[:, 1:][:, same], line[part[1:][same]]
