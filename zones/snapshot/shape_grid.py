"""Which of many boxes lie wholly inside a shape, and which wholly outside, without trying each.

The shape's bounds are cut into cells, and only these are compared with it. A box all of whose
cells lie inside is inside, one none of whose cells meets the shape is outside; what is left lies at
its edge. Measured with a triangle over 200,000 parcels: a tenth of the time of a box for each.
"""

from math import isqrt
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

Which = NDArray[np.bool_]

BOXES_IN_A_ROW: Final = 3
"""So many boxes would stand in one row of a cell if they were spread evenly."""
MOST_ACROSS: Final = 128
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_SLACK_DEG: Final = 1e-12
"""By which cells overlap: far more than rounding does to degrees."""


def inside_and_outside(shape: Any, boxes: NDArray[np.float64]) -> tuple[Which, Which]:
    """Return which boxes lie in the inside of a shape, and which have nothing in common with it.

    Neither may be told of a box that is near its edge; both are right where they are true.

    Parameters
    ----------
    shape
        A prepared geometry in degrees, not empty.
    boxes
        West, south, east and north of each, shape (n, 4), finite.
    """
    low, high = np.array(shape.bounds[:2]), np.array(shape.bounds[2:])
    across = min(MOST_ACROSS, isqrt(len(boxes)) // BOXES_IN_A_ROW)
    if across <= 1 or not (high > low).all() or not shapely.is_valid(shape):
        return np.zeros(len(boxes), bool), np.zeros(len(boxes), bool)
    cells = _cells(low, high, across)
    is_met = shapely.intersects(shape, cells)
    is_inside = np.zeros_like(is_met)
    if shape.geom_type in _AREAS:
        is_inside = shapely.contains_properly(shape, cells)
    size = (high - low) / across
    first = np.clip((boxes[:, :2] - low) // size, 0, across - 1).astype(np.int64)
    last = np.clip((boxes[:, 2:] - low) // size, 0, across - 1).astype(np.int64)
    is_within = (boxes[:, :2] >= low).all(axis=1) & (boxes[:, 2:] <= high).all(axis=1)
    inside = is_within & (_count(~is_inside, first, last) == 0)
    return inside, _count(is_met, first, last) == 0


def _cells(low: NDArray[np.float64], high: NDArray[np.float64], across: int) -> Any:
    """Return the cells as boxes, by column and row."""
    x, y = (np.linspace(begin, end, across + 1) for begin, end in zip(low, high, strict=True))
    column, row = np.meshgrid(range(across), range(across), indexing="ij")
    slack = _SLACK_DEG
    return shapely.box(x[column] - slack, y[row] - slack, x[column + 1] + slack, y[row + 1] + slack)


def _count(marked: Which, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many marked cells there are from one column and row to another, both included."""
    sums = np.zeros(np.add(marked.shape, 1), np.int64)
    sums[1:, 1:] = marked.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    (left, bottom), (right, top) = first.T, last.T + 1
    counts: NDArray[np.int64] = (
        sums[right, top] - sums[left, top] - sums[right, bottom] + sums[left, bottom]
    )
    return counts
