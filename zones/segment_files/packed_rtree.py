"""A packed R-tree: boxes in flat arrays, which are searched where they lie.

Nodes have 32 boxes each. The lowest level has the boxes of rows, packed tile by tile
(sort-tile-recursive, https://doi.org/10.1109/ICDE.1997.582015); each further one has the boxes of
the nodes below it. Places that no row fills hold a box that meets nothing.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]

NODE: Final = 32
_NOWHERE: Final = np.array([np.inf, np.inf, -np.inf, -np.inf])
_CHILDREN: Final = np.arange(NODE)


def packed(bounds: Floats) -> tuple[Floats, Rows]:
    """Return the boxes of all levels, the lowest first, shape (4, n), and the rows of that one.

    Parameters
    ----------
    bounds
        West, south, east, north of each row, shape (4, n); rows that have a NaN are left out.
    """
    there = np.flatnonzero(~np.isnan(bounds).any(axis=0))
    rows = there[_tiled(bounds[:, there])]
    levels = [_filled(bounds[:, rows])]
    while levels[-1].shape[1] > NODE:
        nodes = levels[-1].reshape(4, -1, NODE)
        low, high = nodes[:2].min(axis=2), nodes[2:].max(axis=2)
        levels.append(_filled(np.concatenate([low, high])))
    return np.concatenate(levels, axis=1), rows.astype(np.int32)


class PackedTree:
    """Finds the rows whose boxes meet a box; for any number of threads."""

    def __init__(self, boxes: Floats, rows: Rows) -> None:
        self.boxes = boxes
        """Of all levels, as ``packed`` gives them."""
        self.rows = rows
        """Of the lowest level: those that follow each other lie together."""
        self._levels: list[tuple[Floats, ...]] = []
        begin, count = 0, _full(len(rows))
        while True:
            self._levels.append(tuple(boxes[:, begin : begin + count]))
            if count <= NODE:
                break
            begin, count = begin + count, _full(count // NODE)

    @cached_property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all boxes; infinite the wrong way round if there are none."""
        wests, souths, easts, norths = self._levels[-1]
        return float(wests.min()), float(souths.min()), float(easts.max()), float(norths.max())

    def meeting(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Return the rows, in any order, whose boxes meet a box or touch it."""
        found = _CHILDREN[: len(self._levels[-1][0])]
        for level, (wests, souths, easts, norths) in enumerate(reversed(self._levels)):
            if level:
                found = (found[:, None] * NODE + _CHILDREN).ravel()
            meets = wests[found] <= east
            meets &= souths[found] <= north
            meets &= easts[found] >= west
            meets &= norths[found] >= south
            found = found[meets]
        return self.rows[found].astype(np.int64)

    def about(self, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of a point's place and a row whose box holds it or has it on its side.

        In any order; all points go down the tree together. None of them may be NaN.
        """
        top = _CHILDREN[: len(self._levels[-1][0])]
        point, found = np.repeat(np.arange(len(x)), len(top)), np.tile(top, len(x))
        for level, (wests, souths, easts, norths) in enumerate(reversed(self._levels)):
            if level:
                point = np.repeat(point, NODE)
                found = (found[:, None] * NODE + _CHILDREN).ravel()
            for sides, places, holds in (
                (wests, x, np.less_equal),
                (easts, x, np.greater_equal),
                (souths, y, np.less_equal),
                (norths, y, np.greater_equal),
            ):
                kept = holds(sides[found], places[point])
                point, found = point[kept], found[kept]
        return point, self.rows[found].astype(np.int64)


def _tiled(bounds: Floats) -> NDArray[np.int64]:
    """Return an order of boxes in which each node's lie together: by columns, then by height."""
    x, y = bounds[0] + bounds[2], bounds[1] + bounds[3]
    count = x.size
    nodes = max(1, -(-count // NODE))
    column_size = NODE * int(np.ceil(np.sqrt(nodes)))
    column = np.empty(count, np.int64)
    column[np.argsort(x, kind="stable")] = np.arange(count) // column_size
    return np.lexsort((y, column))


def _full(count: int) -> int:
    """Return how many places the nodes of so many boxes have; one node at least."""
    return max(1, -(-count // NODE)) * NODE


def _filled(boxes: Floats) -> Floats:
    filled = np.empty((4, _full(boxes.shape[1])))
    filled[:] = _NOWHERE[:, None]
    filled[:, : boxes.shape[1]] = boxes
    return filled
