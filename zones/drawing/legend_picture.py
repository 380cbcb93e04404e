"""A legend as a drawing of its own: signs in a column, words beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import STORAGE
from zones.drawing.legend_entries import LegendEntry
from zones.drawing.model import Drawing, Label, LabelStyle, Shape, Style, Viewport
from zones.drawing.text_width import text_em

SIGN_PX: Final = (26.0, 15.0)
"""Width and height of a sign in pixels of the screen."""
ROW_PX: Final = 22.0
_EDGE_PX, _GAP_PX = 6.0, 8.0
_TITLE: Final = LabelStyle(size=12.5, bold=True, halo=None)
_TEXT: Final = LabelStyle(size=12, halo=None)


def legend_size(entries: Sequence[LegendEntry], scale: float = 1.0) -> tuple[int, int]:
    """Return width and height in pixels of the picture of these entries."""
    widest = max((_width(entry) for entry in entries), default=0.0)
    height = ROW_PX * len(entries) + 2 * _EDGE_PX
    return ceil((widest + 2 * _EDGE_PX) * scale), ceil(height * scale)


def legend_drawing(
    entries: Sequence[LegendEntry], *, scale: float = 1.0, background: str | None = None
) -> Drawing:
    """Return the picture; ``scale`` is how many of its pixels a screen's pixel is."""
    width, height = legend_size(entries, scale)
    view = Viewport(STORAGE, (0.0, 0.0, 1.0, 1.0), width, height, scale)
    shapes = [shape for row, entry in enumerate(entries) for shape in _sign(entry, row, scale)]
    labels = [_words(entry, row, scale) for row, entry in enumerate(entries)]
    return Drawing(view, tuple(shapes), tuple(labels), background)


def sign_drawing(entry: LegendEntry) -> Drawing:
    """Return the sign of an entry alone."""
    width, height = SIGN_PX[0] + 2 * _EDGE_PX, ROW_PX
    view = Viewport(STORAGE, (0.0, 0.0, 1.0, 1.0), ceil(width), ceil(height))
    geometry = _geometry(entry, height / 2)
    return Drawing(view, tuple(Shape(geometry, style) for style in entry.styles), ())


def _width(entry: LegendEntry) -> float:
    style, left = (_TEXT, SIGN_PX[0] + _GAP_PX) if entry.styles else (_TITLE, 0.0)
    return left + text_em(entry.title) * style.size


def _words(entry: LegendEntry, row: int, scale: float) -> Label:
    style, left = (_TEXT, SIGN_PX[0] + _GAP_PX) if entry.styles else (_TITLE, 0.0)
    x = _EDGE_PX + left + text_em(entry.title) * style.size / 2
    y = _EDGE_PX + ROW_PX * (row + 0.5)
    scaled = LabelStyle(style.size * scale, style.colour, None, style.bold)
    return Label(entry.title, x * scale, y * scale, scaled)


def _sign(entry: LegendEntry, row: int, scale: float) -> Iterator[Shape]:
    middle = _EDGE_PX + ROW_PX * (row + 0.5)
    geometry = shapely.transform(_geometry(entry, middle), lambda places: places * scale)
    for style in entry.styles:
        yield Shape(geometry, _scaled(style, scale))


def _geometry(entry: LegendEntry, middle: float) -> BaseGeometry:
    width, height = SIGN_PX
    if entry.kind == "point":
        return shapely.Point(_EDGE_PX + width / 2, middle)
    if entry.kind == "line":
        return shapely.LineString([(_EDGE_PX, middle), (_EDGE_PX + width, middle)])
    top = middle - height / 2
    return shapely.box(_EDGE_PX + 1, top, _EDGE_PX + width - 1, top + height)


def _scaled(style: Style, scale: float) -> Style:
    dash = tuple(part * scale for part in style.dash)
    return replace(
        style, stroke_width=style.stroke_width * scale, radius=style.radius * scale, dash=dash
    )
