"""The few statements that each database has its own words for."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    func,
    literal,
    select,
)

from zones.store.sql.column_types import SRID
from zones.store.sql.rows import json_text

FeatureValues: TypeAlias = tuple[str, str, int, bytes | None, str, int]
"""Collection, fid, ordinal, WKB, JSON text, number of the revision."""

_COLUMNS: Final = ("collection", "fid", "ordinal", "geometry", "properties", "from_rev", "to_rev")
_TYPES: Final = ("text", "text", "int8", "bytea", "text", "int8", "int8")
_PLACE: Final = _COLUMNS.index("geometry")
_CURRENT: Final = len(_COLUMNS) - 1
"""Columns of a feature that is current from now on."""
_HAS_SRID: Final = 0x20000000
"""In the kind of a geometry, as PostGIS writes it: its number of a system follows."""


def is_among(
    connection: Connection, column: Column[str], texts: Sequence[str]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of the texts, one parameter however many.

    As thousands of parameters, binding took longer in SQLite than finding. PostgreSQL finds an
    array's elements by an index, or by hashing, whatever it knows of the table; of a join with
    them it made a comparison of all pairs where a table had no statistics yet.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(texts), ARRAY(Text())))
    among = func.json_each(json_text(texts)).table_valued("value")
    return column.in_(select(among.c.value))


def write_rows(connection: Connection, rows: Sequence[FeatureValues]) -> None:
    """Write features that are current from now on."""
    _write(connection, rows, columns=_CURRENT)


def write_rows_of_any_time(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write features with the revisions at which they began and ended."""
    _write(connection, rows, columns=len(_COLUMNS))


def go_on_counting(connection: Connection, table: Table) -> None:
    """Let a table's next id be greater than those that were written with theirs."""
    if connection.dialect.name == "postgresql":
        last = select(func.max(table.c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _write(connection: Connection, rows: Sequence[tuple[Any, ...]], *, columns: int) -> None:
    names = ", ".join(_COLUMNS[:columns])
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY features ({names}) FROM STDIN (FORMAT BINARY)", rows, columns)
        return
    marks = ", ".join("?" * columns)
    # Core's insert() spends more on the parameters of 200,000 rows than SQLite on the rows.
    words = f"INSERT INTO features ({names}) VALUES ({marks})"  # noqa: S608 - all constant
    connection.exec_driver_sql(words, cast(Any, rows))


def _copy(
    connection: Connection, words: str, rows: Sequence[tuple[Any, ...]], columns: int
) -> None:
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(words) as copy:
        copy.set_types(_TYPES[:columns])
        for row in rows:
            wkb = row[_PLACE]
            place = None if wkb is None else _with_srid(wkb)
            copy.write_row((*row[:_PLACE], place, *row[_PLACE + 1 :]))


def _with_srid(wkb: bytes) -> bytes:
    kind = int.from_bytes(wkb[1:5], "little") | _HAS_SRID
    return b"".join((wkb[:1], kind.to_bytes(4, "little"), SRID.to_bytes(4, "little"), wkb[5:]))
