"""Values of a Parquet file's columns as JSON has them, digit by digit.

Arrow counts times in units since 1970 as far as 64 bits reach, Python from year 1 to 9999 and to
microseconds: what Python has no value for is written out here, and told.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from zones.errors import SourceError
from zones.formats.gdal.values import as_doubles, json_column
from zones.model import JSON, Problem

_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_BEYOND_PYTHON: Final = (OverflowError, ValueError)
_PARTS: Final = ((86_400, "D"), (3_600, "H"), (60, "M"))
_SHOWN: Final = 60


def values_of(name: str, column: Any) -> tuple[list[JSON], tuple[Problem, ...]]:
    """Return a column's values, and what to tell of them.

    Raises
    ------
    SourceError
        ``parquet-column`` if a list or a structure holds a time that cannot be written out.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        return _short_numbers(column), ()
    if pa.types.is_decimal(kind):
        return [None if value is None else _decimal(value) for value in column.to_pylist()], ()
    if pa.types.is_duration(kind):
        return [_duration(value.value, kind.unit) for value in column], ()
    if pa.types.is_time64(kind) and kind.unit == "ns":
        return [_time(value.value) for value in column], ()
    try:
        return json_column(column.to_pylist()), ()
    except _BEYOND_PYTHON as error:
        if not pa.types.is_temporal(kind):
            raise SourceError("parquet-column", column=name[:_SHOWN], kind=str(kind)) from error
    values = [_instant(value) for value in column]
    return [value for value, _ in values], tuple(_odd_times(name, values))


def _short_numbers(column: Any) -> list[JSON]:
    """Return numbers of fewer than eight bytes by their own digits."""
    numbers = as_doubles(column.to_numpy(zero_copy_only=False)).tolist()
    present = column.is_valid().to_pylist()
    return [n if there else None for n, there in zip(numbers, present, strict=True)]


def _decimal(value: Decimal) -> JSON:
    """Return a decimal as the number that shows the same digits, else as its text."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def _duration(count: int | None, unit: str) -> str | None:
    """Return a length of time by ISO 8601.

    Examples
    --------
    >>> _duration(-90_061_001, "ms"), _duration(0, "s")
    ('-P1DT1H1M1.001S', 'PT0S')
    """
    if count is None:
        return None
    whole, rest = divmod(abs(count), _PER_SECOND[unit])
    words = []
    for size, letter in _PARTS:
        number, whole = divmod(whole, size)
        words.append(f"{number}{letter}" if number else "")
    days, *times = words
    digits = len(str(_PER_SECOND[unit])) - 1
    fraction = f".{rest:0{digits}}".rstrip("0") if rest else ""
    seconds = f"{whole}{fraction}S" if whole or rest or not any(words) else ""
    clock = "".join(times) + seconds
    return f"{'-' if count < 0 else ''}P{days}{'T' if clock else ''}{clock}"


def _time(nanoseconds: int | None) -> str | None:
    """Return a time of day with as many digits as it has.

    Examples
    --------
    >>> _time(1), _time(43_200_500_000_000), _time(0)
    ('00:00:00.000000001', '12:00:00.500000', '00:00:00')
    """
    if nanoseconds is None:
        return None
    seconds, rest = divmod(nanoseconds, 10**9)
    fraction = f".{rest:09}".removesuffix("000") if rest else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def _instant(value: Any) -> tuple[JSON, bool]:
    """Return an instant or a day, and whether Python has none for it."""
    try:
        (found,) = json_column([value.as_py()])
    except _BEYOND_PYTHON:
        return _written(value), True
    return found, False


def _written(value: Any) -> str:
    """Return an instant that Arrow writes out, in UTC; by its count where it has no date either."""
    import pyarrow as pa

    zone = getattr(value.type, "tz", None)
    count, unit = value.value, getattr(value.type, "unit", "day")
    plain = pa.array([count], pa.timestamp(unit)) if unit != "day" else pa.array([value])
    (text,) = plain.cast(pa.string()).to_pylist()
    if text.startswith("<"):
        return f"1970-01-01 {count:+} {unit}"
    return str(text).replace(" ", "T") + ("Z" if zone else "")


def _odd_times(name: str, values: Sequence[tuple[JSON, bool]]) -> Iterator[Problem]:
    odd = [value for value, is_odd in values if is_odd]
    params: dict[str, JSON] = {"count": len(odd), "value": odd[0]}
    yield Problem("parquet-time-beyond", params, "warning", field=name)
