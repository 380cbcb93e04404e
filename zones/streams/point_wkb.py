"""Points in WKB -> coordinates, all of a column at once, without GEOS.

OGC 06-103r4 (WKB, with Z, M and ZM as thousands of the type) and PostGIS's EWKB (the same as flags
of the type, and an SRID). A point is taken that is exactly as long as it says; bytes from anybody
are never followed.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zones.lookup.bulk_locator import Bools, Floats, Ints

Bytes = NDArray[np.uint8]

_HEAD: Final = 5
_SRID_BYTES: Final = 4
_ORDINATE: Final = 8
_POINT: Final = 1
_LAST_KIND: Final = 17  # OGC 06-103r4, table 7
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000
_OF_KIND: Final = 0x1FFFFFFF


@dataclass(frozen=True, slots=True)
class WKBPoints:
    """Points of n rows: x and y, NaN where there is no sound point.

    ``missing`` are nulls, empty cells and empty points; ``other`` are geometries that are no
    points; ``unreadable`` is no WKB. ``srids`` are those that rows name, 0 where none is.
    """

    x: Floats
    y: Floats
    missing: Bools
    other: Bools
    unreadable: Bools
    srids: Ints

    def take(self, places: Ints) -> "WKBPoints":
        """Return the rows at these places."""
        return WKBPoints(
            self.x[places],
            self.y[places],
            self.missing[places],
            self.other[places],
            self.unreadable[places],
            self.srids[places],
        )


@dataclass(frozen=True, slots=True)
class _Heads:
    """What the first bytes of geometries say; ``size`` is how long a point is."""

    is_little: Bools
    kind: Ints
    has_srid: Bools
    size: Ints


def wkb_points(column: pa.Array) -> WKBPoints:
    """Return the points of a validated column of bytes: binary, large or of a fixed size."""
    starts, lengths, content = _spans(column)
    missing = np.asarray(column.is_null()) | (lengths == 0)
    found = _none(missing)
    rows = np.flatnonzero(~missing & (lengths >= _HEAD))
    heads = _heads(content, starts[rows])
    is_point = (heads.kind == _POINT) & (heads.size == lengths[rows])
    found.unreadable[rows[(heads.kind != 0) & (heads.kind != _POINT) | is_point]] = False
    found.other[rows[heads.kind > _POINT]] = True
    _read(found, rows[is_point], _of(heads, is_point), starts, content)
    return found


def _none(missing: Bools) -> WKBPoints:
    """Return rows of which none is read: what is not missing is not readable."""
    x, y = np.full((2, len(missing)), np.nan)
    other, srids = np.zeros(len(missing), bool), np.zeros(len(missing), np.int64)
    return WKBPoints(x, y, missing.copy(), other, ~missing, srids)


def _spans(column: pa.Array) -> tuple[Ints, Ints, Bytes]:
    """Return where each value begins, how long it is, and the bytes of all."""
    kind: Any = column.type
    buffers = column.buffers()
    content = np.frombuffer(buffers[-1] or b"", np.uint8)
    if pa.types.is_fixed_size_binary(kind):
        starts = (column.offset + np.arange(len(column))) * kind.byte_width
        return starts, np.full(len(column), kind.byte_width), content
    if not len(column):
        return np.empty(0, np.int64), np.empty(0, np.int64), content
    width = np.dtype(np.int64 if pa.types.is_large_binary(kind) else np.int32)
    begin = column.offset * width.itemsize
    offsets = np.frombuffer(buffers[1], width, len(column) + 1, begin).astype(np.int64)
    return offsets[:-1], np.diff(offsets), content


def _heads(content: Bytes, starts: Ints) -> _Heads:
    """Return what geometries of at least five bytes are; of kind 0 is no WKB."""
    head = _gathered(content, starts, _HEAD)
    is_little = head[:, 0] == 1
    code = _numbers(head[:, 1:], "u4", is_little).astype(np.int64)
    thousands, kind = np.divmod(code & _OF_KIND, 1000)
    known = (head[:, 0] <= 1) & (thousands <= 3) & (kind <= _LAST_KIND)  # noqa: PLR2004 - Z, M and both
    has_z = (code & _HAS_Z != 0) | (thousands & 1 != 0)
    has_m = (code & _HAS_M != 0) | (thousands & 2 != 0)
    has_srid = code & _HAS_SRID != 0
    size = _HEAD + _SRID_BYTES * has_srid + _ORDINATE * (2 + has_z.astype(np.int64) + has_m)
    return _Heads(is_little, np.where(known, kind, 0), has_srid, size)


def _of(heads: _Heads, rows: Bools) -> _Heads:
    return _Heads(heads.is_little[rows], heads.kind[rows], heads.has_srid[rows], heads.size[rows])


def _read(found: WKBPoints, rows: Ints, heads: _Heads, starts: Ints, content: Bytes) -> None:
    """Put in the coordinates of rows that are points."""
    at = starts[rows] + _HEAD
    named = heads.has_srid
    srids = _numbers(_gathered(content, at[named], _SRID_BYTES), "u4", heads.is_little[named])
    found.srids[rows[named]] = srids
    pairs = _gathered(content, at + _SRID_BYTES * named, 2 * _ORDINATE)
    x, y = (_numbers(half, "f8", heads.is_little) for half in np.split(pairs, 2, axis=1))
    is_empty = np.isnan(x) & np.isnan(y)
    found.missing[rows[is_empty]] = True
    found.x[rows], found.y[rows] = x, y


def _gathered(content: Bytes, starts: Ints, size: int) -> Bytes:
    """Return so many bytes from each start on, one row each."""
    gathered: Bytes = content[starts[:, np.newaxis] + np.arange(size)]
    return gathered


def _numbers(raw: Bytes, kind: str, is_little: Bools) -> NDArray[Any]:
    """Return the number that each row of bytes is, in its own byte order."""
    raw = np.ascontiguousarray(raw)
    little, big = (raw.view(f"{order}{kind}")[:, 0] for order in "<>")
    return np.where(is_little, little, big)
