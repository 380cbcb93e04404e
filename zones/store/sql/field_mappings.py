"""The field mapping of each collection, as it was saved last; offered at the next import."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import RowMapping, delete, insert, select

from zones.model import JSON
from zones.store.sql.database import Database
from zones.store.sql.records import SavedMapping
from zones.store.sql.rows import json_text, storable, time_of, time_text
from zones.store.sql.tables import mappings


class Mappings:
    """The saved mappings of a store; whether one fits a file, its import finds out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, collection_id: str) -> SavedMapping | None:
        """Return a collection's mapping, None when none was saved."""
        query = select(mappings).where(mappings.c.collection == collection_id)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _saved(row)

    def put(
        self, collection_id: str, mapping: dict[str, JSON], *, key: str | None, who: str
    ) -> SavedMapping:
        """Save a mapping in place of the one before, and return it."""
        saved = SavedMapping(collection_id, mapping, key, datetime.now(UTC), who)
        row: dict[str, Any] = {
            "collection": collection_id,
            "mapping": json_text(mapping),
            "key": None if key is None else storable(key),
            "saved_at": time_text(saved.saved_at),
            "who": storable(who),
        }
        with self._database.writing() as connection:
            connection.execute(delete(mappings).where(mappings.c.collection == collection_id))
            connection.execute(insert(mappings), row)
        return saved

    def remove(self, collection_id: str) -> bool:
        """Forget a collection's mapping; return whether there was one."""
        gone = delete(mappings).where(mappings.c.collection == collection_id)
        with self._database.writing() as connection:
            return connection.execute(gone).rowcount > 0


def _saved(row: RowMapping) -> SavedMapping:
    return SavedMapping(
        row["collection"],
        orjson.loads(row["mapping"]),
        row["key"],
        time_of(row["saved_at"]),
        row["who"],
    )
