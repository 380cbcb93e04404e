"""The values of a shapefile's table, in types that JSON has.

Whole numbers stay exact, also with 18 digits; dates become ISO 8601 texts; blanks, and what
programs write in their place, become null. So does what is no value of its field's type, which
is told.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.encoding.trial_decoding import MIXED, EncodedText, decode_text
from zones.formats.shapefile.dbf import DBFTable, TableField, cells_of, trimmed
from zones.model import JSON

_LARGEST_WHOLE = 2**63 - 1
_EXACT_FLOATS = 2**53
_DAY: Final = re.compile(rb"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_THOUSANDS: Final = re.compile(rb"[0-9],[0-9]{3}$")
_TYPE_NAMES: Final = {"C": "text", "N": "number", "F": "number", "L": "boolean", "D": "date"}


def readable_fields(table: DBFTable) -> tuple[TableField, ...]:
    """Return the columns that can be read; memo fields and foreign types are not among them."""
    return tuple(field for field in table.fields if field.kind in _TYPE_NAMES)


def type_name(field: TableField) -> str:
    """Return what a column holds, in one word."""
    return _TYPE_NAMES[field.kind]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """The values of a field, and the cells that are neither blank nor what the field is for.

    ``unread`` has their positions among the rows and their bytes; their values are None.
    ``padded`` has the texts that began with a blank likewise; it is left out. ``commas`` has the
    numbers that a comma was read in as the decimal point, ``stars`` cells filled with asterisks.
    """

    values: Sequence[JSON]
    unread: Sequence[tuple[int, bytes]] = ()
    padded: Sequence[tuple[int, bytes]] = ()
    commas: Sequence[tuple[int, bytes]] = ()
    stars: Sequence[int] = ()


def read_columns(table: DBFTable, rows: NDArray[np.int64], *, codec: str) -> list[ReadColumn]:
    """Return each readable field's column, of the rows with these indices from 0.

    Raises
    ------
    UnicodeDecodeError
        If a text is not in ``codec``; ``encoding.decide_encoding`` has made sure that it is.
    """
    mapped = np.memmap(table.path, np.uint8, "r", table.header_bytes, (table.rows, table.row_bytes))
    block = mapped[rows]
    return [_column(block, field, codec) for field in readable_fields(table)]


def _column(block: NDArray[np.uint8], field: TableField, codec: str) -> ReadColumn:
    if not field.width:
        return ReadColumn([None] * len(block))
    cells = cells_of(block[:, field.offset : field.offset + field.width])
    if field.kind == "C":
        return ReadColumn(_texts(cells, codec), padded=_padded(cells, block[:, field.offset]))
    read = _READERS.get(field.kind)
    values = list(map(read, cells)) if read else _numbers(cells)
    return ReadColumn(
        values,
        _unread(cells, values, field.kind),
        commas=_commas(cells, values),
        stars=_stars(cells),
    )


def _stars(cells: Sequence[bytes]) -> Sequence[int]:
    """Return the cells filled with asterisks, as of numbers too long for their place."""
    if b"*" not in b"".join(cells):
        return ()
    texts = enumerate(cell.strip(b" \0") for cell in cells)
    return [at for at, text in texts if text and not text.strip(b"*")]


def _commas(cells: Sequence[bytes], values: Sequence[JSON]) -> Sequence[tuple[int, bytes]]:
    """Return the cells with a comma that were read all the same."""
    if b"," not in b"".join(cells):
        return ()
    pairs = enumerate(zip(cells, values, strict=True))
    return [
        (at, cell.strip(b" \0"))
        for at, (cell, value) in pairs
        if b"," in cell and value is not None
    ]


def _padded(cells: Sequence[bytes], first: NDArray[np.uint8]) -> Sequence[tuple[int, bytes]]:
    """Return the texts that begin with a blank; those behind a text only fill its place."""
    begun = np.flatnonzero(first == ord(" ")).tolist()
    return [(at, text) for at in begun if (text := cells[at].rstrip(b" \0"))]


def _unread(
    cells: Sequence[bytes], values: Sequence[JSON], kind: str
) -> Sequence[tuple[int, bytes]]:
    if None not in values:
        return ()
    empty = {cell for cell, value in zip(cells, values, strict=True) if value is None}
    odd = {text for cell in empty if (text := cell.strip(b" \0")).strip(_BLANK[kind])}
    if not odd:  # blanks are many, and of a few spellings
        return ()
    return [
        (at, text)
        for at, (cell, value) in enumerate(zip(cells, values, strict=True))
        if value is None and (text := cell.strip(b" \0")) in odd
    ]


def _texts(cells: Sequence[bytes], codec: str) -> list[str | None]:
    """Return texts, decoded all at once where they can be told apart afterwards."""
    together = b"\n".join(cells)
    if codec != MIXED and b"\0" not in together and together.count(b"\n") == len(cells) - 1:
        with suppress(UnicodeDecodeError):  # one is cut within a character, say
            read = b"\n".join([cell.strip(b" ") for cell in cells]).decode(codec).split("\n")
            return [text or None for text in read]
    return [_text(cell, codec) for cell in cells]


def _text(cell: bytes, codec: str) -> str | None:
    # Whether a text fills its place is not asked again: that all decode is known by now.
    raw = trimmed(cell, len(cell)).raw
    return decode_text(EncodedText(raw, full=True), codec) if raw else None


def _numbers(cells: Sequence[bytes]) -> list[JSON]:
    """Return numbers, read all at once where all are whole and neither blank nor large."""
    if b"_" not in b"".join(cells):
        with suppress(ValueError):
            whole = list(map(int, cells))
            if min(whole) >= -_LARGEST_WHOLE and max(whole) <= _LARGEST_WHOLE:
                return [*whole]
    return list(map(_number, cells))


def _number(cell: bytes) -> JSON:
    text = cell.strip(b" \0")
    if not text or b"_" in text:
        return None
    try:
        return _whole(text)
    except ValueError:
        return _decimal(text)


def _decimal(text: bytes) -> JSON:
    """Return a number with decimals; whole ones of more digits than a float has stay exact.

    A comma is taken for the decimal point unless three digits follow, which may be thousands.
    """
    if text.count(b",") == 1 and not _THOUSANDS.search(text):
        text = text.replace(b",", b".")
    try:
        number = float(text)
    except ValueError:
        return None
    if not isfinite(number):
        return None
    whole, _, decimals = text.partition(b".")
    if abs(number) >= _EXACT_FLOATS and decimals and not decimals.strip(b"0"):
        return _whole(whole)
    return number


def _whole(text: bytes) -> int | str:
    """Return a whole number; one that no 64 bits hold stays a text."""
    number = int(text)
    return number if abs(number) <= _LARGEST_WHOLE else text.decode("ascii")


def _boolean(cell: bytes) -> bool | None:
    return {b"Y": True, b"T": True, b"N": False, b"F": False}.get(cell.strip().upper())


@lru_cache(maxsize=16_384)  # a column has the same few days again and again
def _date(cell: bytes) -> str | None:
    """Return a day as ISO 8601 writes it, None for what is in no calendar."""
    found = _DAY.fullmatch(cell.strip(b" \0"))
    if found is None:
        return None
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None


# What programs write where there is no value: shapelib asterisks and noughts, all of them blanks.
_BLANK: Final = {"N": b"*", "F": b"*", "D": b"0", "L": b"?"}
_READERS: Final[dict[str, Callable[[bytes], JSON]]] = {"L": _boolean, "D": _date}


def columns_as_rows(
    names: Sequence[str], columns: Sequence[Sequence[JSON]]
) -> list[dict[str, JSON]]:
    """Return one mapping for each row."""
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
