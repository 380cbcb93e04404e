"""Geometries of EPSG:4490 in the pixels of a viewport: cut to the view, bent as its CRS bends."""

from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import from_storage_xy, to_storage_xy
from zones.drawing.model import Bounds, Viewport

MARGIN: Final = 0.08
"""What is drawn beyond each side, as a share of the view, so that no cut edge is seen."""
LEAST_MARGIN_PX: Final = 48.0
SIMPLIFIED_PX: Final = 0.2
"""Finer than that no picture is; a sheet has more pixels for the same paper."""
_APART_PX: Final = 3.0
_BOW_PX: Final = 0.2
_BOW_M_OF_KM2: Final = 0.02
"""How far a straight edge of 1 km is bowed in another system (see ``zones.crs.transform``)."""
_KM_OF_DEGREE: Final = 111.0
_VIEWS: Final = 64

Geometries = NDArray[np.object_]


@lru_cache(maxsize=_VIEWS)
def view_degrees(viewport: Viewport, margin: float = MARGIN) -> Bounds:
    """Return the bounds in EPSG:4490 that hold the view and its margin, wherever that has any.

    What has no place in EPSG:4490 is left out; a view of nothing else is an empty box.
    """
    west, south, east, north = viewport.bounds
    room_x, room_y = _room(viewport, margin)
    extent = viewport.crs.extent
    x = np.linspace(max(west - room_x, extent.x_min), min(east + room_x, extent.x_max), 17)
    y = np.linspace(max(south - room_y, extent.y_min), min(north + room_y, extent.y_max), 17)
    if x[0] > x[-1] or y[0] > y[-1]:
        return (0.0, 0.0, 0.0, 0.0)
    grid_x, grid_y = (each.ravel() for each in np.meshgrid(x, y))
    lon, lat = to_storage_xy(grid_x, grid_y, viewport.crs)
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        return (0.0, 0.0, 0.0, 0.0)
    lon, lat = lon[known], lat[known]
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _room(viewport: Viewport, margin: float) -> tuple[float, float]:
    west, south, east, north = viewport.bounds
    across, down = viewport.unit_px
    least = LEAST_MARGIN_PX * viewport.symbol_scale
    return max((east - west) * margin, least / across), max((north - south) * margin, least / down)


def to_pixels(geometries: Geometries, viewport: Viewport) -> Geometries:
    """Return the geometries in pixels, cut to the view and its margin and simplified.

    Those that are nowhere in view come back empty.
    """
    cut = _straightened(clipped(geometries, view_degrees(viewport)), viewport)
    west, _, _, north = viewport.bounds
    across, down = viewport.unit_px

    def pixels(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[Any, Any]:
        x, y = from_storage_xy(lon, lat, viewport.crs)
        return (x - west) * across, (north - y) * down

    placed = shapely.transform(cut, pixels, interleaved=False)
    return _simplified(placed)


def point_px(lon: float, lat: float, viewport: Viewport) -> tuple[float, float]:
    """Return where a place of EPSG:4490 is in the picture."""
    x, y = from_storage_xy(lon, lat, viewport.crs)
    across, down = viewport.unit_px
    return (x - viewport.bounds[0]) * across, (viewport.bounds[3] - y) * down


def clipped(geometries: Geometries, box: Bounds) -> Geometries:
    """Return the parts of geometries within a box."""
    bounds = shapely.bounds(geometries)
    low, high = np.array(box[:2]), np.array(box[2:])
    with np.errstate(invalid="ignore"):
        is_inside = ((bounds[:, :2] >= low) & (bounds[:, 2:] <= high)).all(axis=1)
    clipped = geometries.copy()
    clipped[~is_inside] = _cut(geometries[~is_inside], box)
    return clipped


def _cut(geometries: Geometries, box: Bounds) -> Geometries:
    """Return the parts within the box; the whole of what is too broken to be cut."""
    try:
        return np.asarray(shapely.clip_by_rect(geometries, *box), dtype=object)
    except shapely.GEOSException:  # one of them: which, is not said
        if len(geometries) == 1:
            return geometries
    halves = np.array_split(geometries, 2)
    return np.concatenate([_cut(half, box) for half in halves])


def _straightened(geometries: Geometries, viewport: Viewport) -> Geometries:
    """Return the geometries with vertices along edges that the view's system would bend."""
    longest = np.sqrt(_BOW_PX * viewport.ground_m / _BOW_M_OF_KM2) / _KM_OF_DEGREE
    bounds = shapely.bounds(geometries)
    is_long = np.nan_to_num(bounds[:, 2:] - bounds[:, :2]).max(axis=1) > longest
    dense = geometries.copy()
    if is_long.any():
        dense[is_long] = shapely.segmentize(geometries[is_long], longest)
    return dense


def _simplified(geometries: Geometries) -> Geometries:
    """Return the geometries without vertices that no eye can see; what is tiny becomes a box.

    Where vertices are far apart there is nothing to be left out.
    """
    lengths, counts = shapely.length(geometries), shapely.get_num_coordinates(geometries)
    is_fine = (lengths < _APART_PX * counts) & (counts > 1)
    if not is_fine.any():
        return geometries
    simple = geometries.copy()
    simple[is_fine] = _without_details(geometries[is_fine])
    return simple


def _without_details(geometries: Geometries) -> Geometries:
    simple = shapely.simplify(geometries, SIMPLIFIED_PX, preserve_topology=False)
    vanished = shapely.is_empty(simple) & ~shapely.is_empty(geometries)
    if vanished.any():
        simple[vanished] = shapely.envelope(geometries[vanished])
    return np.asarray(simple, dtype=object)
