"""What the store held at a revision, and who made the revisions.

Every function reads on the connection given, so several answers can come from one state.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, and_, func, or_, select

from zones.errors import UnknownCollectionError, UnknownRevisionError
from zones.model import CollectionInfo, Feature, Revision, RevisionNote
from zones.store.sql.pruned_versions import check_stored
from zones.store.sql.rows import features_of, info_of, time_of
from zones.store.sql.tables import (
    collections,
    features,
    former_fids,
    revision_collections,
    revisions,
)

INFO_COLUMNS = [column for column in collections.c if not column.name.endswith("_rev")]


def current_number(connection: Connection) -> int:
    """Return the number of the current revision, 0 when there is none."""
    return connection.scalar(select(func.max(revisions.c.number))) or 0


def collections_at(connection: Connection, revision: int | None) -> tuple[CollectionInfo, ...]:
    """Return the collections as of a revision (none: now), by order and id.

    Raises
    ------
    UnknownRevisionError
    """
    _check_revision(connection, revision)
    query = (
        select(*INFO_COLUMNS)
        .where(_valid_at(collections, revision))
        .order_by(collections.c.order, collections.c.id)
    )
    return tuple(info_of(row) for row in connection.execute(query).mappings())


def features_at(
    connection: Connection, collection_id: str, *, revision: int | None
) -> list[Feature]:
    """Return a collection's features as of a revision (none: now), by ordinal.

    Raises
    ------
    UnknownRevisionError, UnknownCollectionError
        ``PrunedRevisionError`` if the collection was in a version then that was pruned.
    """
    _check_revision(connection, revision)
    there = select(collections.c.id).where(
        collections.c.id == collection_id, _valid_at(collections, revision)
    )
    if connection.scalar(there) is None:
        raise UnknownCollectionError(collection=collection_id)
    check_stored(connection, collection_id, revision)
    query = (
        select(features.c.fid, features.c.geometry, features.c.properties)
        .where(features.c.collection == collection_id, _valid_at(features, revision))
        .order_by(features.c.ordinal)
    )
    return features_of(connection.execute(query).all())


def first_revisions_of(connection: Connection, collection_id: str) -> dict[str, int]:
    """Return every fid that a collection ever had, and the revision that first stored it."""
    query = (
        select(features.c.fid, func.min(features.c.from_rev))
        .where(features.c.collection == collection_id)
        .group_by(features.c.fid)
    )
    found: dict[str, int] = dict(connection.execute(query).all())
    former = select(former_fids.c.fid, former_fids.c.first_revision).where(
        former_fids.c.collection == collection_id
    )
    for fid, revision in connection.execute(former):
        found[fid] = min(revision, found.get(fid, revision))
    return found


def revisions_after(connection: Connection, number: int, *, most: int) -> list[Revision]:
    """Return the revisions after one, oldest first, so many at most."""
    query = select(revisions).where(revisions.c.number > number)
    touched = _touched_by_revision(connection, after=number)
    query = query.order_by(revisions.c.number).limit(most)
    return [_revision(row, touched.get(row["number"], {})) for row in _rows(connection, query)]


def revisions_of(connection: Connection, collection_id: str | None) -> list[Revision]:
    """Return the revisions, newest first; only those that changed the collection when given."""
    query = select(revisions).order_by(revisions.c.number.desc())
    if collection_id is not None:
        touching = select(revision_collections.c.revision).where(
            revision_collections.c.collection == collection_id
        )
        query = query.where(revisions.c.number.in_(touching))
    touched = _touched_by_revision(connection)
    return [_revision(row, touched.get(row["number"], {})) for row in _rows(connection, query)]


def _rows(connection: Connection, query: Select[Any]) -> Sequence[RowMapping]:
    return connection.execute(query).mappings().all()


def _revision(row: RowMapping, touched: Mapping[str, bool]) -> Revision:
    return Revision(
        number=row["number"],
        at=time_of(row["at"]),
        note=RevisionNote(
            who=row["who"],
            why=row["why"],
            source_name=row["source_name"],
            source_sha256=row["source_sha256"],
            source_bytes=row["source_bytes"],
        ),
        collections=tuple(touched),
        pruned=frozenset(_pruned(touched)),
    )


def committed_at(connection: Connection, number: int) -> datetime | None:
    """Return when a revision was committed, None if there is none of that number."""
    text = connection.scalar(select(revisions.c.at).where(revisions.c.number == number))
    return None if text is None else time_of(text)


def made_at(connection: Connection, collection_id: str) -> datetime | None:
    """Return when a collection that is there was made, last if it was dropped in between."""
    columns = collections.c.from_rev, collections.c.to_rev
    query = select(*columns).where(collections.c.id == collection_id).order_by(columns[0])
    made = ended = None
    for began, to in connection.execute(query):
        made = began if made is None or began != ended else made
        ended = to
    if made is None:
        return None
    first = select(revisions.c.at).where(revisions.c.number >= made).order_by(revisions.c.number)
    text = connection.scalar(first.limit(1))
    return None if text is None else time_of(text)


def _touched_by_revision(connection: Connection, *, after: int = 0) -> dict[int, dict[str, bool]]:
    """Return the collections that each revision changed, and whether that version was pruned."""
    touched: dict[int, dict[str, bool]] = {}
    version = revision_collections.c
    query = (
        select(version.revision, version.collection, version.pruned_to)
        .where(version.revision > after)
        .order_by(version.revision, version.collection)
    )
    for number, collection_id, pruned_to in connection.execute(query):
        touched.setdefault(number, {})[collection_id] = pruned_to is not None
    return touched


def _pruned(touched: Mapping[str, bool]) -> Iterator[str]:
    return (collection_id for collection_id, is_pruned in touched.items() if is_pruned)


def _valid_at(table: Table, revision: int | None) -> ColumnElement[bool]:
    if revision is None:
        return table.c.to_rev.is_(None)
    began: ColumnElement[bool] = table.c.from_rev <= revision
    return and_(began, or_(table.c.to_rev.is_(None), table.c.to_rev > revision))


def _check_revision(connection: Connection, revision: int | None) -> None:
    if revision is None:
        return
    current = current_number(connection)
    if not 1 <= revision <= current:
        raise UnknownRevisionError(revision=revision, current=current)
