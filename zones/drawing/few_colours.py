"""Pixels as numbers of at most 256 colours, those of flat areas as they are.

Pixels whose colours differ by less than can be seen are one: of opaque pictures the upper five
bits of red, green and blue tell colours apart, of others the upper four and those of alpha. A map
has some dozens of colours, and where they meet, what lies between two of them.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colours = NDArray[np.integer[Any]]
"""Red in the lowest byte, alpha in the highest."""

MOST_COLOURS: Final = 256
LOOKED_AT: Final = 30_000
"""So many pixels tell which colours are common."""
FLAT: Final = 12
_ALPHA: Final = 24
_OPAQUE: Final = 255


def few_colours(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return which colour each pixel has, and the colours: red, green, blue and alpha of each.

    A colour that many pixels have is as it was: people look it up in a legend. Of two that become
    one it is the commoner.
    """
    colours = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    keys_of, colours_of = _BY_OPACITY[is_opaque(pixels)]
    keys = keys_of(colours).astype(np.intp)
    used = np.flatnonzero(np.bincount(keys.ravel()))
    if len(used) > MOST_COLOURS:
        return _few_by_octree(pixels, colours)
    number_of = np.zeros(used[-1] + 1, np.uint8)
    number_of[used] = np.arange(len(used))
    palette = colours_of(used.astype(np.uint32))
    common = _common_colours(colours)
    palette[number_of[keys_of(common)]] = common
    return number_of.take(keys), palette.view(np.uint8).reshape(-1, 4)


def is_opaque(pixels: Pixels) -> bool:
    """Return whether nothing shines through any pixel."""
    colours = np.ascontiguousarray(pixels).view(np.uint32)
    return bool(np.bitwise_and.reduce(colours, axis=None) >> _ALPHA == _OPAQUE)


def _opaque_keys(colours: Colours) -> Colours:
    keys: Colours = (colours >> 3) & 0x1F
    keys |= (colours >> 6) & 0x3E0
    keys |= (colours >> 9) & 0x7C00
    return keys


def _opaque_colours(keys: Colours) -> Colours:
    red, green, blue = keys & 0x1F, keys >> 5 & 0x1F, keys >> 10
    whole = [part << 3 | part >> 2 for part in (red, green, blue)]
    found: Colours = whole[0] | whole[1] << 8 | whole[2] << 16 | np.uint32(_OPAQUE << _ALPHA)
    return found


def _keys(colours: Colours) -> Colours:
    keys: Colours = (colours >> 4) & 0xF
    keys |= (colours >> 8) & 0xF0
    keys |= (colours >> 12) & 0xF00
    keys |= (colours >> 16) & 0xF000
    return keys


def _colours(keys: Colours) -> Colours:
    halves = keys & 0xF | (keys & 0xF0) << 4 | (keys & 0xF00) << 8 | (keys & 0xF000) << 12
    found: Colours = halves | halves << 4
    return found


_BY_OPACITY: Final = {True: (_opaque_keys, _opaque_colours), False: (_keys, _colours)}


def _common_colours(colours: Colours) -> Colours:
    """Return the colours that many pixels have, the commonest last."""
    sampled = np.sort(_sampled(colours), axis=None)
    first = np.flatnonzero(np.append(True, sampled[1:] != sampled[:-1]))
    counts = np.diff(np.append(first, len(sampled)))
    is_common = counts >= FLAT
    common: Colours = sampled[first[is_common]][np.argsort(counts[is_common], kind="stable")]
    return common


def _sampled(picture: NDArray[Any]) -> NDArray[Any]:
    step = max(1, round(math.sqrt(picture.size / LOOKED_AT)))
    return picture[::step, ::step]


def _few_by_octree(pixels: Pixels, colours: Colours) -> tuple[Pixels, Pixels]:
    """Return the same of a picture of very many colours, each the mean of those that are alike."""
    from PIL import Image

    image: Any = Image.fromarray(pixels)
    few = image.quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    indices = np.asarray(few, dtype=np.uint8)
    palette = np.array(few.getpalette("RGBA"), dtype=np.uint8).reshape(-1, 4)
    sampled, first, counts = np.unique(_sampled(colours), return_index=True, return_counts=True)
    numbers = _sampled(indices).ravel()[first]
    for place in np.argsort(counts)[np.sort(counts) >= FLAT]:
        palette[numbers[place]] = sampled[place : place + 1].view(np.uint8)
    return indices, palette
