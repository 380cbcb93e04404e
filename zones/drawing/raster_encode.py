"""Pixels as files: PNG with few colours, JPEG, WebP."""

import io
import math
from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Form = Literal["png", "png24", "jpeg", "webp"]

MOST_COLOURS: Final = 256
LOOKED_AT: Final = 30_000
"""So many pixels tell which colours are common."""
FLAT: Final = 12
JPEG_QUALITY: Final = 90
WEBP_QUALITY: Final = 90
_QUICK: Final = 1
"""Level of compression: the sixth takes four times as long and saves a tenth."""
_GOOD: Final = 2
"""For a palette: half the time of the sixth, which saves a fifth."""


def encoded(pixels: Pixels, form: Form, *, dpi: float, background: str = "#ffffff") -> bytes:
    """Return the file; JPEG, which knows no transparency, on a background.

    ``png`` has a palette, of the very colours where they are no more than 256; ``png24`` has
    every pixel as it is.
    """
    from PIL import Image

    image = Image.fromarray(pixels)
    out = io.BytesIO()
    resolution = (dpi, dpi)
    if form == "jpeg":
        _flat(image, background).save(out, "JPEG", quality=JPEG_QUALITY, dpi=resolution)
    elif form == "webp":
        image.save(out, "WEBP", quality=WEBP_QUALITY)
    elif form == "png24":
        plain = image.convert("RGB") if _is_opaque(pixels) else image
        plain.save(out, "PNG", compress_level=_QUICK, dpi=resolution)
    else:
        _with_palette(image, pixels).save(out, "PNG", compress_level=_GOOD, dpi=resolution)
    return out.getvalue()


def _flat(image: Any, background: str) -> Any:
    from PIL import Image

    ground = Image.new("RGBA", image.size, background)
    return Image.alpha_composite(ground, image).convert("RGB")


def _with_palette(image: Any, pixels: Pixels) -> Any:
    """Return the picture in 256 colours, of which those of flat areas are as they were."""
    from PIL import Image

    plain = image.convert("RGB") if _is_opaque(pixels) else image
    few = plain.quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    mode = plain.mode
    palette = np.array(few.getpalette(mode), dtype=np.uint8).reshape(-1, len(mode))
    for index, colour in _flat_colours(np.asarray(few), pixels):
        palette[index] = colour[: len(mode)]
    few.putpalette(palette.tobytes(), mode)
    return few


def _flat_colours(indices: Pixels, pixels: Pixels) -> Iterator[tuple[int, Pixels]]:
    """Yield which entry of the palette stands for a colour that many pixels have, and the colour.

    The octree's entries are means of what is alike, edges of areas among it: a colour that people
    look up in a legend would be one off. Of two in one entry the commoner one comes last.
    """
    step = max(1, round(math.sqrt(indices.size / LOOKED_AT)))
    sampled = np.ascontiguousarray(pixels[::step, ::step]).view(np.uint32).ravel()
    colours, first, counts = np.unique(sampled, return_index=True, return_counts=True)
    entries = indices[::step, ::step].ravel()[first]
    for place in np.argsort(counts)[np.sort(counts) >= FLAT]:
        colour = colours[place : place + 1].view(np.uint8)
        yield int(entries[place]), colour


def _is_opaque(pixels: Pixels) -> bool:
    return bool((pixels[..., 3] == 255).all())  # noqa: PLR2004 - no alpha
