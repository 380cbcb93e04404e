"""A collection's view in words of SQL: its columns, its geometry, what is said of them."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import sql

from zones.model import CollectionInfo, GeometryKind
from zones.store.postgres.view_columns import PropertyColumn
from zones.store.sql.column_types import SRID

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


def view_words(
    view: sql.Identifier, info: CollectionInfo, columns: Sequence[PropertyColumn]
) -> sql.Composed:
    """Return what makes the view, or adds columns at the end of the one that is there."""
    plain = [column for column in columns if column.name == column.key]
    record = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind))
        for column in plain
    )
    properties = sql.SQL("CROSS JOIN LATERAL jsonb_to_record({}) AS p({})").format(_JSON, record)
    return sql.SQL(
        "CREATE OR REPLACE VIEW {view} AS SELECT f.fid, f.ordinal, {geometry} AS geometry{columns}"
        " FROM zones.features f {properties} WHERE f.collection = {id} AND f.to_rev IS NULL"
    ).format(
        view=view,
        geometry=shown_geometry(info, "f.geometry"),
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


def shown_geometry(info: CollectionInfo, column: Any) -> sql.Composable:
    """Return the geometry as one kind, or as it is where there may be several."""
    multi = multi_kind(info)
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


def multi_kind(info: CollectionInfo) -> str | None:
    """Return the one kind of all geometries, in parts; None where there may be several."""
    return _MULTI[next(iter(info.kinds))] if len(info.kinds) == 1 else None


def comments(
    view: sql.Identifier, info: CollectionInfo, columns: Sequence[PropertyColumn]
) -> sql.Composed:
    """Return what says the collection's title, and of each column what people call the property."""
    words = [sql.SQL("COMMENT ON VIEW {} IS {}").format(view, sql.Literal(info.title))]
    titles = {field.name: field.title for field in info.fields}
    for column in columns:
        title = titles.get(column.key) or ("" if column.name == column.key else column.key)
        place = sql.SQL(".").join((view, sql.Identifier(column.name)))
        said = sql.Literal(title.replace("\0", "?") or None)
        words.append(sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, said))
    return sql.SQL("; ").join(words)
