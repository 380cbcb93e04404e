"""Which features of a collection a box touches, the box being given in any supported CRS."""

from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS, coordinate_fault, to_storage_xy
from zones.errors import CoordinateError
from zones.model import BBox
from zones.ragged_arrays import distinct
from zones.snapshot.collection import Collection
from zones.snapshot.edge_in_other_crs import edge_of, piece_of

_METRES_OF_A_DEGREE: Final = 1.2e5
_FARTHEST_LON, _FARTHEST_LAT = 180 + 1e-9, 90 + 1e-9
"""A program's arithmetic may add a little to 180."""
_PLACE: Final = ("query", "bbox")

_NOTHING = np.empty(0, dtype=np.int64)

Box = tuple[float, float, float, float]


def select_box(collection: Collection, box: Box, crs: CRS) -> NDArray[np.int64]:
    """Return the positions, ascending, of the features that touch the box or lie in it.

    They do so as they are published in ``crs``: whoever reads them in metres and asks with the
    bounds of what was read gets all of them again. The sides of a feature are straight in
    ``crs`` at the edge of the box (see ``zones.snapshot.edge_in_other_crs``).

    Parameters
    ----------
    box
        x_min, y_min, x_max, y_max in ``crs``, x being longitude or easting. Degenerate boxes
        are points or lines. In degrees x_min > x_max means across the antimeridian.

    Raises
    ------
    CoordinateError
        If a side of the box cannot lie on the earth, or all of it lies where a system of metres
        is not used; the hint says so when the axes seem swapped.
    """
    _check_bounds(box, crs)
    if crs.is_lonlat:
        return collection.select(BBox(*box))
    found = [_touching(collection, part, crs) for part in _parts(box, crs)]
    return distinct(np.concatenate([_NOTHING, *found])).astype(np.int64)


def _check_bounds(box: Box, crs: CRS) -> None:
    """Refuse a box that reaches beyond the world's degrees, or lies where no metres are."""
    if crs.is_geographic:
        x_min, y_min, x_max, y_max = box
        is_wrong = (
            max(abs(x_min), abs(x_max)) > _FARTHEST_LON
            or max(abs(y_min), abs(y_max)) > _FARTHEST_LAT
        )
    else:
        is_wrong = _clipped(box, crs) is None or max(map(abs, box)) <= _FARTHEST_LON
    if is_wrong and (fault := _fault_of(box, crs)):
        raise CoordinateError(fault.code, loc=_PLACE, **fault.params)


def _fault_of(box: Box, crs: CRS) -> CoordinateError | None:
    """Return what is wrong with the first corner that is; none if that is arithmetic's noise."""
    faults = [fault for corner in (box[:2], box[2:]) if (fault := coordinate_fault(*corner, crs))]
    if len(faults) == 1 and faults[0].code == "coordinate-swapped":
        # The other corner would be beyond the world if the axes were swapped back.
        params = {**faults[0].params, **crs.extent._asdict()}
        return CoordinateError("coordinate-out-of-range", **params)
    return faults[0] if faults else None


def _parts(box: Box, crs: CRS) -> list[Box]:
    """Return the box in two parts when it crosses the antimeridian, where ``crs`` is used."""
    x_min, y_min, x_max, y_max = box
    sides = [box]
    if crs.is_geographic and x_min > x_max:
        sides = [(x_min, y_min, 180.0, y_max), (-180.0, y_min, x_max, y_max)]
    return [part for side in sides if (part := _clipped(side, crs)) is not None]


def _touching(collection: Collection, box: Box, crs: CRS) -> NDArray[np.int64]:
    """Return the features that touch one box: by degrees, and at its edge as published."""
    edge = edge_of(_longest(box), crs) * (1 if crs.is_geographic else _METRES_OF_A_DEGREE)
    outer = _in_degrees(_clipped(_grown(box, edge), crs) or box, crs)
    near = collection.tree.query(shapely.box(*shapely.bounds(outer)))
    inner = _grown(box, -edge)
    is_inside = np.zeros(len(near), bool)
    if inner[0] < inner[2] and inner[1] < inner[3]:
        is_inside = _sure(collection, near, _in_degrees(inner, crs))
    doubtful = near[~is_inside]
    shapely.prepare(outer)
    doubtful = doubtful[shapely.intersects(outer, collection.geometries[doubtful])]
    touches = shapely.intersects(_rectangle(box), collection.published(doubtful, crs))
    return np.concatenate([near[is_inside], doubtful[touches]])


def _sure(
    collection: Collection, near: NDArray[np.int64], inner: BaseGeometry
) -> NDArray[np.bool_]:
    """Return which features reach into the middle of a box, where no rounding matters."""
    # What has its bounds there lies there: no need to look at its vertices.
    west, south, east, north = _rectangle_within(inner)
    bounds = collection.bounds_at(near)
    sure: NDArray[np.bool_] = (
        (bounds[:, 0] >= west)
        & (bounds[:, 1] >= south)
        & (bounds[:, 2] <= east)
        & (bounds[:, 3] <= north)
    )
    others = np.flatnonzero(~sure)
    shapely.prepare(inner)
    sure[others] = shapely.intersects(inner, collection.geometries[near[others]])
    return sure


def _rectangle_within(inner: BaseGeometry) -> Box:
    """Return a rectangle of degrees within the outline of a box; impossible if there is none."""
    south, east, north, west = np.split(shapely.get_coordinates(inner)[:-1], 4)
    return (west[:, 0].max(), south[:, 1].max(), east[:, 0].min(), north[:, 1].min())


def _longest(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _rectangle(box: Box) -> BaseGeometry:
    x_min, y_min, x_max, y_max = box
    if x_min == x_max and y_min == y_max:
        return shapely.Point(x_min, y_min)
    if x_min == x_max or y_min == y_max:
        return shapely.LineString([(x_min, y_min), (x_max, y_max)])
    return shapely.box(*box)


def _in_degrees(box: Box, crs: CRS) -> BaseGeometry:
    """Return the outline of a box in EPSG:4490: south, east, north, west side, beginning there."""
    ring = _outline(box, crs)
    lon, lat = to_storage_xy(ring[:, 0].copy(), ring[:, 1].copy(), crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise CoordinateError("bbox-not-on-earth", loc=_PLACE, crs=crs.key)
    return shapely.Polygon(np.column_stack([lon, lat]))


def _clipped(box: Box, crs: CRS) -> Box | None:
    """Return the part of the box where the system is used; beyond it PROJ invents places."""
    x_low, y_low, x_high, y_high = crs.extent
    x_min, y_min, x_max, y_max = box
    clipped = (max(x_min, x_low), max(y_min, y_low), min(x_max, x_high), min(y_max, y_high))
    return clipped if clipped[0] <= clipped[2] and clipped[1] <= clipped[3] else None


def _outline(box: Box, crs: CRS) -> NDArray[np.float64]:
    x_min, y_min, x_max, y_max = box
    corners = np.array(
        [(x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max), (x_min, y_min)]
    )
    pieces = int(np.ceil(_longest(box) / piece_of(_longest(box), crs)))
    share = np.linspace(0, 1, pieces, endpoint=False)[:, np.newaxis]
    sides = [a + share * (b - a) for a, b in pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]])
