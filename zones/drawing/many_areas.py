"""Many areas of a collection in a view, few enough to be told apart: as arrays, like crowds.

Feature by feature some hundred parcels take longer to be made into shapes than to be painted.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import from_storage_xy
from zones.drawing.crowded_features import LARGE_PX, extent_px, spacing_px
from zones.drawing.draw_staff_layers import refined
from zones.drawing.model import CrowdShape, PixelOutlines, Viewport
from zones.drawing.pixel_arrays import (
    TOGETHER,
    is_worth_outlines,
    joined,
    outlines,
    outlines_of,
)
from zones.drawing.project_to_pixels import SIMPLIFIED_PX, to_pixels
from zones.drawing.staff_layer_style import Symbology
from zones.ragged_arrays import Integers
from zones.snapshot.collection import Collection

MANY: Final = 64
"""Fewer are drawn one by one, and where they overlap, their colours add up."""
_EDGE_PX: Final = 16.0
"""Wider is no outline, nor the bow of a side in the view's system."""
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def are_many_areas(
    collection: Collection, near: Integers, symbology: Symbology, viewport: Viewport
) -> bool:
    """Return whether features are many, nothing but areas, and all in one style.

    In several styles the order of features decides which of them covers which.
    """
    if len(near) < MANY or symbology.kind != "single":
        return False
    is_area = np.isin(collection.kinds[near], _AREAS)
    return bool(is_area.all()) and is_worth_outlines(collection, len(near), viewport)


def in_view(collection: Collection, near: Integers, viewport: Viewport) -> Integers:
    """Return the areas that have a part in the picture: of the others neither line nor name has."""
    boxes = boxes_px(collection, near, viewport)
    edge = _EDGE_PX * viewport.symbol_scale
    size = np.array([viewport.width_px, viewport.height_px])
    with np.errstate(invalid="ignore"):
        seen = (boxes[:, 2:] >= -edge) & (boxes[:, :2] <= size + edge)
    return near[seen.all(axis=1)]


def boxes_px(collection: Collection, numbers: Integers, viewport: Viewport) -> NDArray[np.float64]:
    """Return the bounds of areas in pixels: left, top, right, bottom."""
    degrees = collection.bounds_at(numbers)
    lon, lat = degrees[:, [0, 2, 0, 2]], degrees[:, [1, 1, 3, 3]]
    x, y = from_storage_xy(lon.ravel(), lat.ravel(), viewport.crs)
    across, down = viewport.unit_px
    x = ((x - viewport.bounds[0]) * across).reshape(-1, 4)
    y = ((viewport.bounds[3] - y) * down).reshape(-1, 4)
    return np.column_stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)])


def area_shapes(
    collection: Collection, near: Integers, symbology: Symbology, viewport: Viewport
) -> Iterator[CrowdShape]:
    """Yield the areas; those that are large or far from straight in the view come first."""
    style = refined(symbology.otherwise, 2, spacing_px(collection, viewport))
    pieces = list(_outlines(collection, near, viewport))
    if sum(len(each.points) for each in pieces) <= TOGETHER:
        pieces = [joined(pieces)] if pieces else []
    yield from (CrowdShape(each, style, collection.info.id) for each in pieces)


def _outlines(
    collection: Collection, near: Integers, viewport: Viewport
) -> Iterator[PixelOutlines]:
    extents = extent_px(collection.bounds_at(near), viewport)
    is_large = extents >= LARGE_PX * viewport.symbol_scale
    if is_large.any():
        large = np.asarray(collection.geometries[near[is_large]], dtype=object)
        yield from outlines_of(to_pixels(large, viewport))
    yield from outlines(collection, near[~is_large], viewport, finest=SIMPLIFIED_PX)
