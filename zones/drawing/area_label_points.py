"""The middles of areas, where their names stand: worked out once for each feature."""

import math
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
    """Return the middles of areas in pixels; None for what is no area."""
    points = label_points_px(collection, chosen, viewport)
    return [None if math.isnan(x) or math.isnan(y) else (x, y) for x, y in points.tolist()]


def label_points_px(
    collection: Collection, chosen: Indices, viewport: Viewport
) -> NDArray[np.float64]:
    """Return the middles of areas in pixels: of the largest circle in the largest part of each.

    Of more than ``MOST_EXACT`` features it is some point within. NaN for what is no area.
    """
    builder = _middles if len(chosen) <= MOST_EXACT else _points_within
    places = collection.derived(builder).of(collection, chosen)
    x, y = from_storage_xy(places[:, 0].copy(), places[:, 1].copy(), viewport.crs)
    across, down = viewport.unit_px
    x, y = (x - viewport.bounds[0]) * across, (viewport.bounds[3] - y) * down
    return np.column_stack([x, y])


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
    """Return the middles of the largest circles on the ground, NaN where there is no area."""
    bounds = shapely.bounds(geometries)
    with np.errstate(invalid="ignore"):
        narrowing = np.cos(np.radians((bounds[:, 1] + bounds[:, 3]) / 2))
    points, owners = shapely.get_coordinates(geometries, return_index=True)
    points[:, 0] *= narrowing[owners]
    places = middles_of_largest_circles(shapely.set_coordinates(geometries.copy(), points))
    places[:, 0] /= narrowing
    return places


def middles_of_largest_circles(
    geometries: NDArray[Any], *, exact_to: float = 0.0
) -> NDArray[np.float64]:
    """Return the middle of the largest circle in the largest part of each, NaN for no area.

    It is exact to a hundredth of the part's extent, or to ``exact_to`` where that is more.
    """
    places = np.full((len(geometries), 2), np.nan)
    parts, owners = shapely.get_parts(geometries, return_index=True)
    areas = shapely.area(parts)
    order = np.lexsort((areas, owners))
    order = order[areas[order] > 0]
    if not len(order):
        return places
    # Of each geometry its largest part comes last.
    largest = order[np.append(owners[order][1:] != owners[order][:-1], True)]
    bounds = shapely.bounds(parts[largest])
    tolerances = (bounds[:, 2:] - bounds[:, :2]).max(axis=1) / _FINENESS
    tolerances = np.maximum(tolerances, exact_to)
    places[owners[largest]] = _middles_within(parts[largest], tolerances)
    return places


def _middles_within(polygons: NDArray[Any], tolerances: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        circles = shapely.maximum_inscribed_circle(polygons, tolerance=tolerances)
    except shapely.GEOSException:  # what is as good as flat, or no valid area, is among them
        circles = [*map(_circle, polygons.tolist(), tolerances.tolist())]
    points, owners = shapely.get_coordinates(circles, return_index=True)
    middles: NDArray[np.float64] = points[np.unique(owners, return_index=True)[1]]
    return middles


def _circle(polygon: Any, tolerance: float) -> Any:
    """Return a line, or a point, that begins in the middle."""
    try:
        return shapely.maximum_inscribed_circle(polygon, tolerance=tolerance)
    except shapely.GEOSException:
        return shapely.point_on_surface(shapely.make_valid(polygon))


def _within(geometries: NDArray[Any]) -> NDArray[np.float64]:
    """Return some point in each area, NaN where there is none."""
    places = np.full((len(geometries), 2), np.nan)
    is_area = np.flatnonzero(shapely.get_dimensions(geometries) == _AREA)
    with np.errstate(all="ignore"):  # of a flat area it may be nowhere
        points = shapely.point_on_surface(geometries[is_area])
    is_there = ~shapely.is_empty(points)
    places[is_area[is_there]] = shapely.get_coordinates(points[is_there])
    return places
