"""Fids that are numbers: as those of most tables are, and as vector tiles and ArcGIS want them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from zones.ragged_arrays import Integers, offsets_of
from zones.segment_files.file_layout import Array

LARGEST: Final = (1 << 53) - 1
"""What JavaScript counts exactly."""
_ZERO: Final = ord("0")


def decimal_numbers(encoded: Array, offsets: Array) -> Integers | None:
    """Return n fids as numbers, shape (n,), if every one of them is one.

    A number is written in decimal digits, without sign or leading zeros, and at most 2^53 - 1.

    Parameters
    ----------
    encoded
        The fids one behind the other in UTF-8.
    offsets
        Where each begins in it, and the end of the last, shape (n + 1,).
    """
    lengths = np.diff(offsets)
    if not len(lengths):
        return np.zeros(0, np.int64)
    is_short = lengths.min() > 0 and lengths.max() <= len(str(LARGEST))
    if not is_short or encoded.min() < _ZERO or encoded.max() > _ZERO + 9:
        return None
    begins = offsets[:-1]
    if ((encoded[begins] == _ZERO) & (lengths > 1)).any():
        return None
    numbers = np.zeros(len(lengths), np.int64)
    for place in range(int(lengths.max())):
        has = lengths > place
        numbers[has] = numbers[has] * 10 + encoded[begins[has] + place] - _ZERO
    return numbers if numbers.max() <= LARGEST else None


def decimal_fids(fids: Sequence[str]) -> Integers | None:
    """Return what ``decimal_numbers`` returns, of fids as texts."""
    if len(fids) and not fids[0].isdigit():
        return None  # soon told, as most fids that are no numbers
    joined = "".join(fids)
    if not joined.isascii() or (joined and not joined.isdigit()):
        return None
    lengths = np.fromiter(map(len, fids), np.int64, len(fids))
    return decimal_numbers(np.frombuffer(joined.encode(), np.uint8), offsets_of(lengths))
