"""Words instead of a map, for clients that show nothing but pictures."""

from typing import Final

from app.map_images.picture_request import WHITE, Form
from zones.crs.transform import STORAGE
from zones.drawing.model import Drawing, Label, LabelStyle, Viewport
from zones.drawing.raster_engine import picture
from zones.drawing.svg import svg_text
from zones.drawing.text_width import balanced

_STYLE: Final = LabelStyle(size=13, colour="#9c1f16", halo=WHITE)


def notice(text: str, width: int, height: int, form: Form, *, background: str | None) -> bytes:
    """Return a picture with a text in its middle, or with nothing if the text is empty."""
    drawing = _drawing(text, width, height, background)
    if form == "svg":
        return svg_text(drawing).encode()
    return picture(drawing, form, ground=background or WHITE)


def _drawing(text: str, width: int, height: int, background: str | None) -> Drawing:
    view = Viewport(STORAGE, (0.0, 0.0, 1.0, 1.0), width, height)
    most_em = max(width / _STYLE.size - 2, 4)
    lines = "\n".join(balanced(line, most_em) for line in text.splitlines())
    labels = (Label(lines, width / 2, height / 2, _STYLE),) if lines else ()
    return Drawing(view, (), labels, background)
