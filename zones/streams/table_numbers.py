"""Columns of numbers or texts as coordinates, and how far numbers of few bits are apart."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.crs.transform import CRS, from_storage_xy
from zones.errors import BulkError
from zones.lookup.bulk_answers import Bools, Floats
from zones.model import JSON, Problem

_EXAMPLE: Final = (123.4, 41.8)
"""Longitude and latitude of a place in Shenyang, to say how far numbers of few bits are apart."""
_METRES_PER_DEGREE: Final = (83_000.0, 111_000.0)
_SHOWN: Final = 200
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


def numbers_of(column: pa.Array) -> tuple[Floats, Bools, Bools]:
    """Return a column's numbers, which are missing and which are none."""
    if pa.types.is_dictionary(column.type):
        return _by_index(column)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    bad = np.zeros(len(column), bool)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        blank = pc.equal(column, "").fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        pattern = r"(?i)^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?|[+-]?(nan|inf))$"
        sound = pc.match_substring_regex(column, pattern).fill_null(fill_value=False)
        missing = missing | blank
        bad = ~sound.to_numpy(zero_copy_only=False) & ~missing
        column = pc.if_else(sound, column, None)
    values = column.cast(pa.float64(), safe=False).fill_null(np.nan)
    return values.to_numpy(zero_copy_only=False), missing, bad


def coarse_numbers(axes: Sequence[tuple[str, pa.DataType]], given: CRS) -> Iterator[Problem]:
    """Yield what to tell of numbers, by name and type, that are too short for places."""
    for bits, kind in ((_HALF, np.float16), (_SINGLE, np.float32)):
        names = [name for name, held in axes if _float_bits(held) == bits]
        step_m = _step_m(kind, given)
        if names and np.isfinite(step_m):
            params: dict[str, JSON] = {"columns": ", ".join(names)[:_SHOWN], "bits": bits}
            params["step_m"] = f"{step_m:,.0f}" if step_m >= _ROUNDED_FROM_M else f"{step_m:.1f}"
            yield Problem("table-numbers-coarse", params, "warning" if bits == _HALF else "note")


def _by_index(column: pa.DictionaryArray) -> tuple[Floats, Bools, Bools]:
    """Return the same of a column in dictionary form, each of whose values is read once.

    Rows refer to texts of any length: written out, they would take memory without bound.
    """
    values, missing, bad = (
        np.append(each, last)
        for each, last in zip(numbers_of(column.dictionary), (np.nan, True, False), strict=True)
    )
    places = column.indices.cast(pa.int64()).fill_null(len(column.dictionary)).to_numpy()
    return values[places], missing[places], bad[places]


def _float_bits(kind: pa.DataType) -> int:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return int(kind.bit_width) if pa.types.is_floating(kind) else 0


def _step_m(kind: type[np.floating], given: CRS) -> float:
    """Return how far neighbouring numbers are apart on the ground, in metres."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = [float(np.spacing(kind(each))) for each in from_storage_xy(*_EXAMPLE, given)]
    if given.is_geographic:
        steps = [step * m for step, m in zip(steps, _METRES_PER_DEGREE, strict=True)]
    return max(steps)
