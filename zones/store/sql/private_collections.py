"""Which collections are private: only those who have a right in them may know of them."""

from collections.abc import Collection
from typing import Final

import orjson
from sqlalchemy import Connection, select

from zones.store.sql.tables import collections

_EVER: Final = collections.c.about.contains('"private":true', autoescape=True)
"""As ``orjson`` writes it; text with quotes in it is written with backslashes."""


def private_collections(connection: Connection) -> frozenset[str]:
    """Return the ids of all that is private, or was when it was dropped."""
    ever = connection.execute(select(collections.c.id).where(_EVER).distinct()).scalars().all()
    return frozenset(id_ for id_, private in _last_said(connection, ever).items() if private)


def ever_described(connection: Connection) -> frozenset[str]:
    """Return the ids of all collections that there are or ever were."""
    return frozenset(connection.execute(select(collections.c.id).distinct()).scalars())


def was_private(connection: Connection, collection_id: str) -> bool | None:
    """Return what was said last of a collection, also of a dropped one; None for nothing."""
    return _last_said(connection, [collection_id]).get(collection_id)


def _last_said(connection: Connection, ids: Collection[str]) -> dict[str, bool | None]:
    query = select(collections.c.id, collections.c.about).where(collections.c.id.in_(ids))
    rows = connection.execute(query.order_by(collections.c.from_rev))
    return {id_: orjson.loads(about).get("private") for id_, about in rows}
