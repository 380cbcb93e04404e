"""Where rows and cells of a CSV text begin and end, found in its bytes for many rows at once.

A quote counts only where a cell begins, as in Python's ``csv`` and RFC 4180; within a quoted cell
two quotes are one, and delimiters and line breaks are text. Rows end in LF or CR LF.
Works for every encoding whose characters hold no byte of ``"``, LF or the delimiter: UTF-8,
and GB18030 but for delimiters from ``@`` on, whose bytes also end characters (``hidden_pairs``).
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_QUOTE, _LF, _CR = b'"\n\r'
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a text: row i is ``text[begins[i]:ends[i]]``, its line break not included.

    The delimiters of row i are ``delimiters[first[i]:first[i + 1]]``; blank lines are no rows.
    """

    text: Bytes
    begins: Ints
    ends: Ints
    delimiters: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.begins)

    def cells(self) -> Ints:
        """Return how many cells each row has."""
        return np.diff(self.first) + 1

    def column(self, number: int) -> tuple[Ints, Ints]:
        """Return where the cells of a column begin and end; empty where a row is too short."""
        cells = self.cells()
        begins = self.begins if number == 0 else self._after(number - 1)
        ends = np.where(cells - 1 > number, self._delimiter(number), self.ends)
        missing = cells <= number
        return np.where(missing, self.ends, begins), np.where(missing, self.ends, ends)

    def _after(self, number: int) -> Ints:
        return self._delimiter(number) + 1

    def _delimiter(self, number: int) -> Ints:
        if not len(self.delimiters):
            return self.ends
        return self.delimiters.take(self.first[:-1] + number, mode="clip")


def scan(text: bytes, delimiter: int) -> Rows:
    """Return the rows of a text; it begins with a row and ends with one or its line break."""
    marks = np.frombuffer(text, np.uint8)
    breaks, delimiters = _marks(text, delimiter)
    if text and (not len(breaks) or breaks[-1] != len(text) - 1):
        breaks = np.append(breaks, len(text))
    begins = np.empty_like(breaks)
    begins[:1], begins[1:] = 0, breaks[:-1] + 1
    returns = (breaks > begins) & (marks.take(breaks - 1, mode="clip") == _CR)
    ends = breaks - returns
    filled = ends > begins
    if not filled.all():
        # A blank line holds no delimiter, so that the others keep theirs.
        begins, ends = begins[filled], ends[filled]
    return Rows(marks, begins, ends, delimiters, _counted(delimiters, begins, ends))


def last_break(text: bytes, delimiter: int) -> int:
    """Return the position after the last line break that ends a row, 0 if there is none."""
    if b'"' not in text:
        return text.rfind(b"\n") + 1
    breaks, _ = _marks(text, delimiter)
    return int(breaks[-1]) + 1 if len(breaks) else 0


def hidden_pairs(text: bytes) -> bytes:
    """Return a GB18030 text with its two-byte characters blotted out, byte for byte."""
    return _GB_PAIR.sub(b"\xff\xff", text)


def _counted(delimiters: Ints, begins: Ints, ends: Ints) -> Ints:
    """Return where each row's delimiters begin among all, and their end."""
    each, rest = divmod(len(delimiters), max(len(begins), 1))
    if rest == 0 and each and len(begins):
        # Mostly all rows have as many: then no search is needed.
        table = delimiters.reshape(len(begins), each)
        if (table[:, 0] >= begins).all() and (table[:, -1] < ends).all():
            return np.arange(len(begins) + 1) * each
    return np.append(np.searchsorted(delimiters, begins), len(delimiters))


def _marks(text: bytes, delimiter: int) -> tuple[Ints, Ints]:
    """Return where line breaks and delimiters stand outside quotes."""
    marks = np.frombuffer(text, np.uint8)
    is_break = marks == _LF
    if b'"' not in text:
        return np.flatnonzero(is_break), np.flatnonzero(marks == delimiter)
    is_quote = marks == _QUOTE
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
    if not _quotes_enclose(marks, is_quote, inside, delimiter):
        return _marks_one_by_one(text, delimiter)
    breaks = np.flatnonzero(is_break & ~inside)
    return breaks, np.flatnonzero((marks == delimiter) & ~inside)


def _quotes_enclose(marks: Bytes, is_quote: Bools, inside: Bools, delimiter: int) -> bool:
    """Return whether every quote opens or closes a cell, or is half of a doubled one."""
    at = np.flatnonzero(is_quote)
    opens = inside[at]
    before = np.where(at == 0, _LF, marks.take(at - 1, mode="clip"))
    after = np.where(at == len(marks) - 1, _LF, marks.take(at + 1, mode="clip"))
    ends = np.array([delimiter, _LF, _QUOTE], np.uint8)
    well = np.where(opens, np.isin(before, ends), np.isin(after, ends) | (after == _CR))
    return bool(well.all())


def _marks_one_by_one(text: bytes, delimiter: int) -> tuple[Ints, Ints]:
    """Find the marks cell by cell, where quotes stand within text that is not quoted."""
    breaks, delimiters = [], []
    end = 0
    for cell in _cells(delimiter).finditer(text):
        end = cell.end()
        if end and text[end - 1] == delimiter and cell[1]:
            delimiters.append(end - 1)
        elif cell[1]:
            breaks.append(end - 1)
    return np.array(breaks, np.int64), np.array(delimiters, np.int64)


@cache
def _cells(delimiter: int) -> re.Pattern[bytes]:
    mark = re.escape(bytes([delimiter]))
    rest = rb"[^" + mark + rb"\n]*+"
    quoted = rb'"(?:[^"]++|"")*+(?:"' + rest + rb"|\Z)"
    return re.compile(rb"(?:" + quoted + rb"|" + rest + rb")(" + mark + rb"|\n|\Z)")
