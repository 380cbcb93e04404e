"""What became of one collection from one revision to a later one, for whoever has the earlier."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from zones.model import Feature
from zones.store.sql.pruned_versions import check_stored, is_pruned
from zones.store.sql.revision_history import current_number
from zones.store.sql.rows import features_of
from zones.store.sql.tables import features

_AT_ONCE = 4_096


def changes_between(
    connection: Connection, collection_id: str, *, since: int, to: int, most: int
) -> tuple[list[Feature], list[str]] | None:
    """Return what was put and what was removed, as ``delta_since`` does; None if it is much.

    None as well where what the collection was at ``since`` is no longer stored.

    Parameters
    ----------
    most
        So many features may be new or changed, and so many may have ended.
    """
    if is_pruned(connection, collection_id, since):
        return None
    here = features.c.collection == collection_id
    put = and_(here, features.c.from_rev > since, *_there(connection, to))
    gone = and_(here, features.c.from_rev <= since, features.c.to_rev.between(since + 1, to))
    counts = (connection.scalar(select(func.count()).where(which)) or 0 for which in (put, gone))
    if max(counts) > most:
        return None
    row = features.c.fid, features.c.ordinal, features.c.geometry, features.c.properties
    rows = connection.execute(select(*row).where(put).order_by(features.c.ordinal)).all()
    # A replaced feature keeps its ordinal; one that ended and came back has a new one.
    present = {(fid, ordinal) for fid, ordinal, _, _ in rows}
    ended = connection.execute(select(*row[:2]).where(gone).order_by(features.c.ordinal))
    removed = [fid for fid, ordinal in ended if (fid, ordinal) not in present]
    return features_of([(fid, wkb, text) for fid, _, wkb, text in rows]), removed


def each_feature(connection: Connection, collection_id: str, *, revision: int) -> Iterator[Feature]:
    """Yield the features of a collection as of a revision, in order, a few thousand at a time.

    Raises
    ------
    PrunedRevisionError
    """
    check_stored(connection, collection_id, revision)
    query = (
        select(features.c.fid, features.c.geometry, features.c.properties)
        .where(features.c.collection == collection_id, *_there(connection, revision))
        .order_by(features.c.ordinal)
    )
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
    for part in rows.partitions():
        yield from features_of([(fid, wkb, text) for fid, wkb, text in part])


def _there(connection: Connection, revision: int) -> tuple[ColumnElement[bool], ...]:
    if revision == current_number(connection):  # of which there is an index
        return (features.c.to_rev.is_(None),)
    ends = or_(features.c.to_rev.is_(None), features.c.to_rev > revision)
    return features.c.from_rev <= revision, ends
