"""The few statements that each database has its own words for."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Connection, Select, Text, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from zones.store.sql.types import SRID

FeatureValues: TypeAlias = tuple[str, str, int, bytes | None, str, int]
"""Collection, fid, ordinal, WKB, JSON text, number of the revision."""

_COLUMNS: Final = "collection, fid, ordinal, geometry, properties, from_rev"
_INSERT: Final = f"INSERT INTO features ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - all constant
_COPY: Final = f"COPY features ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_TYPES: Final = ("text", "text", "int8", "bytea", "text", "int8")
_HAS_SRID: Final = 0x20000000
"""In the kind of a geometry, as PostGIS writes it: its number of a system follows."""


class _TextsOf(GenericFunction[str]):
    """The texts of a JSON array, a row each."""

    name = "texts_of"
    type = Text()
    inherit_cache = True


@compiles(_TextsOf, "sqlite")
def _on_sqlite(element: _TextsOf, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **given)})"


@compiles(_TextsOf, "postgresql")
def _on_postgres(element: _TextsOf, compiler: SQLCompiler, **given: Any) -> str:
    array = compiler.process(element.clauses, **given)
    return f"jsonb_array_elements_text(CAST({array} AS jsonb))"


def texts_of(json_array: str) -> Select[tuple[str]]:
    """Return what selects the texts of a JSON array: one parameter however many there are."""
    return select(func.texts_of(json_array).table_valued("value").c.value)


def write_rows(connection: Connection, rows: Sequence[FeatureValues]) -> None:
    """Write features that are current from now on."""
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
    else:
        # Core's insert() spends more on the parameters of 200,000 rows than SQLite on the rows.
        connection.exec_driver_sql(_INSERT, cast(Any, rows))


def _copy(connection: Connection, rows: Sequence[FeatureValues]) -> None:
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for collection, fid, ordinal, wkb, properties, number in rows:
            place = None if wkb is None else _with_srid(wkb)
            copy.write_row((collection, fid, ordinal, place, properties, number))


def _with_srid(wkb: bytes) -> bytes:
    kind = int.from_bytes(wkb[1:5], "little") | _HAS_SRID
    return b"".join((wkb[:1], kind.to_bytes(4, "little"), SRID.to_bytes(4, "little"), wkb[5:]))
