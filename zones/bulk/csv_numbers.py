"""Cells of a CSV text -> numbers, many at once and without holding up other threads."""

import re
from typing import Final

import numpy as np
import pyarrow as pa

from zones.bulk.answers import Floats
from zones.bulk.csv_scan import Bools, Bytes, Ints, Rows
from zones.bulk.placing import Coordinates

# float() would also take 1_000 and digits of other scripts.
_NUMBER: Final = re.compile(
    rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?|[+-]?(?:nan|inf|infinity)",
    re.IGNORECASE,
)
_QUOTE: Final = ord('"')


def coordinates_of(rows: Rows, x: int, y: int) -> Coordinates:
    """Return the numbers in the columns ``x`` and ``y``."""
    (xs, x_missing, x_bad), (ys, y_missing, y_bad) = (_numbers(rows, at) for at in (x, y))
    return Coordinates(xs, ys, x_missing | y_missing, x_bad | y_bad)


def _numbers(rows: Rows, column: int) -> tuple[Floats, Bools, Bools]:
    """Return a column's numbers, which are missing and which are none."""
    begins, ends = _unquoted(rows.text, *rows.column(column))
    missing = ends <= begins
    try:
        values = _cells(rows.text, begins, ends, missing).cast(pa.float64())
    except pa.ArrowInvalid:
        return _numbers_one_by_one(rows.text, begins, ends)
    return values.fill_null(np.nan).to_numpy(zero_copy_only=False), missing, np.zeros_like(missing)


def _unquoted(text: Bytes, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    quoted = (ends - begins > 1) & (text.take(begins, mode="clip") == _QUOTE)
    if not quoted.any():
        return begins, ends
    quoted &= text.take(ends - 1) == _QUOTE
    return begins + quoted, ends - quoted


def _cells(text: Bytes, begins: Ints, ends: Ints, missing: Bools) -> pa.BinaryArray:
    """Return the cells as an array that has the text as its buffer; null where missing."""
    # An array's values follow each other: every second one is the text between two cells.
    bounds = np.empty(2 * len(begins) + 1, np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1:] = begins, np.maximum(ends, begins), len(text)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text)]
    values = pa.Array.from_buffers(pa.binary(), 2 * len(begins), buffers)
    places = pa.array(np.arange(0, 2 * len(begins), 2), mask=missing if missing.any() else None)
    return values.take(places)


def _numbers_one_by_one(text: Bytes, begins: Ints, ends: Ints) -> tuple[Floats, Bools, Bools]:
    """Read numbers of which some are blank or none at all."""
    whole = text.tobytes()
    cells = [
        whole[begin:end].strip() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    is_number = [_NUMBER.fullmatch(cell) is not None for cell in cells]
    values = [float(cell) if good else np.nan for cell, good in zip(cells, is_number, strict=True)]
    missing = np.array([not cell for cell in cells], bool)
    return np.array(values, np.float64), missing, ~np.array(is_number, bool) & ~missing
