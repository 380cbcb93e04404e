"""Cells of a MID, strictly: GDAL makes 0, false or nothing of those that are no values.

Of a number of a whole type it takes the digits before the first character that is none, of a day in
any other form than ``20240229`` nothing, and gives the file up for one that no calendar has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.mapinfo.file_head import MapInfoColumn
from zones.formats.mapinfo.numbers import is_number

_SHOWN: Final = 60
_NUMERIC: Final = frozenset({"smallint", "integer", "largeint", "decimal", "float"})
_BITS: Final = {"smallint": 16, "integer": 32, "largeint": 64}
_WHOLE: Final = re.compile(r"[-+]?[0-9]+(?:\.0*)?").fullmatch
_LOGICAL: Final = "logical"
_TRUTHS: Final = frozenset({"t", "f", "y", "n", "1", "0", "true", "false", "yes", "no"})
_DIGITS: Final = {"date": 8, "time": 9, "datetime": 17}
_DELIMITER: Final = re.compile(rb'^\s*delimiter\s+"(.)"', re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class MIDCells:
    """What a MID holds: rows up to the last that is not blank, lines, and blank cells.

    ``blank`` is in which rows, from 1, a column's cells are blank.
    """

    rows: int = 0
    lines: int = 0
    blank: dict[str, set[int]] = field(default_factory=dict)


def checked_cells(
    path: Path, head: bytes, columns: Sequence[MapInfoColumn], names: Sequence[str]
) -> MIDCells:
    """Return what a MID holds. GDAL makes 0 and false of blank cells of numbers and truth values.

    Parameters
    ----------
    head
        Of the MIF; it names the delimiter, which is a tab where it names none.
    names
        What the columns are called, for the message and the answer.

    Raises
    ------
    SourceError
        ``mid-row`` for a row that does not fit the columns; ``mid-number``, ``mid-number-beyond``
        or ``mid-value`` for a cell that is no value of its column's type, with the line.
    """
    typed = [
        (at, column.type)
        for at, column in enumerate(columns)
        if column.type in (*_NUMERIC, _LOGICAL, *_DIGITS)
    ]
    found = MIDCells()
    for number, row in enumerate(_rows(path, head), start=1):
        found.lines = number
        while len(row.cells) > len(columns) and not row.cells[-1].strip():
            row.cells.pop()
        if len(row.cells) != len(columns):
            raise SourceError("mid-row", line=row.line, cells=len(row.cells), width=len(columns))
        if any(map(str.strip, row.cells)):
            found.rows = number
        for at, kind in typed:
            cell = row.cells[at].strip()
            if not cell:
                found.blank.setdefault(names[at], set()).add(number)
            elif (code := _fault_of(cell, kind)) is not None:
                value = cell[:_SHOWN]
                raise SourceError(code, line=row.line, column=names[at], value=value, type=kind)
    return found


def _fault_of(cell: str, kind: str) -> str | None:
    """Return the code of what is wrong with a cell that is not blank; None if nothing is."""
    if kind in _DIGITS:
        return None if _is_time(cell, kind) else "mid-value"
    if kind == _LOGICAL:
        return None if cell.casefold() in _TRUTHS else "mid-value"
    if not is_number(cell):
        return "mid-number"
    bits = _BITS.get(kind)
    if bits is None or (len(cell) <= bits // 4 and cell.isdecimal()):
        return None
    is_kept = _WHOLE(cell) and abs(Decimal(cell)) < 2 ** (bits - 1)
    return None if is_kept else "mid-number-beyond"


def _is_time(cell: str, kind: str) -> bool:
    """Return whether a cell is a day, a time to the millisecond, or one behind the other."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) == _DIGITS[kind]):
        return False
    day = "20000101" if kind == "time" else cell[:8]
    clock = "000000" if kind == "date" else cell[-9:-3]
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
        time(int(clock[:2]), int(clock[2:4]), int(clock[4:]))
    except ValueError:
        return False
    return True


def _rows(path: Path, head: bytes) -> Iterator[Row]:
    """Yield the rows, each byte a character: no text in GBK or UTF-8 has a comma within one."""
    named = _DELIMITER.search(head)
    delimiter = named[1].decode("latin-1") if named else "\t"
    with path.open("rb") as file:
        yield from RowReader((line.decode("latin-1") for line in file), delimiter)
