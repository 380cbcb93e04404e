"""Properties as columns that desktop GIS reads: their types and their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from zones.store.sql.database import Kind

OWN_NAMES: Final = ("fid", "ordinal", "geometry")
"""Columns of every view; properties of these names get others."""

_LONGEST: Final = 63
"""Bytes of a name in PostgreSQL (NAMEDATALEN); longer ones are cut without a word."""
_MOST: Final = 1_000
"""Columns of a view; PostgreSQL takes 1,664."""
_BIGINT: Final = 2**63


@dataclass(frozen=True, slots=True)
class PropertyColumn:
    """A property and the column that shows it."""

    key: str
    name: str
    kind: Kind


def kinds_of(properties: Iterable[str]) -> dict[str, Kind | None]:
    """Return the type that holds all values of each property, in the order first met.

    None where all are null.

    Parameters
    ----------
    properties
        JSON objects as text.
    """
    found: dict[str, set[type]] = {}
    for text in properties:
        for key, value in orjson.loads(text).items():
            kind = type(value)
            if kind is int and not -_BIGINT <= value < _BIGINT:
                kind = str
            found.setdefault(key, set()).add(kind)
    return {key: _kind(types) for key, types in found.items()}


def columns_of(kinds: Mapping[str, Kind | None]) -> list[PropertyColumn]:
    """Return the columns that show properties of these types, each under a name of its own."""
    taken = set(OWN_NAMES)
    columns = []
    for key, kind in list(kinds.items())[:_MOST]:
        if "\0" in key:  # neither a name nor text in PostgreSQL
            continue
        name = _free_name(key or "field", taken)
        taken.add(name)
        columns.append(PropertyColumn(key, name, kind or "text"))
    return columns


def widened(
    one: Mapping[str, Kind | None], other: Mapping[str, Kind | None]
) -> dict[str, Kind | None]:
    """Return types that hold what both hold, in the order of the first, then of the second."""
    found = dict(one)
    for key, kind in other.items():
        found[key] = _wider(found.get(key), kind)
    return found


def _wider(one: Kind | None, other: Kind | None) -> Kind | None:
    if one is None or other is None or one == other:
        return one or other
    return "double precision" if {one, other} == {"bigint", "double precision"} else "text"


def _kind(types: set[type]) -> Kind | None:
    values = types - {type(None)}
    if not values:
        return None
    if values == {bool}:
        return "boolean"
    if values == {int}:
        return "bigint"
    if values <= {int, float}:
        return "double precision"
    return "text"


def _free_name(base: str, taken: set[str]) -> str:
    name, number = _cut(base, _LONGEST), 1
    while name in taken:
        number += 1
        ending = f"_{number}"
        name = _cut(base, _LONGEST - len(ending)) + ending
    return name


def _cut(name: str, most: int) -> str:
    return name.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
