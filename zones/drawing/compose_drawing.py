"""Collections at a revision, a viewport and a language: the drawing of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from zones.drawing.draw_plan_layers import Stroke
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.features_in_view import features_in_view
from zones.drawing.label_placement import place_labels
from zones.drawing.model import Bounds, CrowdShape, Drawing, Shape, Style, Viewport
from zones.drawing.names_in_view import areas_to_name, names_in_view
from zones.drawing.project_to_pixels import to_pixels
from zones.snapshot.model import Snapshot


def compose(snapshot: Snapshot, viewport: Viewport, request: DrawingRequest) -> Drawing:
    """Return the picture of what lies in the viewport.

    Raises
    ------
    UnknownCollectionError
        If a collection that is asked for does not exist.
    """
    view = features_in_view(snapshot, viewport, request)
    has_labels = request.has_labels
    names = list(names_in_view(snapshot, view.layers, viewport, request)) if has_labels else []
    strokes = [each for each in view.drawn if isinstance(each, Stroke)]
    geometries = [each.geometry for each in strokes] + [each.geometry for each in names]
    pixels = _Pixels(geometries, viewport)
    shapes = list(_shapes(view.drawn, pixels, viewport))
    placed = place_labels(
        [replace(each, geometry=pixels.of(each.geometry)) for each in names],
        viewport,
        request.lang,
        areas=areas_to_name(view.areas, viewport, request) if has_labels else (),
        dots=_dots(shapes),
        covered=request.covered,
    )
    everything = (*shapes, *placed.furniture)
    return Drawing(viewport, everything, placed.labels, request.background, placed.unplaced)


def _shapes(
    drawn: Sequence[Stroke | Shape | CrowdShape], pixels: "_Pixels", viewport: Viewport
) -> Iterator[Shape | CrowdShape]:
    """Yield what is in view of the strokes, and what is drawn together, in its place."""
    for each in drawn:
        if not isinstance(each, Stroke):
            yield replace(each, style=_scaled(each.style, viewport))
            continue
        geometry = pixels.of(each.geometry)
        if not geometry.is_empty:
            yield Shape(geometry, _scaled(each.style, viewport), each.collection, each.fid)


class _Pixels:
    """Geometries in pixels, each brought there once however often it is drawn."""

    def __init__(self, geometries: Sequence[BaseGeometry], viewport: Viewport) -> None:
        distinct = {id(geometry): geometry for geometry in geometries}
        array = np.empty(len(distinct), dtype=object)
        array[:] = list(distinct.values())
        placed: list[Any] = to_pixels(array, viewport).tolist()
        self._placed = dict(zip(distinct, placed, strict=True))

    def of(self, geometry: BaseGeometry) -> Any:
        """Return the geometry in pixels; empty if it is not in view."""
        return self._placed[id(geometry)]


def _scaled(style: Style, viewport: Viewport) -> Style:
    """Return a style in the picture's pixels."""
    scale = viewport.symbol_scale
    if scale == 1:
        return style
    return replace(
        style,
        stroke_width=style.stroke_width * scale,
        radius=style.radius * scale,
        dash=tuple(part * scale for part in style.dash),
    )


def _dots(shapes: Sequence[Shape | CrowdShape]) -> Iterator[Bounds]:
    """Return the boxes of what is drawn as points, which names are to leave free."""
    for shape in shapes:
        if isinstance(shape, Shape) and shape.geometry.geom_type == "Point":
            x, y, radius = shape.geometry.x, shape.geometry.y, shape.style.radius
            yield x - radius, y - radius, x + radius, y + radius
