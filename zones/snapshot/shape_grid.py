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
Sides = tuple[NDArray[np.float64], ...]

BOXES_IN_A_ROW: Final = 3
"""So many boxes would stand in one row of a cell if they were spread evenly."""
MOST_ACROSS: Final = 128
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_MET: Final = 1 << 32
_LOW: Final = _MET - 1
_SLACK_DEG: Final = 1e-12
"""By which cells overlap: far more than rounding does to degrees."""


def inside_and_outside(shape: Any, sides: Sides) -> tuple[Which, Which]:
    """Return which boxes lie in the inside of a shape, and which have nothing in common with it.

    Neither may be told of a box that is near its edge; both are right where they are true.

    Parameters
    ----------
    shape
        A prepared geometry in degrees, not empty.
    sides
        West, south, east and north of the boxes, finite.
    """
    wests, souths, easts, norths = sides
    across = min(MOST_ACROSS, isqrt(len(wests)) // BOXES_IN_A_ROW)
    west, south, east, north = shape.bounds
    if across <= 1 or west == east or south == north or not shapely.is_valid(shape):
        return np.zeros(len(wests), bool), np.zeros(len(wests), bool)
    sums = _sums(shape, across)
    per_x, per_y = across / (east - west), across / (north - south)
    left, right = (_cells((x - west) * per_x, across) for x in (wests, easts))
    bottom, top = (_cells((y - south) * per_y, across) for y in (souths, norths))
    left, right = left * (across + 1), (right + 1) * (across + 1)
    counts = sums[right + top + 1] - sums[left + top + 1]
    counts += sums[left + bottom] - sums[right + bottom]
    inside = counts & _LOW == 0
    inside &= (wests >= west) & (souths >= south) & (easts <= east) & (norths <= north)
    return inside, counts < _MET


def _cells(positions: NDArray[np.float64], across: int) -> NDArray[np.int64]:
    """Return the column or row of positions, the first or last for what lies beyond."""
    return np.clip(positions, 0, across - 1).astype(np.int64)


def _sums(shape: Any, across: int) -> NDArray[np.int64]:
    """Return how many cells left of a column and below a row the shape meets, and does not fill.

    The former in the upper half of each number; flat, of ``across + 1`` columns and rows.
    """
    west, south, east, north = shape.bounds
    x, y = np.linspace(west, east, across + 1), np.linspace(south, north, across + 1)
    column, row = np.meshgrid(range(across), range(across), indexing="ij")
    slack = _SLACK_DEG
    cells = shapely.box(
        x[column] - slack, y[row] - slack, x[column + 1] + slack, y[row + 1] + slack
    )
    numbers = np.where(shapely.intersects(shape, cells), _MET + 1, 1)
    if shape.geom_type in _AREAS:
        numbers -= shapely.contains_properly(shape, cells)
    sums = np.zeros((across + 1, across + 1), np.int64)
    sums[1:, 1:] = numbers.cumsum(axis=0).cumsum(axis=1)
    return sums.ravel()
