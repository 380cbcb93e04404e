"""A drawing as pixels, by Pillow alone: three times as large, then brought down.

For systems where Skia cannot be loaded. Strokes have no round caps between dashes, and each shape
that lets through what is below costs a layer of its own; what is seen is the same.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from zones.drawing.model import LINE_HEIGHT, CrowdShape, Drawing, Label, Shape, Style
from zones.drawing.raster_fonts import chinese_face
from zones.drawing.text_width import DOWNWARDS_EM

Pixels = NDArray[np.uint8]

FINER: Final = 3
HALO_EM: Final = 0.11
"""How far the halo reaches beyond a letter."""
HATCH_PX: Final = 5.7
_FONTS: Final = 64
_AREA: Final = 2


def paint(drawing: Drawing) -> Pixels:
    """Return the picture as rows of red, green, blue and alpha, not multiplied by alpha."""
    from PIL import Image

    view = drawing.viewport
    size = math.ceil(view.width_px), math.ceil(view.height_px)
    large = size[0] * FINER, size[1] * FINER
    image = Image.new("RGBA", large, drawing.background or (255, 255, 255, 0))
    for shape in drawing.shapes:
        _add_shape(image, shape, view.symbol_scale)
    small = image.reduce(FINER)
    for label in drawing.labels:
        _write(small, label)
    return np.asarray(small)


def _add_shape(image: Any, shape: Shape | CrowdShape, scale: float) -> None:
    style = shape.style
    parts = shapely.get_parts(shapely.get_parts(shape.geometry))
    inside = shapely.box(0, 0, image.width / FINER, image.height / FINER)
    for part in parts[shapely.intersects(shapely.envelope(parts), inside)]:
        if shapely.get_dimensions(part) == 0:
            part = shapely.buffer(part, style.radius)  # noqa: PLW2901 - drawn as a disc
        if shapely.get_dimensions(part) == _AREA:
            _fill(image, part, style, scale)
        _stroke(image, part, style)


def _fill(image: Any, area: Any, style: Style, scale: float) -> None:
    from PIL import Image, ImageDraw

    if not style.fill and not style.hatch:
        return
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    rings = shapely.get_rings(area)
    draw.polygon(_points(rings[0]), fill=255)
    for hole in rings[1:]:
        draw.polygon(_points(hole), fill=0)
    if style.fill:
        _lay(image, mask, style.fill, style.fill_opacity)
    if style.hatch:
        _lay(image, _hatched(mask, scale), style.hatch, style.fill_opacity)


def _hatched(mask: Any, scale: float) -> Any:
    from PIL import Image, ImageChops, ImageDraw

    lines = Image.new("L", mask.size, 0)
    draw = ImageDraw.Draw(lines)
    step = HATCH_PX * scale * math.sqrt(2) * FINER
    width, height = mask.size
    for total in np.arange(0, width + height, step).tolist():
        draw.line(
            [(total, 0), (total - height, height)], fill=255, width=round(1.3 * scale * FINER)
        )
    return ImageChops.multiply(mask, lines)


def _stroke(image: Any, geometry: Any, style: Style) -> None:
    from PIL import Image, ImageDraw

    if not style.stroke or style.stroke_width <= 0:
        return
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    width = max(1, round(style.stroke_width * FINER))
    for line in _lines(geometry):
        for run in _dashed(line, style.dash):
            draw.line(_points(run), fill=255, width=width, joint="curve")
    _lay(image, mask, style.stroke, style.stroke_opacity)


def _lines(geometry: Any) -> Any:
    if shapely.get_dimensions(geometry) == _AREA:
        return shapely.get_rings(geometry)
    return shapely.get_parts(geometry)


def _dashed(line: Any, dash: tuple[float, ...]) -> Iterator[Any]:
    if not dash:
        yield line
        return
    path = shapely.LineString(shapely.get_coordinates(line))
    even = dash if len(dash) % 2 == 0 else dash * 2
    at, number = 0.0, 0
    while at < path.length:
        end = at + even[number % len(even)]
        if number % 2 == 0:
            yield shapely.ops.substring(path, at, min(end, path.length))
        at, number = end, number + 1


def _lay(image: Any, mask: Any, colour: str, opacity: float) -> None:
    """Lay a colour over the picture where the mask is."""
    from PIL import Image

    box = mask.getbbox()
    if box is None:
        return
    part = mask.crop(box).point(lambda value: round(value * opacity))
    layer = Image.new("RGBA", part.size, colour)
    layer.putalpha(part)
    image.alpha_composite(layer, box[:2])


def _points(line: Any) -> list[tuple[float, float]]:
    places = shapely.get_coordinates(line) * FINER
    return [(x, y) for x, y in places.tolist()]


def _write(image: Any, label: Label) -> None:
    """Write a label on a picture of its own, turned and laid over the other."""
    from PIL import Image, ImageDraw

    style = label.style
    lines = list(label.text) if label.downwards else label.text.split("\n")
    step = style.size * (DOWNWARDS_EM + style.spacing if label.downwards else LINE_HEIGHT)
    reach = math.ceil(max(*map(len, lines), len(lines)) * style.size * (2 + style.spacing))
    side = min(2 * reach + 4, 2048)
    layer = Image.new("RGBA", (side, side))
    draw, middle = ImageDraw.Draw(layer), side / 2
    for number, line in enumerate(lines):
        y = middle + step * (number - (len(lines) - 1) / 2)
        draw.text(
            (middle, y),
            line,
            font=_font(round(style.size, 1), bold=style.bold),
            fill=style.colour,
            anchor="mm",
            stroke_width=style.size * HALO_EM if style.halo else 0,
            stroke_fill=style.halo,
        )
    if label.angle:
        layer = layer.rotate(-label.angle, resample=Image.Resampling.BICUBIC)
    place = round(label.x - middle), round(label.y - middle)
    _overlay(image, layer, place)


def _overlay(image: Any, layer: Any, place: tuple[int, int]) -> None:
    """Lay a picture over another, of which a part may be beyond the edge."""
    left, top = max(0, -place[0]), max(0, -place[1])
    right = min(layer.width, image.width - place[0])
    bottom = min(layer.height, image.height - place[1])
    if left < right and top < bottom:
        part = layer.crop((left, top, right, bottom))
        image.alpha_composite(part, (place[0] + left, place[1] + top))


@lru_cache(maxsize=_FONTS)
def _font(size: float, *, bold: bool) -> Any:
    from PIL import ImageFont

    face = chinese_face(bold=bold)
    if face is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(face.path), size, index=face.index)
