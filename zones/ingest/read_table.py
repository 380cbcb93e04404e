"""Reads a table without places in the confined process, trusting nothing that comes back."""

from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import orjson

from zones.errors import SourceError
from zones.formats.table_without_places import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from zones.sandbox.child_output import ByteRows
from zones.sandbox.limits import Limits
from zones.sandbox.run_child import ChildCall, confined

_JOB: Final = "zones.formats.table_without_places:read_plain_table"


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row, and its number in the file from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """The headings of a table, and the rows below them."""

    names: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(source: BinaryIO, *, limits: Limits, encoding: str | None = None) -> PlainTable:
    """Return the table that a CSV text or an Excel workbook holds.

    Raises
    ------
    SourceError
        Or ``SourceLimitError``: why it cannot be read.
    """
    call = ChildCall(_JOB, {"encoding": encoding})
    answer = confined(call, source=source, taking=_rows_from, limits=limits)
    if not answer.taken:
        raise SourceError("table-empty")
    head, *rows = answer.taken
    return PlainTable(head.cells, tuple(rows))


def _rows_from(rows: ByteRows) -> list[TableRow]:
    found: list[TableRow] = []
    for line in rows:
        if len(found) > MOST_ROWS:
            raise SourceError("source-unreadable")
        found.append(_row_from(line))
    return found


def _row_from(line: bytes) -> TableRow:
    try:
        parsed: Any = orjson.loads(line)
        number, cells = parsed
    except (orjson.JSONDecodeError, ValueError, TypeError):
        raise SourceError("source-unreadable") from None
    is_row = isinstance(number, int) and isinstance(cells, list) and len(cells) <= MOST_COLUMNS
    if not is_row or not all(isinstance(c, str) and len(c) <= LONGEST_CELL for c in cells):
        raise SourceError("source-unreadable")
    return TableRow(number, tuple(cells))
