"""The table of a shapefile: its header, and its texts as raw bytes.

Read here and not by GDAL, which must be told the encoding before it has seen a text, and whose
reader in Python turns whole numbers into floats when one is missing. The layout is that of
dBASE III/IV: a header of 32 bytes, 32 bytes for each field, rows of one width.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.sources.encoding_trials import Text

_HEADER_BYTES, _FIELD_BYTES, _NAME_BYTES = 32, 32, 11
_END_OF_FIELDS = 0x0D
_MOST_FIELDS = 250
_ROWS_AT_ONCE = 20_000
_TEXT = "C"
_DELETED = ord("*")
_LAST_ASCII = 0x7F

# The language driver byte of the header -> code page, as dBASE and its heirs number them.
_CODE_PAGES: Final = {
    0x01: "437",
    0x02: "850",
    0x03: "1252",
    0x13: "932",
    0x4D: "936",
    0x4E: "949",
    0x4F: "950",
    0x50: "874",
    0x57: "1252",
    0x58: "1252",
    0x59: "1252",
    0x78: "950",
    0x79: "949",
    0x7A: "936",
    0x7B: "932",
    0x7C: "874",
    0xC8: "1250",
    0xC9: "1251",
    0xCA: "1254",
    0xCB: "1253",
}


@dataclass(frozen=True, slots=True)
class TableField:
    """A column: its name as written, its type letter, and where in the row it stands."""

    name: Text
    kind: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """A .dbf file whose size agrees with its header."""

    path: Path
    rows: int
    header_bytes: int
    row_bytes: int
    fields: tuple[TableField, ...]
    code_page: str | None


def open_table(path: Path) -> Table:
    """Return the table's layout.

    Raises
    ------
    SourceError
        ``dbf-damaged`` if the header contradicts itself or the file ends before its last row,
        ``too-many-fields`` beyond 250 columns.
    """
    with path.open("rb") as file:
        start = file.read(_HEADER_BYTES)
        if len(start) < _HEADER_BYTES:
            raise SourceError("dbf-damaged")
        rows = int.from_bytes(start[4:8], "little")
        header_bytes = int.from_bytes(start[8:10], "little")
        row_bytes = int.from_bytes(start[10:12], "little")
        described = file.read(max(0, header_bytes - _HEADER_BYTES))
    fields = _fields(described)
    if 1 + sum(field.width for field in fields) != row_bytes:
        raise SourceError("dbf-damaged")
    if header_bytes + rows * row_bytes > path.stat().st_size:
        raise SourceError("dbf-damaged")
    return Table(path, rows, header_bytes, row_bytes, fields, _CODE_PAGES.get(start[29]))


def table_texts(table: Table) -> Iterator[Text]:
    """Yield all texts that are not pure ASCII, the fields' names first.

    Rows marked as deleted are passed over, as GDAL does.
    """
    yield from (field.name for field in table.fields if not field.name.raw.isascii())
    columns = [field for field in table.fields if field.kind == _TEXT]
    if not columns or not table.rows:
        return
    for block in _row_blocks(table):
        rows = block[block[:, 0] != _DELETED]
        for field in columns:
            cells = rows[:, field.offset : field.offset + field.width]
            telling = cells[(cells > _LAST_ASCII).any(axis=1)]
            yield from (trimmed(cell, field.width) for cell in cells_of(telling))


def cells_of(column: NDArray[np.uint8]) -> list[bytes]:
    """Return the cells of a column, shape (rows, width > 0), without the NULs at their ends."""
    width = column.shape[1]
    cells: list[bytes] = np.ascontiguousarray(column).view(f"S{width}").ravel().tolist()
    return cells


def trimmed(cell: bytes, width: int) -> Text:
    """Return a cell of a place ``width`` bytes wide without its padding.

    It is full if one byte at most stood at its end: some programs put a NUL there.
    """
    text = cell.split(b"\0", 1)[0].rstrip(b" ")
    return Text(text.lstrip(b" "), len(text) >= width - 1)


def _row_blocks(table: Table) -> Iterator[NDArray[np.uint8]]:
    with table.path.open("rb") as file:
        file.seek(table.header_bytes)
        left = table.rows
        while left > 0:
            count = min(left, _ROWS_AT_ONCE)
            block = np.frombuffer(file.read(count * table.row_bytes), np.uint8)
            yield block.reshape(count, table.row_bytes)
            left -= count


def _fields(described: bytes) -> tuple[TableField, ...]:
    fields: list[TableField] = []
    offset = 1  # the first byte of a row marks it as deleted
    for start in range(0, len(described), _FIELD_BYTES):
        if described[start] == _END_OF_FIELDS:
            return tuple(fields)
        entry = described[start : start + _FIELD_BYTES]
        if len(entry) < _FIELD_BYTES:
            break
        if len(fields) == _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        name = entry[:_NAME_BYTES].split(b"\0", 1)[0]
        written = Text(name.strip(b" "), full=len(name) >= _NAME_BYTES - 1)
        fields.append(TableField(written, chr(entry[11]), offset, entry[16]))
        offset += entry[16]
    # Some writers leave the end mark out; the sum of the widths is checked all the same.
    return tuple(fields)
