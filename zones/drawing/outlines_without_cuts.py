"""Outlines of neighbours without the sides where they were cut off: a cut is no border."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.snapshot.collection import Collection

_CUT_DEGREES: Final = 0.0025
"""The box that neighbours were cut off at is turned a little."""


def without_cut_edges(geometry: BaseGeometry, collection: Collection) -> BaseGeometry:
    """Return the outline as lines, without the edges along the bounds of all neighbours."""
    box = collection.derived(_neighbour_bounds)
    runs = [
        run
        for ring in shapely.get_rings(shapely.get_parts(geometry))
        for run in _runs(shapely.get_coordinates(ring), box)
    ]
    return shapely.multilinestrings([shapely.linestrings(run) for run in runs])


def _neighbour_bounds(collection: Collection) -> NDArray[np.float64]:
    is_neighbour = [kind == "neighbour" for kind in collection.values("kind")]
    bounds: NDArray[np.float64] = shapely.total_bounds(collection.geometries[is_neighbour])
    return bounds


def _runs(points: NDArray[np.float64], box: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the ring in pieces, each of two points or more, without the edges along the box."""
    beside = np.abs(points[:, [0, 1, 0, 1]] - box) < _CUT_DEGREES
    is_cut = (beside[1:] & beside[:-1]).any(axis=1)
    pieces = np.split(points, np.flatnonzero(is_cut) + 1)
    return [piece for piece in pieces if len(piece) > 1]
