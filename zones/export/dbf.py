"""The table of a shapefile (dBASE III), written so that no digit and no character breaks.

GDAL writes real numbers with 15 decimals, which loses digits; here each is written so that it
comes back to the last bit.
"""

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from zones.export.typed_columns import TypedColumn

LONGEST_NAME: Final = 10
LONGEST_TEXT: Final = 254
_GBK_MARK: Final = 0x4D  # the language driver of code page 936
_MOST_DECIMALS: Final = 15
_WIDEST_WHOLE: Final = 18  # of what GDAL reads as a whole number


@dataclass(slots=True)
class Losses:
    """What a table cannot hold as it is, counted by the columns' full names.

    ``cut`` are texts that were cut, ``replaced`` those with characters that the encoding lacks,
    ``wide`` whole numbers that GDAL, and with it QGIS, takes for decimal ones of 15 digits.
    """

    cut: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    wide: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Field:
    name: bytes
    kind: bytes
    width: int
    decimals: int
    cells: Sequence[bytes]


def cut_names(names: Sequence[str], *, encoding: str) -> list[str]:
    """Return names of at most ten bytes, cut between characters, none of them twice.

    Examples
    --------
    >>> cut_names(["规划面积平方米", "规划面积公顷", "name"], encoding="gbk")
    ['规划面积平', '规划面积公', 'name']
    >>> cut_names(["规划面积一", "规划面积二"], encoding="utf-8")
    ['规划面', '规划_2']
    """
    whole = [_cut(name, LONGEST_NAME, encoding).rstrip() for name in names]
    first: dict[str, str] = {}
    for name, cut in zip(names, whole, strict=True):
        if cut == name:  # what fits stays as it is, also behind longer ones
            first.setdefault(cut.casefold(), name)
    taken: set[str] = set()
    found = []
    for name, cut in zip(names, whole, strict=True):
        number, unique = 1, cut
        while unique.casefold() in taken or first.get(unique.casefold(), name) != name:
            number += 1
            ending = f"_{number}"
            unique = _cut(name, LONGEST_NAME - len(ending), encoding) + ending
        taken.add(unique.casefold())
        found.append(unique)
    return found


def write_dbf(
    path: Path,
    columns: Sequence[TypedColumn],
    names: Sequence[str],
    *,
    encoding: str,
    losses: Losses,
) -> None:
    """Write the columns under these names, and add to ``losses`` what they lose.

    Nothing is written for a missing value.
    """
    fields = [
        _field(column, name.encode(encoding, "replace"), encoding, losses)
        for column, name in zip(columns, names, strict=True)
    ]
    rows = len(columns[0].values)
    row_bytes = 1 + sum(each.width for each in fields)
    with path.open("wb") as file:
        file.write(_header(rows, row_bytes, len(fields), gbk=encoding == "gbk"))
        for each in fields:
            place = struct.pack("<11sc4xBB14x", each.name, each.kind, each.width, each.decimals)
            file.write(place)
        file.write(b"\r")
        for cells in zip(*(each.cells for each in fields), strict=True):
            file.write(b" " + b"".join(cells))
        file.write(b"\x1a")


def _header(rows: int, row_bytes: int, fields: int, *, gbk: bool) -> bytes:
    today = date.today()
    size = 32 + 32 * fields + 1
    day = (today.year - 1900, today.month, today.day)
    return struct.pack("<4BIHH17xBxx", 3, *day, rows, size, row_bytes, _GBK_MARK if gbk else 0)


def _field(column: TypedColumn, name: bytes, encoding: str, losses: Losses) -> _Field:
    if column.kind == "boolean":
        cells = [b"?" if value is None else b"T" if value else b"F" for value in column.values]
        return _Field(name, b"L", 1, 0, cells)
    if column.kind == "date":
        cells = [str(value or "").replace("-", "").encode() for value in column.values]
        return _Field(name, b"D", 8, 0, [cell.ljust(8) for cell in cells])
    if column.kind == "text":
        cells = [_text_cell(value, encoding, column.source, losses) for value in column.values]
        width = max([1, *map(len, cells)])
        return _Field(name, b"C", width, 0, [cell.ljust(width) for cell in cells])
    cells = [b"" if value is None else repr(value).encode() for value in column.values]
    decimals = _decimals(cells) if column.kind == "real" else 0
    width = max([decimals + 2, *map(len, cells)])
    if column.kind == "integer":
        losses.wide[column.source] += sum(len(cell) > _WIDEST_WHOLE for cell in cells)
    return _Field(name, b"N", width, decimals, [cell.rjust(width) for cell in cells])


def _decimals(cells: Sequence[bytes]) -> int:
    """Return how many decimals a column of real numbers is said to have: at least one."""
    places = (len(cell.partition(b".")[2].partition(b"e")[0]) for cell in cells)
    return min(_MOST_DECIMALS, max([1, *places]))


def _text_cell(value: object, encoding: str, source: str, losses: Losses) -> bytes:
    if value is None:
        return b""
    text = str(value).replace("\0", "")
    shortened = _cut(text, LONGEST_TEXT, encoding)
    raw = shortened.encode(encoding, "replace")
    losses.cut[source] += len(text.encode(encoding, "replace")) > LONGEST_TEXT
    losses.replaced[source] += raw.decode(encoding) != text[: len(shortened)]
    return raw


def _cut(text: str, most: int, encoding: str) -> str:
    """Return as much of the beginning of a text as so many bytes hold, as the encoding has it."""
    return text.encode(encoding, "replace")[:most].decode(encoding, "ignore")
