"""What changed in the store since a revision, read from the rows that changed."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import Connection, ScalarSelect, func, literal_column, select

from zones.errors import UnknownRevisionError
from zones.model import CollectionInfo, Delta, Feature
from zones.store.sql.pruned_versions import check_followed
from zones.store.sql.revision_history import INFO_COLUMNS, current_number
from zones.store.sql.rows import features_of, info_of
from zones.store.sql.tables import collections, features, revision_collections

PutRow: TypeAlias = tuple[str, str, int, bytes | None, str]
"""Collection, fid, ordinal, geometry, properties."""


def delta_since(connection: Connection, since: int, *, most: int | None = None) -> Delta:
    """Return what differs between revision ``since`` and now.

    A follower ends the fids of ``remove`` first, then replaces or appends those of ``put`` in
    their order, and has what the store holds, in the same order. A fid in both ended and came
    back, at the end of its collection. What lived only in between is not named; the features
    of a dropped collection are not listed.

    Parameters
    ----------
    most
        Collections of which more features are new or changed are named, and not read.

    Raises
    ------
    UnknownRevisionError
        If ``since`` is negative or past the current revision; ``PrunedRevisionError`` if what was
        then may have been pruned.
    """
    to = current_number(connection)
    if not 0 <= since <= to:
        raise UnknownRevisionError(revision=since, current=to)
    check_followed(connection, since)
    dropped = _dropped(connection, since)
    unread = frozenset[str]() if most is None else _with_more(connection, since, most)
    rows = _put_rows(connection, since, unread)
    return Delta(
        since=since,
        to=to,
        collections=_new_infos(connection, since),
        dropped=dropped,
        put=_by_collection(rows),
        remove=_removed(connection, since, replaced=rows, unlisted={*dropped, *unread}),
        touched=_touched(connection, since, dropped=dropped),
        unread=unread,
    )


def _with_more(connection: Connection, since: int, most: int) -> frozenset[str]:
    """Return the collections of which more than so many features are new or changed."""
    number = func.count()
    if since == 0:
        every = select(features.c.collection).where(features.c.to_rev.is_(None))
        by_name = every.group_by(features.c.collection)
        return frozenset(connection.scalars(by_name.having(number > most)))
    # Grouped by the column itself, SQLite would walk all current rows, which are sorted already.
    name = features.c.collection.concat(literal_column("''"))
    changed = select(name).where(features.c.to_rev.is_(None), features.c.from_rev > since)
    return frozenset(connection.scalars(changed.group_by(name).having(number > most)))


def _new_infos(connection: Connection, since: int) -> tuple[CollectionInfo, ...]:
    query = (
        select(*INFO_COLUMNS)
        .where(collections.c.to_rev.is_(None), collections.c.from_rev > since)
        .order_by(collections.c.order, collections.c.id)
    )
    return tuple(info_of(row) for row in connection.execute(query).mappings())


def _dropped(connection: Connection, since: int) -> tuple[str, ...]:
    query = (
        select(collections.c.id)
        .where(collections.c.from_rev <= since, collections.c.to_rev > since)
        .where(collections.c.id.not_in(_current_ids()))
        .order_by(collections.c.id)
    )
    return tuple(connection.scalars(query))


def _put_rows(connection: Connection, since: int, unread: Iterable[str]) -> Sequence[PutRow]:
    query = select(
        features.c.collection,
        features.c.fid,
        features.c.ordinal,
        features.c.geometry,
        features.c.properties,
    ).where(features.c.to_rev.is_(None), features.c.collection.not_in(unread))
    if since == 0:
        everything = query.order_by(features.c.collection, features.c.ordinal)
        return connection.execute(everything).all()
    # Asked for an order too, SQLite would walk all current rows, which are sorted already.
    changed = connection.execute(query.where(features.c.from_rev > since))
    return sorted(changed, key=itemgetter(0, 2))


def _by_collection(rows: Sequence[PutRow]) -> dict[str, list[Feature]]:
    decoded = features_of([(fid, wkb, properties) for _, fid, _, wkb, properties in rows])
    put: dict[str, list[Feature]] = {}
    for row, feature in zip(rows, decoded, strict=True):
        put.setdefault(row[0], []).append(feature)
    return put


def _removed(
    connection: Connection, since: int, *, replaced: Sequence[PutRow], unlisted: Iterable[str]
) -> dict[str, list[str]]:
    query = (
        select(features.c.collection, features.c.fid, features.c.ordinal)
        .where(features.c.from_rev <= since, features.c.to_rev > since)
        .where(features.c.collection.not_in(unlisted))
        .order_by(features.c.collection, features.c.ordinal)
    )
    ended = connection.execute(query).all()
    # A replaced feature keeps its ordinal; one that ended and came back has a new one.
    replaced_keys = {row[:3] for row in replaced} if ended else set()
    removed: dict[str, list[str]] = {}
    for collection_id, fid, ordinal in ended:
        if (collection_id, fid, ordinal) not in replaced_keys:
            removed.setdefault(collection_id, []).append(fid)
    return removed


def _touched(connection: Connection, since: int, *, dropped: Iterable[str]) -> dict[str, int]:
    name = revision_collections.c.collection
    query = (
        select(name, func.max(revision_collections.c.revision))
        .where(revision_collections.c.revision > since)
        .where(name.in_(_current_ids()) | name.in_(dropped))
        .group_by(name)
    )
    return dict(connection.execute(query).all())


def _current_ids() -> ScalarSelect[str]:
    return select(collections.c.id).where(collections.c.to_rev.is_(None)).scalar_subquery()
