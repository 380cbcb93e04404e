"""Lines of a table's text -> rows of cells, and which of them have a quote that nothing closes.

A cell is quoted if it begins with a quote that is closed before the next delimiter or line break,
blanks between passed over (RFC 4180); delimiters and line breaks within are text, two quotes are
one. A quote that is not closed so is text like any other: it takes in no row below it.
``zones.streams.csv_scan`` reads bytes by the same rules; a test compares the two.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from zones.errors import SourceLimitError

LONGEST_CELL: Final = 16 * 1024 * 1024  # a polygon in WKT
_LONGEST_OF_CSV: Final = 100_000  # of a cell; the module reads up to 131,072
_QUOTE: Final = '"'
_BREAKS: Final = "\r\n"


class Row(NamedTuple):
    """A row's cells, the line of the text on which it begins (from 1), its first open quote.

    ``cell_count`` is how many cells it had before it was made as wide as the header; 0 where it was
    not.
    """

    cells: list[str]
    line: int
    open_quote: str | None = None
    cell_count: int = 0


class RowReader:
    """The rows of a text whose lines come one by one, each with its line break.

    Parameters
    ----------
    first_line
        The number of the first line.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, *, first_line: int = 1) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()
        self._delimiter = delimiter
        self._line = first_line - 1
        mark = re.escape(delimiter)
        cell = rf'(?:"(?:[^"\r\n]|"")*+"|[^"{mark}\r\n]*+)'
        self._is_by_the_rules = re.compile(rf"{cell}(?:{mark}{cell})*+").fullmatch

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows; blank lines are none.

        Raises
        ------
        SourceLimitError
            ``csv-cell-too-long``.
        """
        while line := self._next():
            plain = line.rstrip(_BREAKS)
            if _QUOTE in plain:
                if self._is_by_the_rules(plain) and len(plain) < _LONGEST_OF_CSV:
                    yield Row(next(csv.reader((plain,), delimiter=self._delimiter)), self._line)
                else:
                    yield self._row_with_quotes(line)
            elif plain:
                yield Row(plain.split(self._delimiter), self._line)

    def _next(self) -> str:
        """Return the next line; an empty text after the last."""
        line = self._waiting.popleft() if self._waiting else next(self._lines, "")
        self._line += bool(line)
        return line

    def _row_with_quotes(self, line: str) -> Row:
        begun, cells, open_quote = self._line, list[str](), None
        at: int | None = 0
        while at is not None:
            quoted = self._quoted(line, at) if line.startswith(_QUOTE, at) else None
            if quoted is not None:
                cell, line, at = quoted
            else:
                end = self._end_of_cell(line, at)
                cell = line[at:end]
                if open_quote is None and cell.startswith(_QUOTE):
                    open_quote = cell
                at = end + 1 if line.startswith(self._delimiter, end) else None
            cells.append(cell)
        return Row(cells, begun, open_quote)

    def _end_of_cell(self, line: str, at: int) -> int:
        end = line.find(self._delimiter, at)
        return len(line.rstrip(_BREAKS)) if end < 0 else end

    def _quoted(self, line: str, at: int) -> tuple[str, str, int | None] | None:
        """Return a quoted cell, the line on which it ends, and where the next cell begins.

        None if its quote is not closed; the lines that were looked at wait to be read again.
        """
        ahead = [line[at + 1 :]]
        size, end = len(ahead[0]), _closing(ahead[0])
        while end < 0 and size <= LONGEST_CELL and (more := self._next()):
            ahead.append(more)
            size, end = size + len(more), _closing(more)
        if size > LONGEST_CELL:
            line_number = self._line - len(ahead) + 1
            raise SourceLimitError(
                "csv-cell-too-long", line=line_number, limit_mb=LONGEST_CELL // 2**20
            )
        last = ahead[-1]
        after = last[end + 1 :].lstrip(" ") if end >= 0 else _QUOTE
        if after.startswith(self._delimiter) or not after.rstrip(_BREAKS):
            cell = "".join([*ahead[:-1], last[:end]]).replace('""', _QUOTE)
            begins = len(last) - len(after) + 1
            return cell, last, begins if after.startswith(self._delimiter) else None
        self._waiting.extendleft(reversed(ahead[1:]))
        self._line -= len(ahead) - 1
        return None


def _closing(text: str) -> int:
    """Return where a quote stands that is not doubled, -1 if there is none."""
    at = text.find(_QUOTE)
    while at >= 0 and text.startswith(_QUOTE, at + 1):
        at = text.find(_QUOTE, at + 2)
    return at
