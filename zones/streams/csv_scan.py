"""Where rows and cells of a CSV text begin and end, found in its bytes for many rows at once.

A cell is quoted if it begins with a quote that is closed before the next delimiter or line break,
blanks between passed over; within it two quotes are one, delimiters and line breaks are text
(RFC 4180). A quote that is not closed so is text, and its row is told as ``open_quotes``. Rows end
in LF, CR LF or CR. ``zones.formats.csv.split_rows`` reads texts by the same rules.
Works for every encoding whose characters hold no byte of ``"``, LF or the delimiter: UTF-8,
and GB18030 but for delimiters from ``@`` on, whose bytes also end characters (``hidden_pairs``).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_QUOTE, _LF, _CR = b'"\n\r'
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")


@dataclass(frozen=True, slots=True)
class CSVRows:
    """Rows of a text: row i is ``text[begins[i]:ends[i]]``, its line break not included.

    The delimiters of row i are ``delimiters[first[i]:first[i + 1]]``; blank lines are no rows.
    ``open_quotes`` are the rows in which a cell begins with a quote that is not closed.
    """

    text: Bytes
    begins: Ints
    ends: Ints
    delimiters: Ints
    first: Ints
    open_quotes: Ints

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


def scan(text: bytes, delimiter: int) -> CSVRows:
    """Return the rows of a text; it begins with a row and ends with one or its line break."""
    marks = np.frombuffer(text, np.uint8)
    found = _marks(text, delimiter)
    breaks, delimiters = found.breaks, found.delimiters
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
    first = _counted(delimiters, begins, ends)
    opened = np.unique(np.searchsorted(begins, found.open_quotes, side="right") - 1)
    return CSVRows(marks, begins, ends, delimiters, first, opened)


def last_break(text: bytes, delimiter: int) -> int:
    """Return the position after the last line break that ends a row, 0 if there is none.

    What follows may change how rows are read that hold a quote still open, or end in CR: they
    do not count as ended.
    """
    text = text.removesuffix(b"\r")
    if b'"' not in text:
        return max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
    breaks = _marks(text, delimiter, more_to_come=True).breaks
    return int(breaks[-1]) + 1 if len(breaks) else 0


def first_break(text: bytes, delimiter: int) -> int:
    """Return the position after the first line break that ends a row, 0 if there is none.

    A quote that is still open at the end of the text is taken for text.
    """
    breaks = _marks_one_by_one(text.removesuffix(b"\r"), delimiter, most=1).breaks
    return int(breaks[0]) + 1 if len(breaks) else 0


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


class _Marks(NamedTuple):
    """Where line breaks and delimiters stand outside quotes, and quotes that are not closed."""

    breaks: Ints
    delimiters: Ints
    open_quotes: Ints


def _marks(text: bytes, delimiter: int, *, more_to_come: bool = False) -> _Marks:
    marks = np.frombuffer(text, np.uint8)
    is_break = _breaks(text, marks)
    if b'"' not in text:
        return _Marks(np.flatnonzero(is_break), np.flatnonzero(marks == delimiter), _NONE)
    is_quote = marks == _QUOTE
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
    is_open = bool(inside[-1]) and not more_to_come
    if is_open or not _quotes_enclose(marks, is_quote, inside, delimiter):
        return _marks_one_by_one(text, delimiter, more_to_come=more_to_come)
    breaks = np.flatnonzero(is_break & ~inside)
    return _Marks(breaks, np.flatnonzero((marks == delimiter) & ~inside), _NONE)


def _breaks(text: bytes, marks: Bytes) -> Bools:
    """Return which bytes end a line: LF, and CR unless LF follows."""
    is_break: Bools = marks == _LF
    if b"\r" in text and text.count(b"\r") != _before_lf(marks, is_break):
        alone = marks == _CR
        alone[:-1] &= ~is_break[1:]
        is_break |= alone
    return is_break


def _before_lf(marks: Bytes, is_lf: Bools) -> int:
    """Return how many CR have an LF behind them; to count both together takes thrice as long."""
    at = np.flatnonzero(is_lf[1:])
    return int(np.count_nonzero(marks.take(at) == _CR))


def _quotes_enclose(marks: Bytes, is_quote: Bools, inside: Bools, delimiter: int) -> bool:
    """Return whether every quote opens or closes a cell, or is half of a doubled one."""
    at = np.flatnonzero(is_quote)
    opens = inside[at]
    before = np.where(at == 0, _LF, marks.take(at - 1, mode="clip"))
    after = np.where(at == len(marks) - 1, _LF, marks.take(at + 1, mode="clip"))
    ends = np.array([delimiter, _LF, _CR, _QUOTE], np.uint8)
    return bool(np.isin(np.where(opens, before, after), ends).all())


def _marks_one_by_one(
    text: bytes, delimiter: int, *, more_to_come: bool = False, most: int | None = None
) -> _Marks:
    """Find the marks cell by cell, where quotes stand within text that is not quoted.

    Parameters
    ----------
    more_to_come
        Whether nothing is to be told of rows from a quote on that is not closed yet.
    most
        So many line breaks are enough.
    """
    breaks: list[int] = []
    delimiters: list[int] = []
    open_quotes: list[int] = []
    for cell in _cells(delimiter).finditer(text):
        begin, end = cell.start("mark"), cell.end("mark")
        if (cell["text"] or b"").startswith(b'"'):
            if more_to_come and _STILL_OPEN.match(text, cell.start()):
                break
            open_quotes.append(cell.start())
        if end == begin:
            continue
        if text[begin] == delimiter:
            delimiters.append(begin)
        else:
            breaks.append(end - 1)
            if len(breaks) == most:
                break
    return _Marks(*(np.array(each, np.int64) for each in (breaks, delimiters, open_quotes)))


_STILL_OPEN = re.compile(rb'"(?:[^"]++|"")*+\Z')
_NONE = np.empty(0, np.int64)


@cache
def _cells(delimiter: int) -> re.Pattern[bytes]:
    mark = re.escape(bytes([delimiter]))
    ends = mark + rb"|\r\n|\r|\n|\Z"
    quoted = rb'"(?:[^"]++|"")*+" *+(?=' + ends + rb")"
    rest = rb"[^" + mark + rb"\r\n]*+"
    return re.compile(rb"(?:" + quoted + rb"|(?P<text>" + rest + rb"))(?P<mark>" + ends + rb")")
