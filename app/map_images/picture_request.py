"""One picture as it is asked for, whichever service it is asked of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.http.fault_status import RequestError
from app.map_images.layer_list import PLAN, collections_of, collections_shown
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.model import CrowdShape, Drawing, Shape, Viewport
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.raster_engine import picture
from zones.drawing.svg import svg_text
from zones.messages import Lang
from zones.snapshot.model import Snapshot

Form = Literal["png", "png24", "jpeg", "webp", "svg"]

MEDIA_TYPES: Final[dict[Form, str]] = {
    "png": "image/png",
    "png24": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
LONGEST_SIDE: Final = 4096
"""Pixels; a picture of that size takes 64 MB while it is painted."""
LARGEST_SVG: Final = 8_000_000
SCREEN_DPI: Final = 96.0
LOWEST_DPI, HIGHEST_DPI = 24.0, 1200.0
WHITE: Final = "#ffffff"
_COLOUR: Final = re.compile(r"(?:0x|#)?([0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows, lowest layer first, where, and in which form.

    ``background`` None leaves it transparent. ``is_labelled`` is whether names are written.
    ``is_stacked`` False has the layers in the order of the map page, however they are listed.
    """

    layers: tuple[str, ...]
    viewport: Viewport
    form: Form
    lang: Lang = "zh"
    is_labelled: bool = True
    background: str | None = None
    is_stacked: bool = True


def made(snapshot: Snapshot, request: Picture) -> bytes:
    """Return the picture as a file."""
    drawing = drawn(snapshot, request)
    if request.form == "svg":
        return svg_text(drawing).encode()
    return picture(drawing, request.form, ground=request.background or WHITE)


def drawn(snapshot: Snapshot, request: Picture) -> Drawing:
    """Return the drawing, names on top of all.

    Several layers are drawn together, so that no name lies on another.
    """
    collections = collections_shown(snapshot, request.layers)
    ground = request.background
    if request.form == "jpeg":
        ground = ground or usual_ground(request.layers)
    drawing_request = DrawingRequest(
        collections=collections,
        lang=request.lang,
        has_labels=request.is_labelled,
        background=ground,
    )
    drawing = compose(snapshot, request.viewport, drawing_request)
    if len(request.layers) == 1 or not request.is_stacked:
        return drawing
    return _restacked(drawing, snapshot, request.layers)


def _restacked(drawing: Drawing, snapshot: Snapshot, layers: Sequence[str]) -> Drawing:
    """Return the drawing with shapes in the order of the layers; what belongs to names stays."""
    place = {
        id_: number
        for number, name in reversed(list(enumerate(layers)))
        for id_ in collections_of(snapshot, name)
    }
    last = len(layers)

    def level(shape: Shape | CrowdShape) -> int:
        return last if shape.collection is None else place.get(shape.collection, last)

    shapes = tuple(sorted(drawing.shapes, key=level))
    return Drawing(drawing.viewport, shapes, drawing.labels, drawing.background, drawing.unplaced)


def usual_ground(layers: Sequence[str]) -> str:
    """Return what shows where layers draw nothing: about the plan the colour of its neighbours."""
    neighbours = LOOKS["neighbour"].fill
    return neighbours if PLAN in layers and neighbours else WHITE


def colour(text: str, name: str) -> str:
    """Return ``#rrggbb`` of a colour written ``0xRRGGBB``, ``#rrggbb`` or ``rrggbb``.

    Raises
    ------
    RequestError
        ``image-colour``.
    """
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        raise RequestError("image-colour", loc=("query", name), name=name, given=text[:20])
    return f"#{found[1].lower()}"
