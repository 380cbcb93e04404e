"""What a cell of an Access database holds, by the type of its column."""

import struct
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from zones.formats.mdb.pages import Pages, damaged
from zones.formats.mdb.tables import Column
from zones.formats.mdb.texts import text_of
from zones.model import JSON

TRUTH, OLE, MEMO, NUMERIC = 1, 11, 12, 16
_TEXT = 10
_FIRST_DAY: Final = datetime(1899, 12, 30)  # Access knows no zones
_MONEY_UNITS = 10_000
_NUMERIC_BYTES = 17
_KEPT_DIGITS = 15


def value_of(cell: bytes | None, column: Column, pages: Pages) -> JSON:
    """Return a cell as a value of JSON; a date with its time as ISO 8601, without a zone."""
    if column.kind == TRUTH:
        return cell is not None
    if cell is None:
        return None
    if column.kind == MEMO:
        return text_of(pages.long_value(cell))
    if column.kind == NUMERIC:
        return _numeric(cell, column)
    try:
        return VALUES[column.kind](cell)
    except (struct.error, ValueError, OverflowError) as error:
        raise damaged() from error


def _numeric(cell: bytes, column: Column) -> JSON:
    """Return an exact decimal: as text in a column that may have more digits than a float keeps.

    A sign, then 16 bytes as four numbers of 32 bits, the highest first.
    """
    if len(cell) != _NUMERIC_BYTES:
        raise damaged()
    words = struct.unpack("<4I", cell[1:])
    whole = sum(word << 32 * (3 - at) for at, word in enumerate(words))
    exact = Decimal(-whole if cell[0] else whole).scaleb(-column.scale)
    if not column.scale:
        return int(exact)
    return float(exact) if column.precision <= _KEPT_DIGITS else format(exact, "f")


def _money(cell: bytes) -> JSON:
    (units,) = struct.unpack("<q", cell)
    return float(Decimal(units) / _MONEY_UNITS)


def _instant(cell: bytes) -> JSON:
    """Return date and time; before the first day the time counts forward all the same."""
    (days,) = struct.unpack("<d", cell)
    whole = int(days)
    seconds = round(abs(days - whole) * 86400, 3)
    return (_FIRST_DAY + timedelta(whole, seconds)).isoformat()


def _number(form: str) -> Callable[[bytes], JSON]:
    def read(cell: bytes) -> JSON:
        (found,) = struct.unpack(form, cell)
        return found  # type: ignore[no-any-return]  # an int or a float

    return read


def _single(cell: bytes) -> JSON:
    """Return a number of four bytes by its own shortest digits."""
    (found,) = struct.unpack("<f", cell)
    return float(str(np.float32(found)))


VALUES: Final[Mapping[int, Callable[[bytes], JSON]]] = MappingProxyType(
    {
        2: _number("<B"),
        3: _number("<h"),
        4: _number("<i"),
        5: _money,
        6: _single,
        7: _number("<d"),
        8: _instant,
        _TEXT: text_of,
        15: lambda cell: "{" + str(uuid.UUID(bytes_le=cell)).upper() + "}",
        19: _number("<q"),
    }
)
"""By the type's number; truth, memos and decimals are read by ``value_of`` itself."""
READ: Final = frozenset({*VALUES, TRUTH, MEMO, NUMERIC})
"""Types whose cells become attributes; bytes, OLE objects and attachments do not."""
