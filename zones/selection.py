"""Which features of a collection a box touches, the box being given in any supported CRS."""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.collection import Collection
from zones.crs import CRS, coordinate_fault, to_storage_xy
from zones.errors import CoordinateError
from zones.model import BBox

# A side of a box is straight in its own system and curved in degrees; so many pieces keep the
# error of a side of 100 km below 1 cm (it falls with the square of the number).
_PIECES_OF_A_SIDE = 256

_NOTHING = np.empty(0, dtype=np.int64)

Box = tuple[float, float, float, float]


def select_box(collection: Collection, box: Box, crs: CRS) -> NDArray[np.int64]:
    """Return the positions, ascending, of the features that touch the box or lie in it.

    Parameters
    ----------
    box
        x_min, y_min, x_max, y_max in ``crs``, x being longitude or easting. Degenerate boxes
        are points or lines. In degrees x_min > x_max means across the antimeridian.

    Raises
    ------
    CoordinateError
        If the box lies beyond a pole; the hint says so when the axes seem swapped.
    """
    if crs.is_lonlat:
        _check_latitudes(box, crs)
        return collection.select(BBox(*box))
    found = [collection.tree.query(part, predicate="intersects") for part in _moved(box, crs)]
    return np.unique(np.concatenate([_NOTHING, *found])).astype(np.int64)


def _check_latitudes(box: Box, crs: CRS) -> None:
    """Refuse a box that lies beyond a pole; one that only reaches beyond is a whole-world view."""
    _, y_min, _, y_max = box
    if (y_min > 90 or y_max < -90) and (fault := coordinate_fault(box[0], y_min, crs)):  # noqa: PLR2004
        raise CoordinateError(fault.code, loc=("query", "bbox"), **fault.params)


def _moved(box: Box, crs: CRS) -> list[BaseGeometry]:
    """Return the box's outline in EPSG:4490, in two parts when it crosses the antimeridian."""
    x_min, y_min, x_max, y_max = box
    if crs.is_geographic and x_min > x_max:
        # Of either side, only what lies within the world's 360 degrees.
        sides = ((x_min, y_min, 180.0, y_max), (-180.0, y_min, x_max, y_max))
        return [part for side in sides if side[0] <= side[2] for part in _moved(side, crs)]
    if crs.is_geographic:
        _check_latitudes(box, crs)
    clipped = _clipped(box, crs)
    if clipped is None:
        return []
    ring = _outline(clipped)
    lon, lat = to_storage_xy(ring[:, 0].copy(), ring[:, 1].copy(), crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise CoordinateError("bbox-not-on-earth", loc=("query", "bbox"), crs=crs.key)
    return [_of_points(np.column_stack([lon, lat]), clipped)]


def _clipped(box: Box, crs: CRS) -> Box | None:
    """Return the part of the box where the system is used; beyond it PROJ invents places."""
    x_low, y_low, x_high, y_high = crs.extent
    x_min, y_min, x_max, y_max = box
    clipped = (max(x_min, x_low), max(y_min, y_low), min(x_max, x_high), min(y_max, y_high))
    return clipped if clipped[0] <= clipped[2] and clipped[1] <= clipped[3] else None


def _outline(box: Box) -> NDArray[np.float64]:
    x_min, y_min, x_max, y_max = box
    corners = np.array(
        [(x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max), (x_min, y_min)]
    )
    share = np.linspace(0, 1, _PIECES_OF_A_SIDE, endpoint=False)[:, np.newaxis]
    sides = [a + share * (b - a) for a, b in pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]])


def _of_points(points: NDArray[np.float64], box: Box) -> BaseGeometry:
    x_min, y_min, x_max, y_max = box
    if x_min == x_max and y_min == y_max:
        return shapely.Point(points[0])
    if x_min == x_max or y_min == y_max:
        # The outline runs there and back; the first half of it is the line.
        return shapely.LineString(points[: len(points) // 2 + 1])
    return shapely.Polygon(points)
