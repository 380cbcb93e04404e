"""Arrays of geometries, with None for a feature that has none."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Geometries = NDArray[np.object_]


def array_of(geometries: Sequence[BaseGeometry | None]) -> Geometries:
    """Return the geometries as an array of their number."""
    # Filled one by one: numpy would take a lone multi-part geometry for a sequence.
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def frozen(geometries: Geometries) -> Geometries:
    """Return the same array, which nobody can change any more."""
    geometries.setflags(write=False)
    return geometries


def sides_of(lines: Geometries) -> Geometries:
    """Return the sides of lines, each a line of two points."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    is_side = line[1:] == line[:-1]
    sides: Geometries = shapely.linestrings(np.stack([xy[:-1][is_side], xy[1:][is_side]], axis=1))
    return sides
