"""Columns of numbers or texts as coordinates, and how far numbers of few bits are apart."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.crs.transform import CRS, from_storage_xy
from zones.errors import BulkError
from zones.formats.csv.place_numbers import coordinate, is_blank
from zones.formats.csv.row_remarks import CODE_BY_FORM
from zones.lookup.bulk_locator import Bools, Floats, Ints
from zones.model import JSON, Problem

_EXAMPLE: Final = (123.4, 41.8)
"""Longitude and latitude of a place in Shenyang, to say how far numbers of few bits are apart."""
_METRES_PER_DEGREE: Final = (83_000.0, 111_000.0)
_SHOWN: Final = 200
_PLAIN: Final = r"(?i)^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?|[+-]?(nan|inf))$"
_HALF, _SINGLE, _ROUNDED_FROM_M = 16, 32, 10


def check_numbers(field: pa.Field) -> None:
    """Refuse a column that holds neither numbers nor texts.

    Raises
    ------
    BulkError
        ``bulk-column-not-numbers``.
    """
    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    numbers = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not (numbers or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise BulkError("bulk-column-not-numbers", name=field.name[:80], kind=str(kind)[:80])


class ParsedNumbers(NamedTuple):
    """A column's numbers, which are missing, which are none, and how odd ones are written."""

    values: Floats
    missing: Bools
    bad: Bools
    odd: dict[int, tuple[str, str]]


def numbers_of(column: pa.Array) -> ParsedNumbers:
    """Return the numbers of a column; texts are read as cells of a CSV are."""
    if pa.types.is_dictionary(column.type):
        return _by_index(column)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        values = column.cast(pa.float64(), safe=False).fill_null(np.nan)
        bad = np.zeros(len(column), bool)
        return ParsedNumbers(values.to_numpy(zero_copy_only=False), missing, bad, {})
    trimmed = pc.utf8_trim_whitespace(column)
    sound = pc.match_substring_regex(trimmed, _PLAIN).fill_null(fill_value=False)
    plain = pc.if_else(sound, trimmed, None).cast(pa.float64()).fill_null(np.nan)
    values = plain.to_numpy(zero_copy_only=False, writable=True)
    others = np.flatnonzero(~sound.to_numpy(zero_copy_only=False) & ~missing)
    return _read_others(
        ParsedNumbers(values, missing.copy(), np.zeros(len(column), bool), {}), column, others
    )


def _read_others(numbers: ParsedNumbers, column: pa.Array, others: Ints) -> ParsedNumbers:
    """Fill in the numbers of texts that are not written plainly, which have these positions."""
    for row in others.tolist():
        text = column[row].as_py()
        if is_blank(text):
            numbers.missing[row] = True
        elif (found := coordinate(text)) is None:
            numbers.bad[row] = True
        else:
            numbers.values[row] = found.value
            if found.how in CODE_BY_FORM:
                numbers.odd[row] = (CODE_BY_FORM[found.how], text)
    return numbers


def coarse_numbers(axes: Sequence[tuple[str, pa.DataType]], crs: CRS) -> Iterator[Problem]:
    """Yield what to tell of numbers, by name and type, that are too short for places."""
    for bits, kind in ((_HALF, np.float16), (_SINGLE, np.float32)):
        names = [name for name, type_ in axes if _float_bits(type_) == bits]
        step_m = _step_m(kind, crs)
        if names and np.isfinite(step_m):
            params: dict[str, JSON] = {"columns": ", ".join(names)[:_SHOWN], "bits": bits}
            params["step_m"] = f"{step_m:,.0f}" if step_m >= _ROUNDED_FROM_M else f"{step_m:.1f}"
            yield Problem("table-numbers-coarse", params, "warning" if bits == _HALF else "note")


def _by_index(column: pa.DictionaryArray) -> ParsedNumbers:
    """Return the same of a column in dictionary form, each of whose values is read once.

    Rows refer to texts of any length: written out, they would take memory without bound.
    """
    read = numbers_of(column.dictionary)
    places = column.indices.cast(pa.int64()).fill_null(len(column.dictionary)).to_numpy()
    values, missing, bad = (
        np.append(each, last)[places]
        for each, last in ((read.values, np.nan), (read.missing, True), (read.bad, False))
    )
    named = np.flatnonzero(np.isin(places, list(read.odd))) if read.odd else np.zeros(0, np.int64)
    return ParsedNumbers(values, missing, bad, {int(row): read.odd[places[row]] for row in named})


def _float_bits(kind: pa.DataType) -> int:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return int(kind.bit_width) if pa.types.is_floating(kind) else 0


def _step_m(kind: type[np.floating], crs: CRS) -> float:
    """Return how far neighbouring numbers are apart on the ground, in metres."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = [float(np.spacing(kind(each))) for each in from_storage_xy(*_EXAMPLE, crs)]
    if crs.is_geographic:
        steps = [step * m for step, m in zip(steps, _METRES_PER_DEGREE, strict=True)]
    return max(steps)
