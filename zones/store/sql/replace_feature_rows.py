"""A collection's current features: compared with new ones, ended, replaced, added."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from sqlalchemy import ColumnElement, Connection, select, update

from zones.errors import UnknownFeatureError
from zones.store.sql.dialects import is_among, write_rows
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sql.rows import FeatureRow, in_parts
from zones.store.sql.tables import features

ROWS_AT_ONCE = 5_000
"""Rows compared and written together; bounds the memory, not the revision."""

FEATURES_OF_A_REVISION = 2**32
"""Ordinals of new features start at the revision's number times this. So they sort by the
revision that first stored a feature, then by its place there, and none is given twice."""


def remove_features(connection: Connection, change: PreparedChange, *, number: int) -> bool:
    """End the features that the change removes; return whether there were any.

    Raises
    ------
    UnknownFeatureError
        If a fid is not among the current features.
    """
    for fids in in_parts(change.remove, ROWS_AT_ONCE):
        known = set(
            connection.scalars(
                select(features.c.fid).where(*_current(connection, change.collection_id, fids))
            )
        )
        for fid in fids:
            if fid not in known:
                raise UnknownFeatureError(collection=change.collection_id, fid=fid)
        _end(connection, change.collection_id, fids, number=number)
    return bool(change.remove)


def put_features(connection: Connection, change: PreparedChange, *, number: int) -> bool:
    """Write the features of the change that are new or differ; return whether there were any.

    A replaced feature keeps its ordinal; a new one comes after all others.
    """
    new_ordinals = count(number * FEATURES_OF_A_REVISION)
    written = 0
    is_empty = bool(change.put) and not _has_any(connection, change.collection_id)
    for rows in in_parts(change.put, ROWS_AT_ONCE):
        fids = [row.fid for row in rows]
        stored = {} if is_empty else _stored(connection, change.collection_id, fids)
        differing = [row for row in rows if not _is_stored(row, stored)]
        ordinals = [
            stored[row.fid][0] if row.fid in stored else next(new_ordinals) for row in differing
        ]
        replaced = [row.fid for row in differing if row.fid in stored]
        _end(connection, change.collection_id, replaced, number=number)
        _insert(connection, change.collection_id, differing, ordinals=ordinals, number=number)
        written += len(differing)
    return written > 0


def end_all_features(connection: Connection, collection_id: str, *, number: int) -> None:
    """End every current feature of a collection at revision ``number``."""
    current = features.c.collection == collection_id, features.c.to_rev.is_(None)
    connection.execute(update(features).where(*current).values(to_rev=number))


def renumber_features(
    connection: Connection, collection_ids: Iterable[str], *, former: int, number: int
) -> None:
    """Let what this transaction wrote as revision ``former`` be of ``number``, a later one.

    Ordinals stay: they only have to be greater than those of earlier revisions.
    """
    for id_ in collection_ids:
        begun = features.c.from_rev == former, features.c.to_rev.is_(None)
        for column, condition in (
            ("from_rev", begun),
            ("to_rev", (features.c.to_rev == former,)),
        ):
            words = update(features).where(features.c.collection == id_, *condition)
            connection.execute(words.values({column: number}))


def _has_any(connection: Connection, collection_id: str) -> bool:
    current = features.c.collection == collection_id, features.c.to_rev.is_(None)
    return connection.scalar(select(features.c.ordinal).where(*current).limit(1)) is not None


def _stored(
    connection: Connection, collection_id: str, fids: Sequence[str]
) -> dict[str, tuple[int, FeatureRow]]:
    """Return ordinal and row of those of the fids that are current."""
    query = select(
        features.c.ordinal, features.c.fid, features.c.geometry, features.c.properties
    ).where(*_current(connection, collection_id, fids))
    rows = connection.execute(query)
    return {
        fid: (ordinal, FeatureRow(fid, geometry, properties))
        for ordinal, fid, geometry, properties in rows
    }


def _is_stored(row: FeatureRow, stored: Mapping[str, tuple[int, FeatureRow]]) -> bool:
    return row.fid in stored and row.same_as(stored[row.fid][1])


def _insert(
    connection: Connection,
    collection_id: str,
    rows: Sequence[FeatureRow],
    *,
    ordinals: Sequence[int],
    number: int,
) -> None:
    values = [
        (collection_id, row.fid, ordinal, row.geometry, row.properties, number)
        for row, ordinal in zip(rows, ordinals, strict=True)
    ]
    if values:
        write_rows(connection, values)


def _end(connection: Connection, collection_id: str, fids: Sequence[str], *, number: int) -> None:
    if fids:
        ended = (
            update(features).where(*_current(connection, collection_id, fids)).values(to_rev=number)
        )
        connection.execute(ended)


def _current(
    connection: Connection, collection_id: str, fids: Sequence[str]
) -> tuple[ColumnElement[bool], ...]:
    return (
        features.c.collection == collection_id,
        is_among(connection, features.c.fid, fids),
        features.c.to_rev.is_(None),
    )
