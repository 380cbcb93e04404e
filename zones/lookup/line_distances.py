"""How far a point is from each of many lines, in metres of the plane EPSG:4550."""

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import PLANE, from_storage_xy

Floats = NDArray[np.float64]
Segment = tuple[float, float, float, float, float, int]
"""Start x and y, run in x and y, 1 / length squared (0 for a point), and the line it is of."""


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
        start, end, self.owner = _segments(listed)
        self.count = len(listed)
        self._x, self._y = start
        self._dx, self._dy = end - start
        squared = self._dx**2 + self._dy**2
        # A segment of no length is a point: its foot is its start.
        self._scale = np.divide(1.0, squared, out=np.zeros_like(squared), where=squared > 0)
        self._owners, self._first = np.unique(self.owner, return_index=True)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all lines in the plane; None without a segment."""
        if not len(self.owner):
            return None
        x = np.concatenate([self._x, self._x + self._dx])
        y = np.concatenate([self._y, self._y + self._dy])
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def segments(self, which: NDArray[np.int64]) -> list[Segment]:
        """Return segments by their positions."""
        columns = (self._x, self._y, self._dx, self._dy, self._scale, self.owner)
        return list(zip(*(column[which].tolist() for column in columns), strict=True))

    def distances_m(self, x: float, y: float) -> Floats:
        """Return the distance in metres from a point of the plane to each line, in their order."""
        away = np.full(self.count, np.inf)
        if len(self._x) and isfinite(x) and isfinite(y):
            px, py = self._to_feet(slice(None), x, y)
            squared = np.minimum.reduceat(px * px + py * py, self._first)
            away[self._owners] = np.sqrt(squared)
        return away

    def feet(self, which: NDArray[np.int64], x: float, y: float) -> tuple[Floats, Floats, Floats]:
        """Return how far the nearest point of each of some segments is, and in which direction.

        Metres, and the x and y of a unit vector; 0, 0 for a point on the segment.
        """
        px, py = self._to_feet(which, x, y)
        away = np.sqrt(px * px + py * py)
        unit = np.divide(-1.0, away, out=np.zeros_like(away), where=away > 0)
        return away, px * unit, py * unit

    def _to_feet(
        self, which: slice | NDArray[np.int64], x: float, y: float
    ) -> tuple[Floats, Floats]:
        """Return the way from the nearest point of each segment to the given one."""
        px, py = x - self._x[which], y - self._y[which]
        dx, dy = self._dx[which], self._dy[which]
        along = (px * dx + py * dy) * self._scale[which]
        np.clip(along, 0.0, 1.0, out=along)
        px -= along * dx
        py -= along * dy
        return px, py


def runs_m(edges: Floats) -> Floats:
    """Return how long each edge, shape (n, 2, 2) in lon and lat, is in the plane EPSG:4550.

    Edges for which the plane has no place have no length.
    """
    points = edges.reshape(-1, 2)
    x, y = from_storage_xy(points[:, 0], points[:, 1], PLANE)
    (start_x, end_x), (start_y, end_y) = x.reshape(-1, 2).T, y.reshape(-1, 2).T
    with np.errstate(invalid="ignore"):
        metres = np.hypot(end_x - start_x, end_y - start_y)
    return np.where(np.isfinite(metres), metres, 0.0)


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
