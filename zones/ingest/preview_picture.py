"""All that an import would change as one picture: more shapes than a page can draw one by one."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import BBox

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIDE_PX: Final = 2048
_MARGIN_DEG: Final = 0.001
_OPAQUE: Final = 255
_FILL: Final = 90
_POINT_PX: Final = 2
_POLYGON: Final = 3  # as GEOS numbers types

Array = NDArray[Any]
Colour = tuple[int, int, int]
COLOURS: Final[Mapping[str, Colour]] = {
    "removed": (0xB3, 0x26, 0x1E),
    "changed": (0xD0, 0x7A, 0x00),
    "added": (0x1F, 0x8A, 0x4C),
}
"""As in the legend of the pages; what is added lies on top."""


def preview_picture(shapes: Mapping[str, Sequence[Any]]) -> tuple[bytes, BBox] | None:
    """Return a PNG of shapes by what becomes of them, and the degrees that it covers.

    Its rows are evenly spaced in Web Mercator, where a map lays it over its ground. Holes are
    filled. None if no shape has a place.
    """
    from PIL import Image, ImageDraw

    parts = {kind: _parts(shapes.get(kind, ())) for kind in COLOURS}
    everything = np.concatenate(list(parts.values()))
    if not len(everything):
        return None
    box = shapely.total_bounds(everything)
    west, south, east, north = (box + _MARGIN_DEG * np.array([-1, -1, 1, 1])).tolist()
    (left, low), (right, high) = _mercator(np.array([(west, south), (east, north)])).tolist()
    per_px = max(right - left, high - low) / SIDE_PX
    image = Image.new("RGBA", (_pixels(right - left, per_px), _pixels(high - low, per_px)))
    draw = ImageDraw.Draw(image)
    for kind, array in parts.items():
        for is_area, places in _outlines(array, origin=(left, high), per_px=per_px):
            _draw(draw, places, COLOURS[kind], is_area=is_area)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), BBox(west, south, east, north)


def _pixels(span: float, per_px: float) -> int:
    return max(1, int(np.ceil(span / per_px)))


def _parts(shapes: Sequence[Any]) -> Array:
    """Return the single points, lines and areas of shapes, which may be None."""
    array = np.array(shapes, dtype=object)
    parts = shapely.get_parts(shapely.get_parts(array[~shapely.is_missing(array)]))
    return np.asarray(parts[~shapely.is_empty(parts)])


def _mercator(places: Array) -> Array:
    """Return degrees in the plane of Web Mercator, in radii of the earth."""
    x, y = np.radians(places).T
    return np.column_stack([x, np.arcsinh(np.tan(y))])


def _outlines(
    parts: Array, *, origin: tuple[float, float], per_px: float
) -> Iterable[tuple[bool, list[float]]]:
    """Yield of each part whether it is an area, and its outline as x, y, x, y in pixels."""
    is_area = shapely.get_type_id(parts) == _POLYGON
    outlines = np.where(is_area, shapely.get_exterior_ring(parts), parts)
    places, owner = shapely.get_coordinates(outlines, return_index=True)
    if not len(places):
        return
    px = (_mercator(places) - origin) * (1, -1) / per_px
    pieces = np.split(px, np.flatnonzero(np.diff(owner)) + 1)
    yield from zip(is_area.tolist(), (piece.ravel().tolist() for piece in pieces), strict=True)


def _draw(draw: "ImageDraw", places: list[float], colour: Colour, *, is_area: bool) -> None:
    solid = (*colour, _OPAQUE)
    if is_area:
        draw.polygon(places, fill=(*colour, _FILL), outline=solid)
    elif len(places) > 2:  # noqa: PLR2004 - more than one place is a line
        draw.line(places, fill=solid)
    else:
        x, y = places
        reach = _POINT_PX
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=solid)
