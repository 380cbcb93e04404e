"""The spatial index of a mapped collection, asked as shapely's ``STRtree`` is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.snapshot.geometry_arrays import Geometries

Indices = NDArray[np.int64]
Box = tuple[float, float, float, float]


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
    """

    def __init__(
        self,
        meeting: Callable[[float, float, float, float], Indices],
        near: Callable[[Indices, Box], Indices],
        geometries: Callable[[Indices], Geometries],
    ) -> None:
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
        others = self._geometries(near)
        if predicate == "dwithin":
            related: NDArray[np.bool_] = shapely.dwithin(geometry, others, distance)
        else:
            related = getattr(shapely, predicate)(geometry, others)
        return near[related]
