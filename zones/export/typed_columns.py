"""Attributes as columns of one type each, as tables of other programs have them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, cast

import orjson

from zones.model import JSON, Feature
from zones.quality.identifiers import ID_COLUMN

Value: TypeAlias = int | float | bool | str | None
ColumnKind = Literal["integer", "real", "boolean", "date", "text"]

_KINDS: Final[Mapping[type, ColumnKind]] = {
    bool: "boolean",
    int: "integer",
    float: "real",
    str: "text",
}
_LARGEST_WHOLE: Final = 2**63 - 1
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """One column: ``name`` in the file, ``source`` in the store; None where there is no value.

    All values are of the column's kind; a date is a text ``YYYY-MM-DD``.
    """

    name: str
    source: str
    kind: ColumnKind
    values: Sequence[Value]


def columns_of(features: Sequence[Feature]) -> list[TypedColumn]:
    """Return the ids as column ``zones_fid``, then the attributes in the order first met.

    A column of whole numbers and others is of real numbers, unless one has too many digits; any
    other mixture is text; lists
    and objects are written as JSON text. Texts that are all days are dates, as they are in the
    collection's schema. Names that differ by case alone, which databases take
    for one, are told apart by a number.
    """
    fids = TypedColumn(ID_COLUMN, "id", "text", [feature.fid for feature in features])
    sources = dict.fromkeys(name for feature in features for name in feature.properties)
    names = distinct_headings([ID_COLUMN, *sources])[1:]
    return [
        fids,
        *(
            _column(name, source, [feature.properties.get(source) for feature in features])
            for name, source in zip(names, sources, strict=True)
        ),
    ]


def distinct_headings(names: Sequence[str]) -> list[str]:
    """Return the names with a number added to those that differ from an earlier one by case."""
    taken: set[str] = set()
    found = []
    for name in names:
        number, unique = 1, name
        while unique.casefold() in taken:
            number += 1
            unique = f"{name}_{number}"
        taken.add(unique.casefold())
        found.append(unique)
    return found


def _column(name: str, source: str, values: Sequence[JSON]) -> TypedColumn:
    kinds = {_kind(value) for value in values if value is not None}
    if kinds == {"integer", "real"} and all(_is_exact(value) for value in values):
        return TypedColumn(name, source, "real", [_real(value) for value in values])
    if len(kinds) == 1 and (kind := kinds.pop()) is not None:
        if kind == "text" and all(_is_date(value) for value in values if value is not None):
            kind = "date"
        return TypedColumn(name, source, kind, cast("Sequence[Value]", values))
    return TypedColumn(name, source, "text", [_text(value) for value in values])


def _kind(value: JSON) -> ColumnKind | None:
    """Return the kind of column that the value fits into as it is."""
    if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        return None
    return _KINDS.get(type(value))


def is_of_one_kind(types: set[type]) -> bool:
    """Return whether values of these types fill a column as they are: null beside one kind.

    Whole numbers go beside others, as far as doubles hold them.
    """
    kinds = types - {type(None)}
    return kinds == {int, float} or (len(kinds) <= 1 and kinds <= _KINDS.keys())


def _is_exact(value: JSON) -> bool:
    """Return whether a whole number stays what it is among real ones."""
    return not isinstance(value, int) or int(float(value)) == value


def _is_date(value: JSON) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _real(value: JSON) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _text(value: JSON) -> str | None:
    if value is None or isinstance(value, str):
        return value
    # orjson refuses whole numbers beyond 64 bits.
    return str(value) if type(value) is int else orjson.dumps(value).decode()
