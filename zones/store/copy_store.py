"""A whole store put into another, empty one: every revision, key, account, import, audit line."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select

from zones.errors import StoreError
from zones.store.sql import people_tables  # noqa: F401 - they are among the tables
from zones.store.sql.database import Database
from zones.store.sql.dialects import go_on_counting, write_rows_of_any_time
from zones.store.sql.tables import audit, features, metadata

_AT_ONCE: Final = 5_000


def copy_store(source: Database, target: Database) -> Mapping[str, int]:
    """Copy all rows and compare them afterwards; return how many each table has.

    The source may be in use: what is copied is one state of it. Nothing is in the target unless
    all is. What waits on disk for imports (uploads, previews) is no part of a store.

    Raises
    ------
    StoreError
        If the target holds something already, or what was written is not what was read.
    """
    with source.reading() as reading, target.revising() as writing:
        _check_empty(writing)
        counts = {table.name: _copied(table, reading, writing) for table in metadata.sorted_tables}
        go_on_counting(writing, audit)
        for table in metadata.sorted_tables:
            _check_equal(table, reading, writing)
    if target.has_views:
        target.show_all()
    return counts


def _check_empty(target: Connection) -> None:
    for table in metadata.sorted_tables:
        if target.scalar(select(func.count()).select_from(table)):
            raise StoreError("copy-not-empty", table=table.name)


def _copied(table: Table, source: Connection, target: Connection) -> int:
    count = 0
    for rows in _parts(table, source):
        if table is features:
            write_rows_of_any_time(target, [tuple(row) for row in rows])
        else:
            target.execute(insert(table), [dict(row._mapping) for row in rows])
        count += len(rows)
    return count


def _check_equal(table: Table, source: Connection, target: Connection) -> None:
    pairs = zip_longest(_rows(table, source), _rows(table, target))
    if any(one is None or other is None or tuple(one) != tuple(other) for one, other in pairs):
        raise StoreError("copy-differs", table=table.name)


def _rows(table: Table, connection: Connection) -> Iterator[Any]:
    for rows in _parts(table, connection):
        yield from rows


def _parts(table: Table, connection: Connection) -> Iterator[Any]:
    """Yield the rows of a table in the order of its key, so many at once."""
    query = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query, execution_options={"yield_per": _AT_ONCE}).partitions()
