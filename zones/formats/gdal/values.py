"""Columns as pyogrio reads them -> values that JSON has."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.model import JSON

_MIDNIGHT: Final = "T00:00:00"
_WHOLE: Final = frozenset({"OFTInteger", "OFTInteger64"})
_BOOLEAN: Final = "OFSTBoolean"
_TEXTS: Final = frozenset({str, type(None)})
_LISTS: Final = frozenset({"OFTIntegerList", "OFTInteger64List", "OFTRealList", "OFTStringList"})
_TYPES: Final = {
    "OFTInteger": "number",
    "OFSTBoolean": "boolean",
    "OFTInteger64": "number",
    "OFTReal": "number",
    "OFTString": "text",
    "OFTDate": "date",
    "OFTTime": "text",
    "OFTDateTime": "text",
    "OFTBinary": "text",
}


def kinds_of(info: Mapping[str, Any]) -> list[str]:
    """Return the types of a layer's fields; of those that hold true or false it is the subtype.

    Beside a missing value pyogrio makes numbers of them.
    """
    pairs = zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
    return [subtype if subtype == _BOOLEAN else kind for kind, subtype in pairs]


def type_name(ogr_type: str) -> str:
    """Return what a field holds, in the words of the findings."""
    return "array" if ogr_type in _LISTS else _TYPES.get(ogr_type, "text")


def column_as_json(column: NDArray[Any], ogr_type: str) -> list[JSON]:
    """Return the values of one field; missing ones become None.

    Whole numbers stay whole although numpy makes floats of them where one is missing.
    """
    if column.dtype.kind == "b":
        return [bool(value) for value in column.tolist()]
    if column.dtype.kind in "iu":
        return list(column.tolist())
    if column.dtype.kind == "f":
        make: Callable[[float], JSON] = int if ogr_type in _WHOLE else float
        if ogr_type == _BOOLEAN:
            make = bool
        values = as_doubles(column).tolist()
        # Missing ones are NaN to pyogrio; infinite ones are for the checks to tell of.
        return [None if np.isnan(value) else make(value) for value in values]
    if column.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in column]
    if ogr_type == "OFTDate":
        return [None if value is None else str(value).removesuffix(_MIDNIGHT) for value in column]
    return json_column(column.tolist())


def as_doubles(column: NDArray[Any]) -> NDArray[np.float64]:
    """Return floating numbers as doubles of the same decimal digits.

    A number of four bytes is the one next to what was entered; its shortest digits are those that
    every program shows (0.1), widened it would be 0.10000000149011612.
    """
    if column.dtype == np.float64:
        return column
    return column.astype(str).astype(np.float64)


def without_zone(values: Sequence[JSON]) -> list[JSON]:
    """Return instants without the Z that GDAL puts behind those of a geodatabase.

    Its fields hold what a clock showed, in no time zone.
    """
    return [value.removesuffix("Z") if isinstance(value, str) else value for value in values]


def are_midnights(column: NDArray[Any]) -> bool:
    """Return whether a column's instants, texts or None, are all midnights without a time zone."""
    texts = [str(value) for value in column if value is not None]
    return bool(texts) and all(text.endswith(_MIDNIGHT) for text in texts)


def json_column(values: Sequence[Any]) -> list[JSON]:
    """Return values of Python and numpy of any kind as JSON has them."""
    if _TEXTS.issuperset(map(type, values)):
        return list(values)
    return [_one(value) for value in values]


def _one(value: Any) -> JSON:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return _nested(value)


def _nested(value: Any) -> JSON:
    if isinstance(value, np.ndarray | list | tuple):
        return [_one(part) for part in value]
    if isinstance(value, dict):
        return {str(name): _one(part) for name, part in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
