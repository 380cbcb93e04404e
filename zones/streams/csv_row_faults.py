"""What is wrong with rows of a CSV: wider than the header, a quote left open; and rows mended.

What answers are added to stands under its heading so, and what is written can be read again:
blank cells beyond the header go, others come behind the answers, a quote that is not closed is
written as text, and a pair that lacked the quotes about its comma gets them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zones.formats.csv.place_numbers import is_blank, number
from zones.streams.coordinates_to_answers import number_of_fault
from zones.streams.csv_dialect import Dialect
from zones.streams.csv_scan import CSVRows, Ints

_CLOSED: Final = re.compile(rb'"(?:[^"]|"")*" *')


@dataclass(frozen=True, slots=True)
class AnsweredRows:
    """Whole rows of a text as they are answered.

    ``faults`` are the numbers of what is wrong with rows, 0 for nothing; ``surplus`` the cells
    beyond the header, each with its delimiter. Both are None where no row is concerned.
    """

    text: bytes
    rows: CSVRows
    faults: Ints | None = None
    surplus: list[bytes] | None = None


def repaired(text: bytes, dialect: Dialect) -> AnsweredRows:
    """Return a part of a text whose rows answers can be added to."""
    rows = dialect.scan(text)
    wide = np.flatnonzero(rows.cells() > len(dialect.names))
    if not (wide.size or rows.open_quotes.size):
        return AnsweredRows(text, rows)
    faults = np.zeros(len(rows), np.int64)
    faults[rows.open_quotes] = number_of_fault("row-quote-open")
    surplus = [b""] * len(rows)
    pieces, end = [], 0
    for row in np.union1d(wide, rows.open_quotes).tolist():
        mended_row, surplus[row] = _mended(_cells(text, rows, row), dialect)
        if surplus[row]:
            faults[row] = number_of_fault("row-too-wide")
        pieces += [text[end : int(rows.begins[row])], mended_row]
        end = int(rows.ends[row])
    whole = b"".join([*pieces, text[end:]])
    return AnsweredRows(whole, dialect.scan(whole), faults, surplus)


def _cells(text: bytes, rows: CSVRows, row: int) -> list[bytes]:
    """Return the bytes of a row's cells, with their quotes."""
    first, last = int(rows.first[row]), int(rows.first[row + 1])
    marks = rows.delimiters[first:last].tolist()
    begins = [int(rows.begins[row]), *(mark + 1 for mark in marks)]
    ends = [*marks, int(rows.ends[row])]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _mended(cells: Sequence[bytes], dialect: Dialect) -> tuple[bytes, bytes]:
    """Return a row that is no wider than the header, and the cells that are beyond it."""
    mark, width, pair = dialect.delimiter.encode(), len(dialect.names), dialect.place.pair
    row = [_closed(cell) for cell in cells]
    while len(row) > width and is_blank(dialect.text(_content(row[-1]))):
        row.pop()
    if pair is not None and len(row) == width + 1 and _is_pair(row[pair : pair + 2], dialect):
        row[pair : pair + 2] = [b'"' + mark.join(row[pair : pair + 2]) + b'"']
    mended = mark.join(row[:width]) or b'""'  # or the row were a blank line
    return mended, b"".join(mark + cell for cell in row[width:])


def _closed(cell: bytes) -> bytes:
    """Return a cell, one with an open quote as a quoted text."""
    if not cell.startswith(b'"') or _CLOSED.fullmatch(cell):
        return cell
    return b'"' + cell.replace(b'"', b'""') + b'"'


def _content(cell: bytes) -> bytes:
    """Return what a cell holds, one in quotes without them."""
    return cell.rstrip(b" ")[1:-1] if cell.startswith(b'"') else cell


def _is_pair(cells: Sequence[bytes], dialect: Dialect) -> bool:
    return all(number(dialect.text(cell)) is not None for cell in cells)
