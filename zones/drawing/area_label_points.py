"""The middles of areas, where their names stand: worked out once for each feature."""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import from_storage_xy
from zones.drawing.model import Viewport
from zones.snapshot.collection import Collection

Indices = NDArray[np.int64]

MOST_EXACT: Final = 500
"""Of more features than these the middle is some point within, or finding them takes seconds."""
_AREA: Final = 2
_FINENESS: Final = 100.0
"""The middle is exact to a part of the area's extent."""

Anchor = tuple[float, float] | None


def anchors_px(collection: Collection, chosen: Indices, viewport: Viewport) -> list[Anchor]:
    """Return the middles of areas in pixels: of the largest circle in the largest part of each.

    Of more than ``MOST_EXACT`` features it is some point within. None for what is no area.
    """
    builder = _middles if len(chosen) <= MOST_EXACT else _points_within
    places = collection.derived(builder).of(collection, chosen)
    x, y = from_storage_xy(places[:, 0].copy(), places[:, 1].copy(), viewport.crs)
    across, down = viewport.unit_px
    x, y = (x - viewport.bounds[0]) * across, (viewport.bounds[3] - y) * down
    is_known = np.isfinite(x) & np.isfinite(y)
    found = zip(x.tolist(), y.tolist(), is_known.tolist(), strict=True)
    return [(east, south) if known else None for east, south, known in found]


class _Places:
    """Longitude and latitude of features' anchors, found when first asked for.

    Several threads may find the same: they write the same.
    """

    def __init__(self, count: int, *, exact: bool) -> None:
        self._places = np.full((count, 2), np.nan)
        self._found = np.zeros(count, dtype=bool)
        self._exact = exact

    def of(self, collection: Collection, chosen: Indices) -> NDArray[np.float64]:
        new = chosen[~self._found[chosen]]
        if len(new):
            find = _widest if self._exact else _within
            self._places[new] = find(np.asarray(collection.geometries[new], dtype=object))
            self._found[new] = True
        return self._places[chosen]


def _middles(collection: Collection) -> _Places:
    return _Places(len(collection), exact=True)


def _points_within(collection: Collection) -> _Places:
    return _Places(len(collection), exact=False)


def _widest(geometries: NDArray[Any]) -> NDArray[np.float64]:
    """Return the middles of the largest circles, NaN where there is no area."""
    places = np.full((len(geometries), 2), np.nan)
    for number in np.flatnonzero(shapely.get_dimensions(geometries) == _AREA).tolist():
        places[number] = _middle(geometries[number])
    return places


def _middle(geometry: Any) -> NDArray[np.float64]:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area, default=None)
    if largest is None or not largest.area:
        return np.full(2, np.nan)
    west, south, east, north = largest.bounds
    narrowing = np.cos(np.radians((south + north) / 2)), 1.0
    flat = shapely.transform(largest, lambda xy: xy * narrowing)
    extent = max((east - west) * narrowing[0], north - south)
    try:
        circle = shapely.maximum_inscribed_circle(flat, tolerance=extent / _FINENESS)
    except shapely.GEOSException:  # what is as good as flat, or no valid area
        circle = shapely.point_on_surface(shapely.make_valid(flat))
    place: NDArray[np.float64] = shapely.get_coordinates(circle)[0] / narrowing
    return place


def _within(geometries: NDArray[Any]) -> NDArray[np.float64]:
    """Return some point in each area, NaN where there is none."""
    places = np.full((len(geometries), 2), np.nan)
    is_area = np.flatnonzero(shapely.get_dimensions(geometries) == _AREA)
    with np.errstate(all="ignore"):  # of a flat area it may be nowhere
        points = shapely.point_on_surface(geometries[is_area])
    is_there = ~shapely.is_empty(points)
    places[is_area[is_there]] = shapely.get_coordinates(points[is_there])
    return places
