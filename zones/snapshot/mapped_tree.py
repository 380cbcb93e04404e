"""The spatial index of a mapped collection, asked as shapely's ``STRtree`` is."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.segment_files.packed_rtree import PackedTree
from zones.snapshot.changes_over_segment import Overlay
from zones.snapshot.collection import Collection
from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.shape_grid import inside_and_outside

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
_TRUE_INSIDE: Final = frozenset({"intersects", "contains"})


class MappedTree:
    """Finds geometries by their boxes, and reads those whose boxes do not settle it.

    Parameters
    ----------
    rows
        The boxes of the rows of a segment.
    overlay, changed
        Which features are rows of it, and the others.
    geometries
        Returns the geometries at positions.
    sides_at
        Returns west, south, east and north of features at positions.
    """

    def __init__(
        self,
        rows: PackedTree,
        overlay: Overlay,
        changed: Collection,
        geometries: Callable[[Indices], Geometries],
        sides_at: Callable[[Indices], tuple[Floats, ...]],
    ) -> None:
        self._rows = rows
        self._overlay = overlay
        self._changed = changed
        self._geometries = geometries
        self._sides_at = sides_at

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
        near = self._near(box)
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

    def about(self, x: Floats, y: Floats) -> tuple[Indices, Indices]:
        """Return pairs of a point's place and the position of a geometry whose box holds it.

        In any order; none of the points may be NaN.
        """
        point, rows = self._rows.about(x, y)
        if self._overlay.is_plain:
            return point, rows
        places = self._overlay.places_of(rows)
        stands = places >= 0
        at, near = self._changed.tree.query(shapely.points(x, y))
        others = self._overlay.of_changed[near]
        return np.concatenate([point[stands], at]), np.concatenate([places[stands], others])

    def _near(self, box: Box) -> Indices:
        """Return the positions of rows, and of what has changed, whose boxes meet a box."""
        rows = self._rows.meeting(*box)
        if self._overlay.is_plain:
            return rows
        others = self._changed.tree.query(shapely.box(*box))
        return np.concatenate([self._overlay.of_rows(rows), self._overlay.of_changed[others]])

    def _settled(self, near: Indices, geometry: Any, predicate: str) -> tuple[Indices, Indices]:
        """Return what is related whatever its vertices are, and what has to be looked at."""
        if predicate == "dwithin":
            return near[:0], near
        inside, outside = inside_and_outside(geometry, self._sides_at(near))
        sure = inside if predicate in _TRUE_INSIDE else np.zeros_like(inside)
        return near[sure], near[~(sure | outside)]
