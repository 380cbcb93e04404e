"""Very many features of one collection in a view: drawn together, those below a pixel as specks.

Feature by feature 100,000 parcels take seconds, of which nothing is to be seen: what is smaller
than a pixel only colours it, and no name fits beside its neighbour's.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import cos, radians
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import from_storage_xy
from zones.drawing.draw_plan_layers import circle
from zones.drawing.draw_staff_layers import refined
from zones.drawing.model import (
    METRES_OF_A_DEGREE,
    CrowdShape,
    PixelOutlines,
    Shape,
    Style,
    Viewport,
)
from zones.drawing.pixel_arrays import TOGETHER, is_worth_outlines, outlines
from zones.drawing.project_to_pixels import SIMPLIFIED_PX, to_pixels
from zones.drawing.staff_layer_style import Symbology
from zones.memory.work_in_slices import sliced, slices
from zones.snapshot.collection import Collection
from zones.snapshot.uncertainty_circles import circle_m

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Objects = NDArray[np.object_]

CROWD: Final = 1_000
"""So few features are drawn one by one, however small they are."""
CROWDED_PX: Final = 14.0
"""Features nearer to each other than the height of a name, in pixels of the screen."""
SPECK_PX: Final = 1.0
_DIMENSION_OF: Final = np.array([0, 1, 1, 2, 0, 1, 2, -1, -1], dtype=np.int8)
"""By shapely's number of a type; the last for none, whose number is -1."""
LARGE_PX: Final = 80.0
"""What is larger is cut to the view, and its sides are bent as the view's system bends them."""


def spacing_px(collection: Collection, viewport: Viewport) -> float:
    """Return how far a collection's features are apart, about, in pixels of the screen.

    It depends on the scale alone, not on what is in view, so that tiles beside each other are
    drawn alike.
    """
    return collection.derived(_spacing_deg) * METRES_OF_A_DEGREE / _ground_m(viewport)


def is_crowd(collection: Collection, count: int, viewport: Viewport) -> bool:
    """Return whether so many features of a collection in view are too many to be told apart."""
    return count > CROWD and spacing_px(collection, viewport) < CROWDED_PX


def crowd_shapes(
    collection: Collection, near: Indices, symbology: Symbology, viewport: Viewport
) -> Iterator[Shape | CrowdShape]:
    """Yield shapes of many features each, all in the style that one by one they would have."""
    dimensions = _dimensions(collection, near)
    spacing = spacing_px(collection, viewport)
    discs = np.isfinite(collection.derived(_radii_m)[near])
    for style, members in _by_style(collection, near, symbology):
        for dimension, draw in ((2, _areas), (1, _lines), (0, _dots)):
            chosen = near[members & (dimensions == dimension) & ~discs]
            if len(chosen):
                yield from draw(collection, chosen, refined(style, dimension, spacing), viewport)
        if (members & discs).any():
            yield from _discs(
                collection, near[members & discs], refined(style, 2, spacing), viewport
            )


def _dimensions(collection: Collection, near: Indices) -> NDArray[np.int8]:
    """Return shapely's dimension of each feature, without reading geometries where a kind says it.

    Of a large collection every geometry would be read anew for each picture.
    """
    kinds = collection.kinds[near]
    dimensions = _DIMENSION_OF[kinds]
    is_mixed = kinds == shapely.GeometryType.GEOMETRYCOLLECTION
    if is_mixed.any():
        dimensions[is_mixed] = shapely.get_dimensions(collection.geometries[near[is_mixed]])
    return dimensions


def _ground_m(viewport: Viewport) -> float:
    """Return how many metres on the ground a pixel of the screen is."""
    return viewport.ground_m * viewport.symbol_scale


def _spacing_deg(collection: Collection) -> float:
    """Return the usual size of areas and lines, of points how far apart they would lie evenly."""
    bounds = collection.bounds
    sizes = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    extended = sizes[sizes > 0]
    if len(extended) * 2 > len(sizes):
        return float(np.median(extended))
    if collection.extent is None:
        return 0.0
    west, south, east, north = collection.extent
    return float(np.sqrt((east - west) * (north - south) / len(collection)))


def _radii_m(collection: Collection) -> Floats:
    """Return the radius of each place that is drawn as a disc, NaN for everything else."""
    radii = np.full(len(collection), np.nan)
    points = np.flatnonzero(collection.kinds == shapely.GeometryType.POINT)
    for at in points.tolist():
        radius = circle_m(collection.geometries[at], collection.properties[at])
        radii[at] = np.nan if radius is None else radius
    return radii


def _by_style(
    collection: Collection, near: Indices, symbology: Symbology
) -> Iterator[tuple[Style, NDArray[np.bool_]]]:
    """Yield the styles, and which of the features have each."""
    if symbology.kind == "single":
        yield symbology.otherwise, np.ones(len(near), dtype=bool)
        return
    properties = collection.properties
    styles = [symbology.style_of(properties[i]) for i in near.tolist()]
    numbers = {style: number for number, style in enumerate(dict.fromkeys(styles))}
    assigned = np.array([numbers[style] for style in styles])
    yield from ((style, assigned == number) for style, number in numbers.items())


def _areas(
    collection: Collection, chosen: Indices, style: Style, viewport: Viewport
) -> Iterator[Shape | CrowdShape]:
    bounds = collection.bounds[chosen]
    is_speck = extent_px(bounds, viewport) < SPECK_PX * viewport.symbol_scale
    if is_speck.any():
        yield from _specks(collection, bounds[is_speck], style, viewport)
    yield from _lines(collection, chosen[~is_speck], style, viewport)


def _lines(
    collection: Collection, chosen: Indices, style: Style, viewport: Viewport
) -> Iterator[Shape | CrowdShape]:
    """Yield lines and areas; those that are large or far from straight in the view one by one."""
    is_small = extent_px(collection.bounds[chosen], viewport) < LARGE_PX * viewport.symbol_scale
    small, others = chosen[is_small], chosen
    if len(small) and is_worth_outlines(collection, len(small), viewport):
        others = chosen[~is_small]
        for each in outlines(collection, small, viewport, finest=SIMPLIFIED_PX):
            yield CrowdShape(each, style, collection.info.id)
    if len(others):
        place = partial(to_pixels, viewport=viewport)
        placed = sliced(place, collection.geometries[others])
        yield from _gathered(placed, style, collection)


def extent_px(bounds: Floats, viewport: Viewport) -> Floats:
    """Return how many pixels features are wide or high, whichever is more, about."""
    latitude = float(np.mean(bounds[:, 1])) if len(bounds) else 0.0
    metres = (bounds[:, 2:] - bounds[:, :2]) * METRES_OF_A_DEGREE
    metres[:, 0] *= cos(radians(latitude))
    extent: Floats = metres.max(axis=1) / viewport.ground_m
    return extent


def _specks(
    collection: Collection, bounds: Floats, style: Style, viewport: Viewport
) -> Iterator[CrowdShape]:
    """Yield the pixels with features smaller than that, filled; runs of a row in one."""
    grain = viewport.symbol_scale
    x, y = _place_px(bounds, viewport)
    width, height = viewport.width_px, viewport.height_px
    with np.errstate(invalid="ignore"):  # what has no place in the view's system is nowhere
        is_near = (np.abs(x - width / 2) < width) & (np.abs(y - height / 2) < height)
    if not is_near.any():
        return
    column, row = (np.floor(each[is_near] / grain).astype(np.int64) for each in (x, y))
    runs = _runs(row, column) * grain
    colour = style.fill or style.stroke
    opacity = style.fill_opacity if style.fill else style.stroke_opacity
    flat = replace(style, fill=colour, fill_opacity=opacity, stroke=None, hatch=None)
    for at in range(0, len(runs), TOGETHER // 4):
        left, top, right, bottom = runs[at : at + TOGETHER // 4].T
        corners = [[right, top], [right, bottom], [left, bottom], [left, top]]
        points = np.array(corners).transpose(2, 0, 1).reshape(-1, 2)
        count = len(left)
        rings = PixelOutlines(points, np.full(count, 4), np.ones(count, bool), is_area=True)
        yield CrowdShape(rings, flat, collection.info.id)


def _runs(row: Indices, column: Indices) -> Indices:
    """Return left, top, right and bottom of the runs of cells in a row, each cell once."""
    first_row, first_column = row.min(), column.min()
    # An empty column at the end keeps apart what ends one row and begins the next.
    width = column.max() - first_column + 2
    taken = np.zeros((row.max() - first_row + 1) * width + 1, dtype=bool)
    taken[(row - first_row) * width + (column - first_column) + 1] = True
    begins = np.flatnonzero(taken[1:] & ~taken[:-1])
    ends = np.flatnonzero(taken[:-1] & ~taken[1:])
    top, left = np.divmod(begins, width)
    right = left + (ends - begins)
    top, left, right = top + first_row, left + first_column, right + first_column
    return np.column_stack([left, top, right, top + 1])


def _place_px(bounds: Floats, viewport: Viewport) -> tuple[Floats, Floats]:
    """Return the middles of boxes of degrees in pixels."""
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    x, y = from_storage_xy(middles[:, 0].copy(), middles[:, 1].copy(), viewport.crs)
    across, down = viewport.unit_px
    return (x - viewport.bounds[0]) * across, (viewport.bounds[3] - y) * down


def _dots(
    collection: Collection, chosen: Indices, style: Style, viewport: Viewport
) -> Iterator[Shape]:
    """Yield points, of those that would hide each other one."""
    x, y = _place_px(collection.bounds[chosen], viewport)
    grain = max(style.radius * viewport.symbol_scale / 2, 0.5)
    cells = np.column_stack([np.floor(x / grain), np.floor(y / grain)])
    _, first_of_cell = np.unique(cells, axis=0, return_index=True)
    points = shapely.points(x[np.sort(first_of_cell)], y[np.sort(first_of_cell)])
    yield from _gathered(np.asarray(points, dtype=object), style, collection)


def _discs(
    collection: Collection, chosen: Indices, style: Style, viewport: Viewport
) -> Iterator[Shape]:
    geometries, properties = collection.geometries, collection.properties
    discs = np.array([circle(geometries[i], properties[i]) for i in chosen.tolist()], dtype=object)
    yield from _gathered(to_pixels(discs, viewport), replace(style, dash=(5.0, 4.0)), collection)


def _gathered(geometries: Objects, style: Style, collection: Collection) -> Iterator[Shape]:
    """Yield shapes of many geometries each."""
    seen = geometries[~shapely.is_empty(geometries)]
    is_points = len(seen) and shapely.get_dimensions(seen[0]) == 0
    gather: Callable[[Objects], Any] = (
        shapely.multipoints if is_points else shapely.geometrycollections
    )
    for part in slices(shapely.get_num_coordinates(seen), TOGETHER):
        yield Shape(gather(seen[part]), style, collection.info.id)
