"""Pixels as files: PNG with few colours, JPEG, WebP."""

import io
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from zones.drawing.few_colours import few_colours, is_opaque
from zones.drawing.png import indexed_png, true_colour_png

Pixels = NDArray[np.uint8]
Form = Literal["png", "png24", "jpeg", "webp"]

JPEG_QUALITY: Final = 90
WEBP_QUALITY: Final = 90


def encoded(pixels: Pixels, form: Form, *, dpi: float, background: str = "#ffffff") -> bytes:
    """Return the file; JPEG, which knows no transparency, on a background.

    ``png`` has a palette, in which colours of flat areas are as they were; ``png24`` has every
    pixel as it is.
    """
    if form == "png":
        return indexed_png(*few_colours(pixels), dpi=dpi)
    if form == "png24":
        return true_colour_png(pixels[..., :3] if is_opaque(pixels) else pixels, dpi=dpi)
    from PIL import Image

    image, out = Image.fromarray(pixels), io.BytesIO()
    if form == "jpeg":
        _flat(image, background).save(out, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
    else:
        image.save(out, "WEBP", quality=WEBP_QUALITY)
    return out.getvalue()


def _flat(image: Any, background: str) -> Any:
    from PIL import Image

    ground = Image.new("RGBA", image.size, background)
    return Image.alpha_composite(ground, image).convert("RGB")
