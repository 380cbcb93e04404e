"""A drawing as pixels, by Skia on the processor."""

import math
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

import numpy as np
import shapely
import skia
from numpy.typing import NDArray

from zones.drawing.model import CrowdShape, Drawing, Shape, Style
from zones.drawing.raster_letters import colour_of, paint_of, write
from zones.drawing.raster_paths import path_of, path_of_runs
from zones.memory.work_in_slices import slices

Pixels = NDArray[np.uint8]
Objects = NDArray[np.object_]

HATCH_PX: Final = 5.7
"""From one line of a hatch to the next."""
MANY: Final = 64
"""Shapes in one style after each other that are painted together: where they overlap, their
colours do not add up, which is a third of the work."""
AT_ONCE: Final = 4_000
"""Vertices painted by one call, which keeps the interpreter: a millisecond or two."""


def paint(drawing: Drawing) -> Pixels:
    """Return the picture as rows of red, green, blue and alpha, not multiplied by alpha."""
    view = drawing.viewport
    size = math.ceil(view.height_px), math.ceil(view.width_px), 4
    pixels: Pixels = np.zeros(size, np.uint8)
    canvas = skia.Canvas(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    if drawing.background:
        canvas.clear(colour_of(drawing.background))
    scale = view.symbol_scale
    for is_crowd, shapes in groupby(
        drawing.shapes, key=lambda shape: isinstance(shape, CrowdShape)
    ):
        if is_crowd:
            _paint_crowd(canvas, shapes, scale)
        else:
            for style, geometries in _runs(shapes):
                _paint_shapes(canvas, style, geometries, scale)
    write(canvas, drawing.labels)
    return pixels if drawing.background else _not_multiplied(pixels)


def _not_multiplied(pixels: Pixels) -> Pixels:
    """Return the pixels with colours as they are, not as much of them as alpha lets through."""
    image = skia.Image.fromarray(
        pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType, copy=False
    )
    found: Pixels = image.toarray(colorType=skia.kRGBA_8888_ColorType)
    return found


def _paint_crowd(canvas: Any, shapes: Iterable[Shape | CrowdShape], scale: float) -> None:
    for shape in shapes:
        if isinstance(shape, CrowdShape):
            path = path_of_runs(
                skia, shape.outlines.points, shape.outlines.counts, closed=shape.outlines.is_area
            )
            if shape.outlines.is_area:
                _fill(canvas, path, shape.style, scale)
            _stroke(canvas, path, shape.style, is_ring=shape.outlines.is_area)


def _runs(shapes: Iterable[Shape | CrowdShape]) -> Iterator[tuple[Style, Objects]]:
    """Yield the geometries to be painted with one call, in their order."""
    for style, run in groupby(shapes, key=lambda shape: shape.style):
        geometries = np.array([shape.geometry for shape in run], dtype=object)
        if len(geometries) < MANY:
            yield from ((style, geometries[at : at + 1]) for at in range(len(geometries)))
            continue
        sizes = shapely.get_num_coordinates(geometries)
        yield from ((style, geometries[part]) for part in slices(sizes, AT_ONCE))


def _paint_shapes(canvas: Any, style: Style, geometries: Objects, scale: float) -> None:
    parts = shapely.get_parts(shapely.get_parts(geometries))
    dimensions = shapely.get_dimensions(parts)
    if (areas := parts[dimensions == 2]).size:  # noqa: PLR2004 - areas have two
        path = path_of(skia, areas)
        _fill(canvas, path, style, scale)
        _stroke(canvas, path, style, is_ring=True)
    if (lines := parts[dimensions == 1]).size:
        _stroke(canvas, path_of(skia, lines), style, is_ring=False)
    if (points := parts[dimensions == 0]).size:
        circles = _circles(shapely.get_coordinates(points), style.radius)
        _fill(canvas, circles, style, scale)
        _stroke(canvas, circles, style, is_ring=True)


def _circles(points: NDArray[np.float64], radius: float) -> Any:
    path = skia.Path()
    for x, y in points.tolist():
        path.addCircle(x, y, radius)
    return path


def _fill(canvas: Any, path: Any, style: Style, scale: float) -> None:
    if style.fill:
        paint = paint_of(style.fill, style.fill_opacity)
        paint.setAntiAlias(not _hides_edges(style))
        canvas.drawPath(path, paint)
    if style.hatch:
        _hatch(canvas, path, style, scale)


def _hides_edges(style: Style) -> bool:
    """Return whether an area's outline lies over all pixels that its edge runs through.

    Then these need not be smooth, which of some hundred areas takes four times as long.
    """
    is_line = bool(style.stroke) and not style.dash
    return is_line and style.stroke_opacity == 1 and style.stroke_width >= 1


def _hatch(canvas: Any, path: Any, style: Style, scale: float) -> None:
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    bounds = path.getBounds().makeOutset(1, 1)
    if bounds.intersect(skia.Rect.Make(canvas.getDeviceClipBounds())):
        paint = paint_of(style.hatch or "#000000", style.fill_opacity)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(1.3 * scale)
        canvas.drawPath(_diagonals(bounds, HATCH_PX * scale * math.sqrt(2)), paint)
    canvas.restore()


def _diagonals(bounds: Any, step: float) -> Any:
    """Return lines rising to the right; they go on from shape to shape and tile to tile."""
    path = skia.Path()
    low = math.floor((bounds.left() + bounds.top()) / step) * step
    for total in np.arange(low, bounds.right() + bounds.bottom() + step, step).tolist():
        path.moveTo(total - bounds.top(), bounds.top())
        path.lineTo(total - bounds.bottom(), bounds.bottom())
    return path


def _stroke(canvas: Any, path: Any, style: Style, *, is_ring: bool) -> None:
    if not style.stroke or style.stroke_width <= 0:
        return
    paint = paint_of(style.stroke, style.stroke_opacity)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(style.stroke_width)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    # Of thin rings Skia would lengthen the first side and the last, as if these had ends.
    is_round = style.cap == "round" and (not is_ring or style.dash)
    paint.setStrokeCap(skia.Paint.kRound_Cap if is_round else skia.Paint.kButt_Cap)
    if style.dash:
        even = style.dash if len(style.dash) % 2 == 0 else style.dash * 2
        paint.setPathEffect(skia.DashPathEffect.Make([*even], 0))
    canvas.drawPath(path, paint)
