"""The spatial index of a mapped collection, asked as shapely's ``STRtree`` is."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.shape_grid import inside_and_outside

Indices = NDArray[np.int64]
Box = tuple[float, float, float, float]
_TRUE_INSIDE: Final = frozenset({"intersects", "contains"})


class MappedTree:
    """Finds geometries by their boxes, and reads those whose boxes do not settle it.

    Parameters
    ----------
    meeting
        Returns the rows whose boxes meet a box.
    near
        Returns positions for such rows, with those of what else is near the box.
    geometries
        Returns the geometries at positions.
    sides_at
        Returns west, south, east and north of features at positions.
    """

    def __init__(
        self,
        meeting: Callable[[float, float, float, float], Indices],
        near: Callable[[Indices, Box], Indices],
        geometries: Callable[[Indices], Geometries],
        sides_at: Callable[[Indices], tuple[NDArray[np.float64], ...]],
    ) -> None:
        self._sides_at = sides_at
        self._meeting = meeting
        self._near = near
        self._geometries = geometries

    def query(self, geometry: Any, predicate: Any = None, distance: float | None = None) -> Any:
        """Return positions, in any order; see ``zones.snapshot.collection.Tree``."""
        if not isinstance(geometry, np.ndarray):
            return self._one(geometry, predicate, distance)
        found = [self._one(each, predicate, distance) for each in geometry]
        place = np.repeat(np.arange(len(found)), [*map(len, found)])
        return np.stack([place, np.concatenate([np.empty(0, np.int64), *found])])

    def _one(self, geometry: Any, predicate: str | None, distance: float | None) -> Indices:
        if geometry is None or geometry.is_empty:
            return np.empty(0, np.int64)
        west, south, east, north = geometry.bounds
        reach = distance or 0.0
        box = (west - reach, south - reach, east + reach, north + reach)
        near = self._near(self._meeting(*box), box)
        if predicate is None or not len(near):
            return near
        shapely.prepare(geometry)
        sure, others = self._settled(near, geometry, predicate)
        geometries = self._geometries(others)
        if predicate == "dwithin":
            related: NDArray[np.bool_] = shapely.dwithin(geometry, geometries, distance)
        else:
            related = getattr(shapely, predicate)(geometry, geometries)
        return np.concatenate([sure, others[related]])

    def _settled(self, near: Indices, geometry: Any, predicate: str) -> tuple[Indices, Indices]:
        """Return what is related whatever its vertices are, and what has to be looked at."""
        if predicate == "dwithin":
            return near[:0], near
        inside, outside = inside_and_outside(geometry, self._sides_at(near))
        sure = inside if predicate in _TRUE_INSIDE else np.zeros_like(inside)
        return near[sure], near[~(sure | outside)]
