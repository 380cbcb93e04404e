"""A drawing as a picture of pixels: which engine paints it, and what to do where there is none.

Skia paints where it is installed (the extra ``images``) with the libraries that it needs (libEGL,
libGL); elsewhere Pillow does, at three times the size brought down again, which is several times as
slow and as good to look at.
"""

from collections.abc import Callable
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from zones.drawing.model import Drawing
from zones.drawing.raster_encode import Form, encoded
from zones.drawing.raster_fonts import chinese_face

Engine = Literal["skia", "pillow"]
Pixels = NDArray[np.uint8]

SCREEN_DPI: Final = 96


def picture(drawing: Drawing, form: Form, *, ground: str = "#ffffff") -> bytes:
    """Return the drawing as a file; ``ground`` is what shows through in JPEG."""
    dpi = SCREEN_DPI * drawing.viewport.symbol_scale
    return encoded(painter()(drawing), form, dpi=dpi, background=ground)


def painter() -> Callable[[Drawing], Pixels]:
    """Return what turns drawings into pixels."""
    if engine() == "skia":
        from zones.drawing.raster_skia import paint

        return paint
    from zones.drawing.raster_pillow import paint as paint_slowly

    return paint_slowly


@cache
def engine() -> Engine:
    """Return what paints here."""
    return "pillow" if missing_library() is not None else "skia"


@cache
def missing_library() -> str | None:
    """Return what keeps Skia from being used, None if nothing does."""
    try:
        import skia  # noqa: F401 - to see whether it can be
    except ImportError as missing:
        return str(missing)
    return None


def is_font_missing() -> bool:
    """Return whether no font with Chinese as it is written on the mainland is installed."""
    return chinese_face() is None
