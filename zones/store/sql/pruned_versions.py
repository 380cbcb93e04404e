"""Which versions of collections were pruned: their features are no longer stored.

A version of a collection lasts from a revision that changed it to the next that did. Who made it,
when, why and how much it changed stay known; what it held does not.
"""

from typing import Any

from sqlalchemy import Connection, func, select

from zones.errors import PrunedRevisionError
from zones.store.sql.tables import revision_collections

_PRUNED_TO = revision_collections.c.pruned_to


def check_stored(connection: Connection, collection_id: str, revision: int | None) -> None:
    """Refuse a revision (none: now) at which a collection was in a version that was pruned.

    Raises
    ------
    PrunedRevisionError
    """
    if revision is not None and is_pruned(connection, collection_id, revision):
        here = revision_collections.c.collection == collection_id
        raise PrunedRevisionError(revision=revision, oldest=oldest_stored(connection, here))


def is_pruned(connection: Connection, collection_id: str, revision: int) -> bool:
    """Return whether the version that a collection had by a revision was pruned."""
    version = revision_collections.c
    here = version.collection == collection_id, version.revision <= revision
    pruned_to = select(_PRUNED_TO).where(*here).order_by(version.revision.desc()).limit(1)
    return connection.scalar(pruned_to) is not None


def check_followed(connection: Connection, since: int) -> None:
    """Refuse to tell what changed since a revision of which not every version may be stored.

    Raises
    ------
    PrunedRevisionError
    """
    oldest = oldest_stored(connection)
    if 0 < since < oldest:
        raise PrunedRevisionError(revision=since, oldest=oldest)


def oldest_stored(connection: Connection, *here: Any) -> int:
    """Return the revision from which on every version is stored; 0 if all are."""
    query = select(func.max(_PRUNED_TO)).where(_PRUNED_TO.is_not(None), *here)
    return connection.scalar(query) or 0
