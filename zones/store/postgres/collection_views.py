"""A view of each collection's current features, with typed columns, for QGIS, ArcGIS and GDAL.

They are in the schema ``zones_gis`` and change with the collections, in the transaction of the
revision. Where all geometries are of one kind, the column is of that kind in its multi-part form,
and has an index on just that expression; that a view has no rows does not hide its system.
Whoever reads a view for long holds up nobody: it stays as it is then until the next change.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

import psycopg
from psycopg import errors, sql
from sqlalchemy import Connection, func, select

from zones.model import CollectionInfo, GeometryKind
from zones.store.postgres.schema import VIEWS
from zones.store.postgres.view_columns import (
    PropertyColumn,
    columns_of,
    holds,
    kinds_of,
)
from zones.store.postgres.view_readers import let_read
from zones.store.sql.column_types import SRID
from zones.store.sql.database import ColumnKinds, Kind
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sql.revision_history import collections_at
from zones.store.sql.tables import features

_WAIT_MS: Final = 500
"""For somebody who reads a view that is to be replaced."""

_MULTI: Final[dict[GeometryKind, str]] = {
    "point": "MultiPoint",
    "line": "MultiLineString",
    "polygon": "MultiPolygon",
}
_SINGLE: Final = {"MultiPoint": "POINT", "MultiLineString": "LINESTRING", "MultiPolygon": "POLYGON"}

# jsonb refuses U+0000, which text cannot hold either: it is left out.
_JSON: Final = sql.SQL(
    r"CASE WHEN strpos(f.properties, '\u0000') = 0 THEN f.properties::jsonb"
    r" ELSE regexp_replace(f.properties, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::jsonb END"
)
_COLUMNS: Final = (
    "SELECT attname, format_type(atttypid, -1) FROM pg_catalog.pg_attribute"
    " WHERE attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND attnum > 0"
)
_HAS_INDEX: Final = "SELECT to_regclass(format('zones.%%I', %s::text)) IS NOT NULL"


def show_changes(
    connection: Connection, changes: Sequence[PreparedChange], columns: ColumnKinds
) -> None:
    """Bring the views of what was changed up to date, in the transaction of the change."""
    described: dict[str, CollectionInfo] | None = None
    for change in changes:
        id_ = change.collection_id
        shown = None if change.drop else _shown_columns(driver_of(connection), id_)
        kinds = columns[id_]
        if shown is not None and change.collection is None and _all_fit(shown, kinds):
            continue
        if described is None:
            described = {info.id: info for info in collections_at(connection, None)}
        info = described.get(id_)
        if info is not None and len(change.put) < _count(connection, id_):
            kinds = kinds_of(_stored_properties(connection, id_))
        _replace(driver_of(connection), id_, info, columns_of(kinds))


def show_all(connection: Connection) -> tuple[str, ...]:
    """Make the views of all collections anew, take others away; return the collections shown."""
    there = "SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = 'zones_gis'"
    infos = {info.id: info for info in collections_at(connection, None)}
    views = connection.exec_driver_sql(there).scalars().all()
    for id_ in sorted({*infos, *views}):
        kinds = kinds_of(_stored_properties(connection, id_))
        _replace(driver_of(connection), id_, infos.get(id_), columns_of(kinds))
    return tuple(infos)


def _replace(
    driver: psycopg.Connection,
    id_: str,
    info: CollectionInfo | None,
    columns: Sequence[PropertyColumn],
) -> None:
    """Put a new view in the place of the one before; leave that where somebody depends on it."""
    view = sql.Identifier(VIEWS, id_)
    try:
        with driver.transaction():
            driver.execute(f"SET LOCAL lock_timeout = {_WAIT_MS}")
            driver.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
            if info is not None:
                driver.execute(_view(view, info, columns))
                _comment(driver, view, info, columns)
                let_read(driver, VIEWS, info)
    except (errors.LockNotAvailable, errors.DependentObjectsStillExist):
        return
    if info is not None:
        _index(driver, info)


def _view(
    view: sql.Identifier, info: CollectionInfo, columns: Sequence[PropertyColumn]
) -> sql.Composed:
    plain = [column for column in columns if column.name == column.key]
    record = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind))
        for column in plain
    )
    properties = sql.SQL("CROSS JOIN LATERAL jsonb_to_record({}) AS p({})").format(_JSON, record)
    return sql.SQL(
        "CREATE VIEW {view} AS SELECT f.fid, f.ordinal, {geometry} AS geometry{columns}"
        " FROM zones.features f {properties} WHERE f.collection = {id} AND f.to_rev IS NULL"
    ).format(
        view=view,
        geometry=_geometry(info, "f.geometry"),
        columns=sql.Composed([sql.Composed([sql.SQL(", "), _shown(each)]) for each in columns]),
        properties=properties if plain else sql.SQL(""),
        id=sql.Literal(info.id),
    )


def _shown(column: PropertyColumn) -> sql.Composed:
    name = sql.Identifier(column.name)
    if column.name == column.key:
        return sql.SQL("p.{}").format(name)
    words = sql.SQL("(({}) ->> {})::{} AS {}")
    return words.format(_JSON, sql.Literal(column.key), sql.SQL(column.kind), name)


def _geometry(info: CollectionInfo, column: Any) -> sql.Composable:
    """Return the geometry as one kind, or as it is where there may be several."""
    multi = _kind(info)
    if multi is None:
        return sql.SQL(column)
    return sql.SQL(
        "(CASE WHEN GeometryType({0}) IN ({1}, {2}) THEN ST_Multi({0}) END)::geometry({3},{4})"
    ).format(
        sql.SQL(column),
        sql.Literal(_SINGLE[multi]),
        sql.Literal(multi.upper()),
        sql.SQL(multi),
        sql.Literal(SRID),
    )


def _kind(info: CollectionInfo) -> str | None:
    return _MULTI[next(iter(info.kinds))] if len(info.kinds) == 1 else None


def _index(driver: psycopg.Connection, info: CollectionInfo) -> None:
    """See that the view's geometries have an index; one that is there already stays.

    It cannot be made while somebody writes to another collection, who may wait for this
    transaction: the view is slower then, until it is made anew.
    """
    name = f"place_{(_kind(info) or 'any').lower()}_{info.id}"
    if len(name) > 63:  # noqa: PLR2004 - the longest name
        name = f"place_{sha256(name.encode()).hexdigest()[:32]}"
    words = sql.SQL(
        "CREATE INDEX {} ON zones.features USING gist (({}))"
        " WHERE collection = {} AND to_rev IS NULL"
    ).format(sql.Identifier(name), _geometry(info, "geometry"), sql.Literal(info.id))
    if driver.execute(_HAS_INDEX, (name,)).fetchone() == (True,):
        return
    with suppress(errors.LockNotAvailable), driver.transaction():
        driver.execute(f"SET LOCAL lock_timeout = {_WAIT_MS}")
        driver.execute(words)


def _comment(
    driver: psycopg.Connection,
    view: sql.Identifier,
    info: CollectionInfo,
    columns: Sequence[PropertyColumn],
) -> None:
    """Say the collection's title, and of each column what people call the property."""
    words = sql.SQL("COMMENT ON VIEW {} IS {}")
    driver.execute(words.format(view, sql.Literal(info.title)))
    titles = {field.name: field.title for field in info.fields}
    for column in columns:
        title = titles.get(column.key) or ("" if column.name == column.key else column.key)
        if title:
            place = sql.SQL(".").join((view, sql.Identifier(column.name)))
            words = sql.SQL("COMMENT ON COLUMN {} IS {}")
            driver.execute(words.format(place, sql.Literal(title.replace("\0", "?"))))


def _shown_columns(driver: psycopg.Connection, id_: str) -> dict[str, str] | None:
    """Return the types of a view's columns by their names, None when there is no view."""
    return dict(driver.execute(_COLUMNS, (VIEWS, id_)).fetchall()) or None


def _all_fit(shown: dict[str, str], kinds: Mapping[str, Kind]) -> bool:
    return all(
        column.name in shown and holds(shown[column.name], column.kind)
        for column in columns_of(kinds)
    )


def _count(connection: Connection, id_: str) -> int:
    current = features.c.collection == id_, features.c.to_rev.is_(None)
    return connection.scalar(select(func.count()).select_from(features).where(*current)) or 0


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
