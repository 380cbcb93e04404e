"""Arrays of geometries, with None for a feature that has none."""

from collections.abc import Sequence

import numpy as np
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
