"""A view of each collection's current features, with typed columns, for QGIS, ArcGIS and GDAL.

They are in the schema ``zones_gis`` and change with the collections, in the transaction of the
revision. Where all geometries are of one kind, the column is of that kind in its multi-part form,
and has an index on just that expression; that a view has no rows does not hide its system.

A new property is a new column at the end, whatever the collection's size: the columns that are
there hold what is stored. Whoever reads a view for long holds up nobody: it stays as it is then,
what it lacks is noted in it, and the next change tries again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg import errors, sql
from sqlalchemy import Connection, case, exists, func, select

from zones.model import CollectionInfo
from zones.store.postgres.advisory_locks import short_wait
from zones.store.postgres.schema import VIEWS
from zones.store.postgres.shown_columns import Shown, let_wait, nothing_waits, shown_view
from zones.store.postgres.view_columns import PropertyColumn, columns_of, kinds_of, widened
from zones.store.postgres.view_index import index_places
from zones.store.postgres.view_readers import let_read
from zones.store.postgres.view_words import comments, view_words
from zones.store.sql.database import ColumnKinds, Kind
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sql.revision_history import collections_at
from zones.store.sql.tables import features

_WAIT_MS: Final = 50
"""For somebody who reads a view that is to be replaced; new readers wait as long, behind us."""
_ATTEMPTS: Final = 3

Kinds = Mapping[str, Kind | None]


def show_changes(
    connection: Connection, changes: Sequence[PreparedChange], columns: ColumnKinds
) -> None:
    """Bring the views of what was changed up to date, in the transaction of the change."""
    described: dict[str, CollectionInfo] | None = None
    for change in changes:
        id_ = change.collection_id
        shown = None if change.drop else shown_view(driver_of(connection), id_)
        kinds = _kinds_after(connection, change, shown, columns[id_])
        if change.collection is None and shown is not None and _is_current(shown, kinds):
            continue
        if described is None:
            described = {info.id: info for info in collections_at(connection, None)}
        _bring(driver_of(connection), id_, described.get(id_), kinds)


def show_all(connection: Connection) -> tuple[str, ...]:
    """Make the views of all collections anew, take others away; return the collections shown."""
    there = "SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = 'zones_gis'"
    infos = {info.id: info for info in collections_at(connection, None)}
    views = connection.exec_driver_sql(there).scalars().all()
    for id_ in sorted({*infos, *views}):
        kinds = kinds_of(_stored_properties(connection, id_))
        _bring(driver_of(connection), id_, infos.get(id_), kinds)
    return tuple(infos)


def _kinds_after(
    connection: Connection, change: PreparedChange, shown: Shown | None, put: Kinds
) -> Kinds:
    """Return types that hold what is stored now, without looking at it where that can be."""
    known = None
    if shown is not None and shown.columns is not None:
        kept = {column.key: column.kind for column in shown.columns}
        known = widened(widened(kept, shown.waiting or {}), put)
        if columns_of(known) in (columns_of(put), shown.columns):
            return known
    if not _has_more(connection, change.collection_id, len(change.put)):
        return put
    if known is not None:
        return known
    return kinds_of(_stored_properties(connection, change.collection_id))


def _is_current(shown: Shown, kinds: Kinds) -> bool:
    return shown.waiting is None and shown.columns == columns_of(kinds)


def _bring(driver: psycopg.Connection, id_: str, info: CollectionInfo | None, kinds: Kinds) -> None:
    """Let a collection's view show columns of these types, its index its places."""
    if info is not None:
        index_places(driver, info)
    is_replaced = any(_replace(driver, id_, info, columns_of(kinds)) for _ in range(_ATTEMPTS))
    if info is not None:
        let_read(driver, VIEWS, info)
        if not is_replaced:
            let_wait(driver, id_, kinds)


def _replace(
    driver: psycopg.Connection,
    id_: str,
    info: CollectionInfo | None,
    columns: Sequence[PropertyColumn],
) -> bool:
    """Put a new view in the place of the one before, where nobody reads it for long.

    Where somebody depends on it, columns can be added, but none be of another type. Return whether
    it was replaced.
    """
    view = sql.Identifier(VIEWS, id_)
    drop = sql.SQL("DROP VIEW IF EXISTS {}").format(view)
    try:
        with short_wait(driver, _WAIT_MS):
            if info is None:
                driver.execute(drop)
                return True
            words = view_words(view, info, columns)
            if not _is_extended(driver, words):
                driver.execute(drop)
                driver.execute(words)
            driver.execute(comments(view, info, columns))
            nothing_waits(driver, id_)
    except (errors.LockNotAvailable, errors.DependentObjectsStillExist):
        return False
    return True


def _is_extended(driver: psycopg.Connection, words: sql.Composed) -> bool:
    """Make the view, or add columns to it; return False where columns of it would change."""
    try:
        with driver.transaction():
            driver.execute(words)
    except errors.InvalidTableDefinition:
        return False
    return True


def _has_more(connection: Connection, id_: str, count: int) -> bool:
    """Return whether a collection has more than so many features, whose ordinals all differ."""
    current = features.c.collection == id_, features.c.to_rev.is_(None)
    span = select(func.max(features.c.ordinal) - func.min(features.c.ordinal)).where(*current)
    one_more = select(features.c.ordinal).where(*current).offset(count).limit(1)
    has_more = case((span.scalar_subquery() < count, False), else_=exists(one_more))
    return bool(connection.scalar(select(has_more)))


def _stored_properties(connection: Connection, id_: str) -> Sequence[str]:
    query = select(features.c.properties).where(
        features.c.collection == id_, features.c.to_rev.is_(None)
    )
    return connection.execute(query.order_by(features.c.ordinal)).scalars().all()


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return the driver's own connection."""
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - what the engine was made with
    return driver
