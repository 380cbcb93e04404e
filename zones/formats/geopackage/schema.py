"""Titles and enumerations of a GeoPackage's columns: the standard's extension ``gpkg_schema``."""

import sqlite3
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from zones.formats.geopackage.soundness import FeatureTable, quoted
from zones.model import CodedValue, FieldInfo
from zones.source.field_descriptions import MOST_CODES, typed_code

COLUMNS: Final = "gpkg_data_columns"
CONSTRAINTS: Final = "gpkg_data_column_constraints"
_NUMBERS: Final[Mapping[str, type[int | float]]] = MappingProxyType(
    {
        **dict.fromkeys(("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER"), int),
        **dict.fromkeys(("FLOAT", "DOUBLE", "REAL"), float),
    }
)
_MOST_COLUMNS: Final = 1_000


def schema_fields(database: sqlite3.Connection, table: FeatureTable) -> list[FieldInfo]:
    """Return titles and coded values of a table's columns; nothing where the package has none.

    The title is ``title``, else ``name`` where it is another than the column's own, else
    ``description``. Only constraints of the kind ``enum`` have codes.
    """
    types = {column.name: column.type for column in table.columns}
    known = ("table_name", "column_name", "title", "name", "description", "constraint_name")
    found = []
    for owner, column, title, name, description, constraint in rows_of(database, COLUMNS, known):
        if owner.casefold() != table.name.casefold() or column not in types:
            continue
        other = name if name.casefold() != column.casefold() else ""
        codes = tuple(_codes(database, constraint, types[column])) if constraint else ()
        found.append(FieldInfo(column, title or other or description, codes))
    return found


def _codes(database: sqlite3.Connection, constraint: str, kind: str) -> Iterator[CodedValue]:
    known = ("constraint_name", "constraint_type", "value", "description")
    for name, type_, value, text in rows_of(database, CONSTRAINTS, known):
        if name.casefold() == constraint.casefold() and type_.casefold() == "enum" and text:
            yield CodedValue(typed_code(value, _NUMBERS.get(kind, str)), text)


def rows_of(
    database: sqlite3.Connection, table: str, columns: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows as texts; nothing if the table or its first two columns are not there."""
    there = {str(value[1]) for value in database.execute(f"PRAGMA table_info({quoted(table)})")}
    if not {*columns[:2]} <= there:
        return
    selected = ", ".join(
        f"CAST({quoted(name)} AS BLOB)" if name in there else "NULL" for name in columns
    )
    most = _MOST_COLUMNS + MOST_CODES
    query = f"SELECT {selected} FROM {quoted(table)} LIMIT {most}"  # noqa: S608 - names are quoted
    for row in database.execute(query):
        yield tuple("" if value is None else value.decode("utf-8", "replace") for value in row)
