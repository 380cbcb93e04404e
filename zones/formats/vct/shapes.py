"""One object of a VCT's geometry, in lines -> its points, lines or rings, or the lines it names.

By what the lines are and not by the version, which files state wrongly: a line with the separator
is a position or a list, any other a count or a kind. So 1.0 and 2.0 (``1, n, positions``), 2007
and 3.0 (``1, pieces, 11, n, positions``), and holes that begin with a count alone are all read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DIRECT_LINES: Final = range(1, 7)
_INDIRECT, _OF_LINES, _OF_POLYGONS = 100, 21, 22
_POLYLINE = 11
_HEAD_LINES = 3
_POINT_GROUP = 4
_LONGEST_TEXT = 60
_POLYLINE_HEAD: Final = re.compile(rb"[^\n]*\n[^\n]*\n[^\n]*\n1\r?\n1\r?\n11\r?\n([0-9]{1,9})\r?\n")
_IN_NUMBERS: Final = b"0123456789.,+-eE \t"


class UnreadableObject(Exception):  # noqa: N818 - told to the caller as a code, never raised on
    """An object that cannot be read; ``code`` is a message of the catalogue."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(slots=True)
class VCTShape:
    """Pieces of positions, each (n, 2), or ids of what the object is made of; 0 parts rings."""

    pieces: list[Floats] = field(default_factory=list)
    refs: list[int] | None = None
    of_polygons: bool = False
    high: bool = False
    miscounted: bool = False


class _Lines:
    """The lines of an object, taken one after the other."""

    def __init__(self, raw: bytes, separator: bytes) -> None:
        self.lines = [line for line in map(bytes.strip, raw.split(b"\n")) if line]
        self.separator = separator
        self.at = _HEAD_LINES

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.lines)

    @property
    def is_at_position(self) -> bool:
        return not self.is_at_end and self.separator in self.lines[self.at]

    def whole(self) -> int:
        """Return the whole number on the next line."""
        line = self.lines[self.at] if not self.is_at_end else b""
        try:
            self.at += 1
            return int(line)
        except ValueError:
            raise _unexpected(line) from None

    def positions(self, stated: int) -> tuple[Floats, bool, bool]:
        """Return the positions that follow, whether they have heights, and whether count is wrong.

        Lines that are positions count, not the number that is stated.
        """
        lines, mark, start = self.lines, self.separator, self.at
        end = start + max(0, stated)
        exact = stated > 0 and end <= len(lines) and mark in lines[end - 1]
        if not exact or (end < len(lines) and mark in lines[end]):
            end = start
            while end < len(lines) and mark in lines[end]:
                end += 1
        self.at = end
        if start == end:
            raise _unexpected(lines[start] if start < len(lines) else b"")
        xy, high = numbers_of(lines[start:end], mark)
        return xy, high, end - start != stated


def numbers_of(lines: Sequence[bytes], separator: bytes) -> tuple[Floats, bool]:
    """Return positions as (n, 2), and whether there were heights.

    Raises
    ------
    UnreadableObject
        ``vct-numbers`` if some line does not hold two or three numbers, as the first one does.
    """
    wide = lines[0].rstrip(separator).count(separator) + 1
    joined = b",".join(lines)
    flat = _parsed(joined if separator == b"," else joined.replace(separator, b","))
    if wide not in (2, 3) or len(flat) != wide * len(lines):
        raise _unexpected(next(_odd_lines(lines, separator, wide), lines[0]))
    return flat.reshape(-1, wide)[:, :2], wide > 2  # noqa: PLR2004 - beyond x and y


def _parsed(text: bytes) -> Floats:
    if text.translate(None, _IN_NUMBERS):
        return np.empty(0)
    try:
        return np.fromstring(text, sep=",")
    except (ValueError, DeprecationWarning):  # numpy's word for text that breaks off
        return np.empty(0)


def _odd_lines(lines: Sequence[bytes], separator: bytes, wide: int) -> Iterator[bytes]:
    for line in lines:
        words = line.split(separator)
        if len(words) != wide or len(_parsed(b",".join(words))) != wide:
            yield line


def _unexpected(line: bytes) -> UnreadableObject:
    return UnreadableObject("vct-line", text=line[:_LONGEST_TEXT].decode("ascii", "replace"))


def point_of(raw: bytes, separator: bytes) -> VCTShape:
    """Return a point (kinds 1 to 3; the second position of 3 is a direction) or a group (4)."""
    lines, shape = _Lines(raw, separator), VCTShape()
    kind = 1 if lines.is_at_position else lines.whole()
    stated = 1 if lines.is_at_position else lines.whole()
    xy, shape.high, _ = lines.positions(stated)
    shape.pieces.append(xy if kind == _POINT_GROUP else xy[:1])
    return shape


def line_of(raw: bytes, separator: bytes) -> VCTShape:
    """Return the pieces of a line, or the lines it is made of."""
    if separator == b"," and (xy := _polyline(raw)) is not None:
        return VCTShape([xy])
    lines, shape = _Lines(raw, separator), VCTShape()
    kind = lines.whole()
    if kind == _INDIRECT:
        return _made_of(lines, shape, lines.whole())
    if kind not in _DIRECT_LINES:
        raise UnreadableObject("vct-kind", kind=kind)
    first = lines.whole()
    if lines.is_at_position:
        _take(lines, shape, first)
    else:
        _take_pieces(lines, shape)
    return shape


def _polyline(raw: bytes) -> Floats | None:
    """Return the positions of a line of 3.0 in one piece, as nearly all are; None for others."""
    if (head := _POLYLINE_HEAD.match(raw)) is None:
        return None
    body = raw[head.end() :].rstrip().replace(b"\r", b"")
    flat = _parsed(body.replace(b"\n", b","))
    count = int(head[1])
    whole = len(flat) == 2 * count and body.count(b"\n") == count - 1
    return flat.reshape(-1, 2) if whole else None


def polygon_of(raw: bytes, separator: bytes, *, topology: bool) -> VCTShape:
    """Return the rings of a polygon, or what it is made of.

    ``topology`` is whether polygons of versions without a kind name lines.
    """
    lines, shape = _Lines(raw, separator), VCTShape()
    has_kind = not lines.is_at_position
    kind = lines.whole() if has_kind else _INDIRECT if topology else 1
    if lines.is_at_position:
        lines.at += 1  # where a label goes
    if kind == _INDIRECT:
        parts = lines.whole() if has_kind else _OF_LINES
        if parts not in (_OF_LINES, _OF_POLYGONS):
            raise UnreadableObject("vct-kind", kind=parts)
        shape.of_polygons = parts == _OF_POLYGONS
        return _made_of(lines, shape, lines.whole())
    if kind != 1:
        raise UnreadableObject("vct-kind", kind=kind)
    first = lines.whole()
    if lines.is_at_position:
        _take(lines, shape, first)
    _take_pieces(lines, shape)
    return shape


def _take_pieces(lines: _Lines, shape: VCTShape) -> None:
    """Take pieces to the end: each a kind and a count, or a count alone; a 0 ends the object."""
    while not lines.is_at_end:
        stated = lines.whole()
        if stated == 0 and lines.is_at_end:
            return
        if not lines.is_at_position:
            if stated != _POLYLINE:
                raise UnreadableObject("vct-kind", kind=stated)
            stated = lines.whole()
        _take(lines, shape, stated)


def _take(lines: _Lines, shape: VCTShape, stated: int) -> None:
    xy, high, miscounted = lines.positions(stated)
    shape.pieces.append(xy)
    shape.high |= high
    shape.miscounted |= miscounted


def _made_of(lines: _Lines, shape: VCTShape, stated: int) -> VCTShape:
    """Take the list of ids; the count before it includes the zeros."""
    refs: list[int] = []
    while len(refs) < stated and not lines.is_at_end:
        for word in lines.lines[lines.at].split(lines.separator):
            if word.strip():
                try:
                    refs.append(int(word))
                except ValueError:
                    raise _unexpected(lines.lines[lines.at]) from None
        lines.at += 1
    shape.refs, shape.miscounted = refs, len(refs) != stated
    return shape
