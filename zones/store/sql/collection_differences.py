"""What became of a collection from one revision to another, read from the rows that changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, func, or_, select

from zones.errors import UnknownCollectionError, UnknownRevisionError
from zones.model import Feature
from zones.store.sql.pruned_versions import check_stored
from zones.store.sql.revision_history import current_number
from zones.store.sql.rows import features_of
from zones.store.sql.tables import collections, features, revision_collections


@dataclass(frozen=True, slots=True)
class RevisionCounts:
    """How many features a revision added to a collection, changed in it and removed from it."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def counts_of(
    connection: Connection, collection_id: str, *, first: int, last: int
) -> Mapping[int, RevisionCounts]:
    """Return the counts of the revisions from ``first`` to ``last`` that touched a feature."""
    here = features.c.collection == collection_id
    begun = _counted(connection, features.c.from_rev, here, first=first, last=last)
    ended = _counted(connection, features.c.to_rev, here, first=first, last=last)
    after, before = features.alias("after"), features.alias("before")
    # A feature that was changed ends and begins at the same revision.
    query = (
        select(after.c.from_rev, func.count())
        .where(after.c.collection == collection_id, after.c.from_rev.between(first, last))
        .where(before.c.collection == after.c.collection, before.c.fid == after.c.fid)
        .where(before.c.to_rev == after.c.from_rev)
        .group_by(after.c.from_rev)
    )
    changed: dict[int, int] = dict(connection.execute(query).all())
    counted = {
        number: RevisionCounts(
            begun.get(number, 0) - changed.get(number, 0),
            changed.get(number, 0),
            ended.get(number, 0) - changed.get(number, 0),
        )
        for number in begun.keys() | ended.keys()
    }
    # Of what was pruned the rows are no longer there to be counted.
    return {**counted, **_counted_before(connection, collection_id, first=first, last=last)}


def differing_features(
    connection: Connection, collection_id: str, *, since: int, to: int
) -> tuple[list[Feature], list[Feature]]:
    """Return the features held at ``since`` only and those held at ``to`` only, by ordinal.

    A feature that was changed is in both lists. Revision 0 is before everything; ``to`` may be
    the earlier one. A feature changed there and back is in both lists though it is the same.

    Raises
    ------
    UnknownRevisionError
        If a revision is none of the store's and not 0; ``PrunedRevisionError`` if what the
        collection was then is no longer stored.
    UnknownCollectionError
        If the collection is there at neither.
    """
    current = current_number(connection)
    for number in (since, to):
        if not 0 <= number <= current:
            raise UnknownRevisionError(revision=number, current=current)
    there = select(collections.c.id).where(collections.c.id == collection_id)
    known = there.where(or_(_valid_at(collections, since), _valid_at(collections, to)))
    if connection.execute(known).first() is None:
        raise UnknownCollectionError(collection=collection_id)
    for number in (since, to):
        check_stored(connection, collection_id, number)
    low, high = min(since, to), max(since, to)
    earlier = _read(
        connection,
        collection_id,
        and_(features.c.from_rev <= low, features.c.to_rev > low, features.c.to_rev <= high),
    )
    later = _read(
        connection,
        collection_id,
        and_(features.c.from_rev > low, _valid_at(features, high)),
    )
    return (earlier, later) if since <= to else (later, earlier)


def _counted(
    connection: Connection,
    number: Column[int],
    here: ColumnElement[bool],
    *,
    first: int,
    last: int,
) -> dict[int, int]:
    query = select(number, func.count()).where(here, number.between(first, last)).group_by(number)
    return dict(connection.execute(query).all())


def _counted_before(
    connection: Connection, collection_id: str, *, first: int, last: int
) -> dict[int, RevisionCounts]:
    """Return the counts that were written down when versions were pruned."""
    version = revision_collections.c
    query = select(version.revision, version.added, version.changed, version.removed).where(
        version.collection == collection_id,
        version.revision.between(first, last),
        version.added.is_not(None),
    )
    return {number: RevisionCounts(*counts) for number, *counts in connection.execute(query)}


def _read(connection: Connection, collection_id: str, chosen: ColumnElement[bool]) -> list[Feature]:
    query = (
        select(features.c.fid, features.c.geometry, features.c.properties)
        .where(features.c.collection == collection_id, chosen)
        .order_by(features.c.ordinal)
    )
    return features_of(connection.execute(query).all())


def _valid_at(table: Table, revision: int) -> ColumnElement[bool]:
    return and_(
        table.c.from_rev <= revision, or_(table.c.to_rev.is_(None), table.c.to_rev > revision)
    )
