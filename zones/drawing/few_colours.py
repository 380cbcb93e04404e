"""Pixels as numbers of at most 255 colours, those of flat areas as they are.

Pixels whose colours differ by less than can be seen are one: of opaque pictures the upper five
bits of red, green and blue tell colours apart, of others the upper four and those of alpha. A map
has some dozens of colours, and where they meet, what lies between two of them.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colours = NDArray[np.integer[Any]]
"""Red in the lowest byte, alpha in the highest."""

MOST_COLOURS: Final = 255
LOOKED_AT: Final = 30_000
"""So many pixels tell which colours are common."""
FLAT: Final = 12
ROWS_AT_ONCE: Final = 64
"""What is worked out of so many rows of a picture stays near the processor."""
_UNSEEN: Final = 255
_KEYS: Final = 2**16
_ALPHA: Final = 24
_OPAQUE: Final = 255


def few_colours(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return which colour each pixel has, and the colours: red, green, blue and alpha of each.

    A colour that many pixels have is as it was: people look it up in a legend. Of two that become
    one it is the commoner.
    """
    colours = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    keys_of, colours_of = _BY_OPACITY[is_opaque(pixels)]
    keys = _in_pieces(keys_of, colours)
    found = _numbered(keys)
    if found is None:
        return _few_by_octree(pixels, colours)
    indices, used = found
    palette = colours_of(used.astype(np.uint32))
    common = _common_colours(colours)
    number_of = np.zeros(used.max() + 1, np.uint8)
    number_of[used] = np.arange(len(used))
    palette[number_of[keys_of(common)]] = common
    return indices, palette.view(np.uint8).reshape(-1, 4)


def _in_pieces(keys_of: Callable[[Colours], Colours], colours: Colours) -> NDArray[np.intp]:
    keys = np.empty(colours.shape, np.intp)
    for row in range(0, len(colours), ROWS_AT_ONCE):
        keys[row : row + ROWS_AT_ONCE] = keys_of(colours[row : row + ROWS_AT_ONCE])
    return keys


def _numbered(keys: NDArray[np.intp]) -> tuple[Pixels, NDArray[np.intp]] | None:
    """Return each key's number and the keys by their numbers; None if they are too many.

    Most are among those of some pixels; the rest are few, so that counting all takes longer.
    """
    used = _distinct(_sampled(keys))
    if len(used) > MOST_COLOURS:
        return None
    number_of = np.full(_KEYS, _UNSEEN, np.uint8)
    number_of[used] = np.arange(len(used))
    indices = number_of.take(keys)
    is_unseen = indices == _UNSEEN
    if is_unseen.any():
        rest = keys[is_unseen]
        used = np.append(used, _distinct(rest))
        if len(used) > MOST_COLOURS:
            return None
        number_of[used] = np.arange(len(used))
        indices[is_unseen] = number_of[rest]
    return indices, used


def _distinct(keys: NDArray[np.intp]) -> NDArray[np.intp]:
    is_used = np.zeros(_KEYS, bool)
    is_used[keys] = True
    return np.flatnonzero(is_used)


def is_opaque(pixels: Pixels) -> bool:
    """Return whether nothing shines through any pixel."""
    colours = np.ascontiguousarray(pixels).view(np.uint32)
    return bool(np.bitwise_and.reduce(colours, axis=None) >> _ALPHA == _OPAQUE)


def _opaque_keys(colours: Colours) -> Colours:
    keys: Colours = colours >> 3
    keys &= 0x1F
    for shift, mask in ((6, 0x3E0), (9, 0x7C00)):
        part = colours >> shift
        part &= mask
        keys |= part
    return keys


def _opaque_colours(keys: Colours) -> Colours:
    red, green, blue = keys & 0x1F, keys >> 5 & 0x1F, keys >> 10
    whole = [part << 3 | part >> 2 for part in (red, green, blue)]
    found: Colours = whole[0] | whole[1] << 8 | whole[2] << 16 | np.uint32(_OPAQUE << _ALPHA)
    return found


def _keys(colours: Colours) -> Colours:
    keys: Colours = colours >> 4
    keys &= 0xF
    for shift, mask in ((8, 0xF0), (12, 0xF00), (16, 0xF000)):
        part = colours >> shift
        part &= mask
        keys |= part
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
