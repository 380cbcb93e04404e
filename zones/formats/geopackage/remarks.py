"""What a GeoPackage holds besides features: constraints of columns, bytes, tables without places.

Constraints are those of the standard's extension ``gpkg_schema``; programs need not keep them.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final, NamedTuple

from zones.formats.gdal.layers import tables_without_places
from zones.formats.geopackage.schema import COLUMNS, CONSTRAINTS, rows_of
from zones.formats.geopackage.soundness import FeatureTable, limit_queries, quoted
from zones.model import JSON, Problem

_LISTED: Final = 200
_SHOWN: Final = 40
_MOST_STARS: Final = 2  # of a pattern that is tried on every value; more may take for ever
_FALSE: Final = "0"
_OF_CONSTRAINTS: Final = (
    *("constraint_name", "constraint_type", "value", "min", "max"),
    *("min_is_inclusive", "max_is_inclusive"),
)


class _Constraint(NamedTuple):
    name: str
    kind: str
    pattern: str
    low: str
    high: str
    low_included: str
    high_included: str


def remarks(database: sqlite3.Connection, table: FeatureTable) -> Iterator[Problem]:
    """Yield what there is to tell of a table, and of tables that are no features."""
    limit_queries(database)
    yield from _of_constraints(database, table)
    if names := [column.name for column in table.columns if column.type == "BLOB"]:
        yield Problem("bytes-as-text", {"columns": ", ".join(names)[:_LISTED]}, "note")
    query = "SELECT table_name FROM gpkg_contents WHERE data_type IN ('attributes', 'aspatial')"
    yield from tables_without_places([str(name) for (name,) in database.execute(query)])


def _of_constraints(database: sqlite3.Connection, table: FeatureTable) -> Iterator[Problem]:
    every = [_Constraint(*row) for row in rows_of(database, CONSTRAINTS, _OF_CONSTRAINTS)]
    names = {column.name for column in table.columns}
    known = ("table_name", "column_name", "constraint_name")
    for owner, column, wanted in rows_of(database, COLUMNS, known):
        if owner.casefold() != table.name.casefold() or column not in names:
            continue
        for each in every:
            if wanted and each.name.casefold() == wanted.casefold():
                yield from _problems(database, table.name, column, each)


def _problems(
    database: sqlite3.Connection, table: str, column: str, allowed: _Constraint
) -> Iterator[Problem]:
    if allowed.kind.casefold() == "range":
        params: dict[str, JSON] = {"low": allowed.low[:_SHOWN], "high": allowed.high[:_SHOWN]}
        code, (where, values) = "field-range", _outside(allowed)
    elif allowed.kind.casefold() == "glob":
        params = {"pattern": allowed.pattern[:_SHOWN]}
        is_quick = allowed.pattern.count("*") <= _MOST_STARS
        condition = "{0} NOT GLOB ?" if is_quick else "? = 0"
        code, where, values = "field-pattern", condition, (allowed.pattern,)
    else:
        return
    query = f"SELECT count(*) FROM {quoted(table)} WHERE {where.format(quoted(column))}"  # noqa: S608 - names are quoted
    (count,) = database.execute(query, values).fetchone()
    if count:
        outside = code.replace("field-", "field-outside-")
        yield Problem(outside, {**params, "count": count}, "warning", field=column)
    else:
        yield Problem(code, params, "note", field=column)


def _outside(allowed: _Constraint) -> tuple[str, tuple[str | float, ...]]:
    """Return the condition that a value is outside of a range, none where bounds are no numbers."""
    ends = (
        (allowed.low, "<" if allowed.low_included != _FALSE else "<="),
        (allowed.high, ">" if allowed.high_included != _FALSE else ">="),
    )
    found = [
        (f"{{0}} {sign} ?", number) for end, sign in ends if (number := _number(end)) is not None
    ]
    condition = " OR ".join(text for text, _ in found)
    is_number = "typeof({0}) IN ('integer', 'real')"
    where = f"{is_number} AND ({condition})" if found else "0"
    return where, tuple(number for _, number in found)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
