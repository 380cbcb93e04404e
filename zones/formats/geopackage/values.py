"""Values of a GeoPackage's columns, whose declared types SQLite does not enforce.

GeoPackage 1.3, table 1, says what each type may hold. What is of another kind is kept as it is,
and told: GDAL makes true of a 5 in a BOOLEAN, and 0 of a text in an INTEGER.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError
from zones.formats.gdal.values import as_doubles
from zones.formats.geopackage.soundness import GeoPackageColumn
from zones.model import JSON, Problem

_WHOLE: Final = ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER")
_NUMBERS: Final = ("FLOAT", "DOUBLE", "REAL")
_DAYS: Final = {"DATE": date.fromisoformat, "DATETIME": datetime.fromisoformat}
_SHOWN: Final = 60
FIELD_TYPES: Final = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys((*_WHOLE, *_NUMBERS), "number"),
}
"""What the columns of a declared type hold, in one word; all others hold texts."""


def value_of(value: object, kind: str) -> JSON:
    """Return a value in a type that JSON has; texts come as bytes.

    Raises
    ------
    SourceError
        ``text-encoding`` for a text that is no UTF-8.
    """
    if isinstance(value, bytes):
        return value.hex() if kind == "BLOB" else _text(value)
    if kind == "BOOLEAN" and isinstance(value, int) and value in (0, 1):
        return bool(value)
    if kind == "FLOAT" and isinstance(value, float):
        return _single(value)
    return value if isinstance(value, int | float) else None


def odd_values(
    columns: Sequence[GeoPackageColumn], rows: Sequence[Sequence[JSON]], numbers: NDArray[np.int64]
) -> Iterator[Problem]:
    """Yield in which columns values are not of the declared type, with the first of each."""
    for at, column in enumerate(columns):
        odd = [row for row, values in enumerate(rows) if not _fits(values[at], column.type)]
        if odd:
            params: dict[str, JSON] = {
                "field": column.name,
                "type": column.type,
                "count": len(odd),
                "value": orjson.dumps(rows[odd[0]][at]).decode()[:_SHOWN],
            }
            first = int(numbers[odd[0]])
            yield Problem("gpkg-value-odd", params, "warning", first, column.name)


def _fits(value: JSON, kind: str) -> bool:
    if value is None:
        return True
    if kind == "BOOLEAN":
        return isinstance(value, bool)
    if kind in _WHOLE:
        return isinstance(value, int)
    if kind in _NUMBERS:
        return isinstance(value, int | float)
    return kind not in _DAYS or _is_day(value, kind)


def _is_day(value: JSON, kind: str) -> bool:
    try:
        _DAYS[kind](value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        sample = value[:40].decode("ascii", "backslashreplace")
        raise SourceError("text-encoding", sample=sample, declared=UTF_8) from error


def _single(value: float) -> float:
    """Return a number of a column of four bytes by its shortest digits, one of more as it is."""
    with np.errstate(over="ignore"):
        single = np.float32(value)
    return float(as_doubles(np.array([single]))[0]) if float(single) == value else value
