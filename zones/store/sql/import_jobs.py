"""The imports as jobs: kept in the store, so that every process and a restart know of them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Unpack

import orjson
from sqlalchemy import Connection, RowMapping, insert, select, update

from zones.model import JSON
from zones.store.sql.database import Database
from zones.store.sql.records import RUNNING, ImportFields, ImportRecord
from zones.store.sql.rows import json_text, storable, time_of, time_text
from zones.store.sql.tables import imports

_TIMES = ("created_at", "finished_at")
_OBJECTS = ("options", "report", "error")


class Imports:
    """The imports of a store, running and over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, record: ImportRecord) -> ImportRecord:
        """Keep a new import and return it as kept."""
        row = {**_columns(asdict(record)), "process": ""}
        with self._database.writing() as connection:
            connection.execute(insert(imports), row)
            return _stored_record(connection, record.id)

    def get(self, import_id: str) -> ImportRecord | None:
        """Return an import, None when there is none of that id."""
        with self._database.reading() as connection:
            row = _row(connection, import_id)
        return None if row is None else _record(row)

    def list(self, limit: int = 100) -> tuple[ImportRecord, ...]:
        """Return the latest imports, newest first."""
        newest = select(imports).order_by(imports.c.created_at.desc(), imports.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(_record(row) for row in connection.execute(newest).mappings())

    def last_applied(self, collection_id: str) -> ImportRecord | None:
        """Return the last import that was stored in a collection, None if none was."""
        stored = imports.c.collection == collection_id, imports.c.state == "applied"
        query = select(imports).where(*stored).order_by(imports.c.created_at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _record(row)

    def has_running(self, collection_id: str) -> bool:
        """Return whether an import into the collection is under way, or was when it was lost."""
        query = select(imports.c.id).where(
            imports.c.collection == collection_id, imports.c.state.in_(RUNNING)
        )
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def update(self, import_id: str, **fields: Unpack[ImportFields]) -> ImportRecord:
        """Change the fields given and return the import as it is then.

        Raises
        ------
        LookupError
            If there is no import of that id; imports are never deleted.
        """
        changed = update(imports).where(imports.c.id == import_id).values(_columns({**fields}))
        with self._database.writing() as connection:
            connection.execute(changed)
            return _stored_record(connection, import_id)

    def advance(self, import_id: str, **fields: Unpack[ImportFields]) -> bool:
        """Tell how far an import is; return False, and tell nothing, where it has ended."""
        with self._database.writing() as connection:
            return change_running(connection, import_id, fields)

    def running(self) -> frozenset[str]:
        """Return the ids of imports that are under way, or were when they were lost."""
        query = select(imports.c.id).where(imports.c.state.in_(RUNNING))
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def end(self, import_id: str, **fields: Unpack[ImportFields]) -> bool:
        """Tell how an import has ended, unless that is told already; return whether it was not."""
        with self._database.writing() as connection:
            return change_running(connection, import_id, fields)

    def begin_again(self, import_id: str, *, options: Mapping[str, JSON], who: str) -> ImportRecord:
        """Queue an import once more; return it as kept.

        Raises
        ------
        LookupError
            If there is no import of that id.
        """
        fresh: ImportFields = {
            "state": "queued",
            "progress": 0.0,
            "finished_at": None,
            "options": options,
            "report": {},
            "error": None,
        }
        row = _columns({**fresh, "who": who})
        with self._database.writing() as connection:
            connection.execute(update(imports).where(imports.c.id == import_id).values(row))
            return _stored_record(connection, import_id)

    def fail_unfinished(
        self, reason_code: str, *, is_alive: Callable[[str], bool]
    ) -> tuple[str, ...]:
        """Mark as failed the imports that nobody leads any more; return their ids.

        Parameters
        ----------
        is_alive
            Tells of an import under way, by its id, whether a process leads it: a server may call
            this at its start while others, which it need not see, work on the same store.
        """
        running = select(imports.c.id).where(imports.c.state.in_(RUNNING))
        failed: ImportFields = {
            "state": "failed",
            "finished_at": datetime.now(UTC),
            "error": {"code": reason_code},
        }
        with self._database.writing() as connection:
            found = connection.execute(running.order_by(imports.c.created_at)).scalars()
            ended = tuple(import_id for import_id in found if not is_alive(import_id))
            if ended:
                # Where others write at the same time, one may have been told as ended meanwhile.
                which = imports.c.id.in_(ended) & imports.c.state.in_(RUNNING)
                connection.execute(update(imports).where(which).values(_columns({**failed})))
        return ended


def change_running(connection: Connection, import_id: str, fields: ImportFields) -> bool:
    """Change the fields of an import, if it is still under way; return whether it was."""
    under_way = imports.c.id == import_id, imports.c.state.in_(RUNNING)
    changed = connection.execute(update(imports).where(*under_way).values(_columns({**fields})))
    return changed.rowcount > 0


def _stored_record(connection: Connection, import_id: str) -> ImportRecord:
    row = _row(connection, import_id)
    if row is None:
        raise LookupError(f"no import {import_id!r}")
    return _record(row)


def _row(connection: Connection, import_id: str) -> RowMapping | None:
    query = select(imports).where(imports.c.id == import_id)
    return connection.execute(query).mappings().one_or_none()


def _columns(fields: Mapping[str, object]) -> dict[str, Any]:
    return {name: _column(name, value) for name, value in fields.items()}


def _column(name: str, value: object) -> object:
    if name in _OBJECTS:
        return None if value is None else json_text(value)
    if isinstance(value, datetime):
        return time_text(value)
    return storable(value) if isinstance(value, str) else value


def _record(row: RowMapping) -> ImportRecord:
    fields = {name: value for name, value in row.items() if name != "process"}
    for name in _OBJECTS:
        fields[name] = None if fields[name] is None else orjson.loads(fields[name])
    for name in _TIMES:
        fields[name] = None if fields[name] is None else time_of(fields[name])
    return ImportRecord(**fields)
