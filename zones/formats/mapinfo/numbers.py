"""Numbers of a MIF and its MID, strictly.

GDAL takes the digits before the first character that is none for the whole number, the largest
number of a type for those beyond it, and drops cells for which the table has no column.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.mapinfo.file_head import MapInfoColumn

_AT_ONCE: Final = 2**20
_SHOWN: Final = 60
_NUMBER: Final = rb"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"
_NUMBERS: Final = rb"(?:%b(?:[ \t]++|(?=\r?$)))++\r?$" % _NUMBER
_WRONG: Final = re.compile(
    rb"^[ \t]*+(?:(?:point|line|rect|roundrect|ellipse|arc)[ \t]++|(?=[-+.0-9]))(?!%b)[^\n]++"
    % _NUMBERS,
    re.MULTILINE | re.IGNORECASE,
)
_OF_NUMBERS: Final = b"0123456789+-.eE \t\r"
_IS_NUMBER: Final = re.compile(rf"\s*(?:{_NUMBER.decode()})?\s*").fullmatch
_NUMERIC: Final = frozenset({"smallint", "integer", "largeint", "decimal", "float"})
_LOGICAL: Final = "logical"
_BITS: Final = {"smallint": 16, "integer": 32, "largeint": 64}
_DELIMITER: Final = re.compile(rb'^\s*delimiter\s+"(.)"', re.MULTILINE | re.IGNORECASE)


def check_coordinates(path: Path, head_bytes: int) -> None:
    """Raise for a line of coordinates below a MIF's head that holds anything but numbers.

    Raises
    ------
    SourceError
        ``markup-number``, with the line.
    """
    with path.open("rb") as file:
        line = 1 + file.read(head_bytes).count(b"\n")
        rest = b""
        while block := file.read(_AT_ONCE):
            lines, line_break, rest = (rest + block).rpartition(b"\n")
            _check(lines, line)
            line += (lines + line_break).count(b"\n")
        _check(rest, line)


def _check(lines: bytes, first: int) -> None:
    if _are_plain(lines):
        return
    if (wrong := _WRONG.search(lines)) is not None:
        line = first + lines.count(b"\n", 0, wrong.start())
        value = wrong[0].strip().decode("ascii", "backslashreplace")[:_SHOWN]
        raise SourceError("markup-number", format="MIF", line=line, value=value)


def _are_plain(lines: bytes) -> bool:
    """Return whether all lines without a word are of numbers, and the others are right.

    Of what is written with these characters alone, Python reads the same as a double.
    """
    with_words, numbers = list[bytes](), list[bytes]()
    for line in lines.split(b"\n"):
        (with_words if line.translate(None, _OF_NUMBERS) else numbers).append(line)
    if _WRONG.search(b"\n".join(with_words)):
        return False
    try:
        deque(map(float, b" ".join(numbers).split()), maxlen=0)
    except ValueError:
        return False
    return True


def blank_cells(
    path: Path, head: bytes, columns: Sequence[MapInfoColumn], names: Sequence[str]
) -> dict[str, frozenset[int]]:
    """Return in which rows of a MID, from 1, columns of numbers or truth values are blank.

    Raise for a row that does not fit the columns, or a number that is none. GDAL makes 0 and false
    of blank cells, which programs write for what they do not know.

    Parameters
    ----------
    head
        Of the MIF; it names the delimiter, which is a tab where it names none.
    names
        What the columns are called, for the message and the answer.

    Raises
    ------
    SourceError
        ``mid-row``, ``mid-number`` or ``mid-number-beyond``, with the line.
    """
    numeric = [at for at, column in enumerate(columns) if column.type in _NUMERIC]
    filled = [at for at, column in enumerate(columns) if column.type in (*_NUMERIC, _LOGICAL)]
    blank: dict[int, set[int]] = {}
    for number, row in enumerate(_rows(path, head), start=1):
        while len(row.cells) > len(columns) and not row.cells[-1].strip():
            row.cells.pop()
        if len(row.cells) != len(columns):
            raise SourceError("mid-row", line=row.line, cells=len(row.cells), width=len(columns))
        for at in filled:
            if not row.cells[at].strip():
                blank.setdefault(at, set()).add(number)
        for at in numeric:
            if not _IS_NUMBER(row.cells[at]):
                value = row.cells[at].strip()[:_SHOWN]
                raise SourceError("mid-number", line=row.line, column=names[at], value=value)
            if _is_beyond(row.cells[at], columns[at].type):
                raise SourceError(
                    "mid-number-beyond",
                    line=row.line,
                    column=names[at],
                    value=row.cells[at].strip()[:_SHOWN],
                    type=columns[at].type,
                )
    return {names[at]: frozenset(rows) for at, rows in blank.items()}


def _is_beyond(cell: str, kind: str) -> bool:
    """Return whether a number is beyond the whole numbers of its column's type."""
    bits = _BITS.get(kind)
    if bits is None or (len(cell) <= bits // 4 and "e" not in cell.lower()):
        return False
    return bool(cell.strip()) and abs(Decimal(cell.strip())) >= 2 ** (bits - 1)


def _rows(path: Path, head: bytes) -> Iterator[Row]:
    """Yield the rows, each byte a character: no text in GBK or UTF-8 has a comma within one."""
    named = _DELIMITER.search(head)
    delimiter = named[1].decode("latin-1") if named else "\t"
    with path.open("rb") as file:
        yield from RowReader((line.decode("latin-1") for line in file), delimiter)
