"""The table of a shapefile: its header, and its texts as raw bytes.

Read here and not by GDAL, which must be told the encoding before it has seen a text, and whose
reader in Python turns whole numbers into floats when one is missing. The layout is that of
dBASE III/IV: a header of 32 bytes, 32 bytes for each field, rows of one width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.encoding.trial_decoding import EncodedText
from zones.errors import SourceError
from zones.formats.shapefile.dbf_names import written_names

_HEADER_BYTES, _FIELD_BYTES, _NAME_BYTES, _WIDTH_AT = 32, 32, 11, 16
_END_OF_FIELDS = 0x0D
_MOST_FIELDS = 250
_ROWS_AT_ONCE = 20_000
_TEXT = "C"
_DELETED = ord("*")
_LAST_ASCII = 0x7F
_PADDING: Final = (0, ord(" "))

# The language driver byte of the header -> code page, as dBASE and its heirs number them.
_CODE_PAGES: Final = {
    **dict.fromkeys((0x01, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x15, 0x18, 0x19, 0x1B), "437"),
    **dict.fromkeys((0x02, 0x0A, 0x0E, 0x10, 0x12, 0x14, 0x16, 0x1A, 0x1D, 0x25, 0x37), "850"),
    **dict.fromkeys((0x03, 0x57, 0x58, 0x59), "1252"),
    **dict.fromkeys((0x08, 0x17, 0x66), "865"),
    **dict.fromkeys((0x1C, 0x6C), "863"),
    **dict.fromkeys((0x1F, 0x22, 0x23, 0x40, 0x64, 0x87), "852"),
    **dict.fromkeys((0x26, 0x65), "866"),
    **dict.fromkeys((0x6A, 0x86), "737"),
    **dict.fromkeys((0x6B, 0x88), "857"),
    **dict.fromkeys((0x13, 0x7B), "932"),
    **dict.fromkeys((0x4D, 0x7A), "936"),
    **dict.fromkeys((0x4E, 0x79), "949"),
    **dict.fromkeys((0x4F, 0x78), "950"),
    **dict.fromkeys((0x50, 0x7C), "874"),
    0x24: "860",
    0x67: "861",
    0x04: "10000",
    0x96: "10007",
    0x97: "10029",
    0x98: "10006",
    0xC8: "1250",
    0xC9: "1251",
    0xCA: "1254",
    0xCB: "1253",
    0xCC: "1257",
}


@dataclass(frozen=True, slots=True)
class TableField:
    """A column: its name as written, its type letter, and where in the row it stands."""

    name: EncodedText
    kind: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class DBFTable:
    """A .dbf file whose size agrees with its header."""

    path: Path
    rows: int
    header_bytes: int
    row_bytes: int
    fields: tuple[TableField, ...]
    code_page: str | None


def open_table(path: Path) -> DBFTable:
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
    fields = _fields(described, row_bytes)
    if header_bytes + rows * row_bytes > path.stat().st_size:
        raise SourceError("dbf-damaged")
    return DBFTable(path, rows, header_bytes, row_bytes, fields, _code_page(start[29]))


def first_rows(start: bytes) -> Iterator[list[bytes]]:
    """Yield the texts of the rows that the beginning of a .dbf holds whole, trimmed.

    None of a table that is damaged, which is told when it is opened.
    """
    header_bytes, row_bytes = (int.from_bytes(start[at : at + 2], "little") for at in (8, 10))
    if len(start) < _HEADER_BYTES or not row_bytes:
        return
    try:
        fields = _fields(start[_HEADER_BYTES:header_bytes], row_bytes)
    except SourceError:
        return
    for at in range(header_bytes, len(start) - row_bytes + 1, row_bytes):
        row = start[at : at + row_bytes]
        if row[0] != _DELETED:
            cells = (
                (row[f.offset : f.offset + f.width], f.width) for f in fields if f.kind == _TEXT
            )
            yield [trimmed(cell, width).raw for cell, width in cells]


def _code_page(driver: int) -> str | None:
    """Return the code page of a language driver byte; one that nobody listed is named as such."""
    return _CODE_PAGES.get(driver) or (f"LDID 0x{driver:02X}" if driver else None)


def table_texts(table: DBFTable) -> Iterator[EncodedText]:
    """Yield all texts that are not pure ASCII, the fields' names first.

    Rows marked as deleted are passed over, as GDAL does.
    """
    yield from (field.name for field in table.fields if not field.name.raw.isascii())
    columns = [field for field in table.fields if field.kind == _TEXT and field.width]
    if not columns or not table.rows:
        return
    for block in _row_blocks(table):
        rows = block[block[:, 0] != _DELETED]
        for field in columns:
            cells = rows[:, field.offset : field.offset + field.width]
            yield from _all_trimmed(cells[(cells > _LAST_ASCII).any(axis=1)])


def filled_rows(table: DBFTable, fields: Sequence[TableField]) -> int:
    """Return how many rows hold something in any of these fields."""
    if not table.rows:
        return 0
    count = 0
    for block in _row_blocks(table):
        rows = block[block[:, 0] != _DELETED]
        filled = np.zeros(len(rows), bool)
        for field in fields:
            cells = rows[:, field.offset : field.offset + field.width]
            filled |= ~np.isin(cells, _PADDING).all(axis=1)
        count += int(filled.sum())
    return count


def cells_of(column: NDArray[np.uint8]) -> list[bytes]:
    """Return the cells of a column, shape (rows, width > 0), without the NULs at their ends."""
    width = column.shape[1]
    cells: list[bytes] = np.ascontiguousarray(column).view(f"S{width}").ravel().tolist()
    return cells


def trimmed(cell: bytes, width: int) -> EncodedText:
    """Return a cell of a place ``width`` bytes wide without its padding.

    It is full if one byte at most stood at its end: some programs put a NUL there.
    """
    text = cell.split(b"\0", 1)[0].rstrip(b" ")
    return EncodedText(text.lstrip(b" "), len(text) >= width - 1)


def _all_trimmed(cells: NDArray[np.uint8]) -> Iterator[EncodedText]:
    """Return what ``trimmed`` does of cells, at once where no NUL ends a text early."""
    width = cells.shape[1]
    if width < 2 or not cells.all():  # noqa: PLR2004 - bytes at the end that tell whether it is full
        return map(partial(trimmed, width=width), cells_of(cells))
    full = (cells[:, -2:] != ord(" ")).any(axis=1).tolist()
    return map(EncodedText, [cell.strip(b" ") for cell in cells_of(cells)], full)


def _row_blocks(table: DBFTable) -> Iterator[NDArray[np.uint8]]:
    with table.path.open("rb") as file:
        file.seek(table.header_bytes)
        left = table.rows
        while left > 0:
            count = min(left, _ROWS_AT_ONCE)
            block = np.frombuffer(file.read(count * table.row_bytes), np.uint8)
            yield block.reshape(count, table.row_bytes)
            left -= count


def _fields(described: bytes, row_bytes: int) -> tuple[TableField, ...]:
    entries: list[bytes] = []
    for start in range(0, len(described), _FIELD_BYTES):
        entry = described[start : start + _FIELD_BYTES]
        # Some writers leave the end mark out; the sum of the widths is checked all the same.
        if entry[0] == _END_OF_FIELDS or len(entry) < _FIELD_BYTES:
            break
        if len(entries) == _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        entries.append(entry)
    names = written_names([entry[:_NAME_BYTES].split(b"\0", 1)[0] for entry in entries])
    kinds = [chr(entry[_NAME_BYTES]) for entry in entries]
    widths = _widths(entries, row_bytes)
    offsets = accumulate(widths, initial=1)  # the first byte of a row marks it as deleted
    return tuple(map(TableField, names, kinds, offsets, widths))


def _widths(entries: Sequence[bytes], row_bytes: int) -> list[int]:
    """Return the fields' widths, which make up a row.

    Texts of 256 bytes and more, which dBASE has not but Clipper and its heirs have, are told of
    where others write the decimals. Others put anything there, so that the sum decides.
    """
    plain = [entry[_WIDTH_AT] for entry in entries]
    wide = [
        width + 256 * entry[_WIDTH_AT + 1] * (entry[_NAME_BYTES] == ord(_TEXT))
        for width, entry in zip(plain, entries, strict=True)
    ]
    for widths in (plain, wide):
        if 1 + sum(widths) == row_bytes:
            return widths
    raise SourceError("dbf-damaged")
