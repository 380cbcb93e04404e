"""The imports as jobs: kept in the store, so that every process and a restart know of them."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

import orjson
from sqlalchemy import Connection, RowMapping, insert, select, update

from zones.model import JSON
from zones.sql.file import SqliteFile
from zones.sql.records import RUNNING, ImportFields, ImportRecord
from zones.sql.rows import json_text, storable, time_of, time_text
from zones.sql.tables import imports

_TIMES = ("created_at", "finished_at")
_OBJECTS = ("options", "report", "error")


class Imports:
    """The imports of a store, running and over."""

    def __init__(self, database: SqliteFile) -> None:
        self._database = database

    def create(self, record: ImportRecord) -> ImportRecord:
        """Keep a new import, led by this process, and return it as kept."""
        row = {**_columns(asdict(record)), "process": this_process()}
        with self._database.writing() as connection:
            connection.execute(insert(imports), row)
            return _kept(connection, record.id)

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
            return _kept(connection, import_id)

    def end(self, import_id: str, **fields: Unpack[ImportFields]) -> bool:
        """Tell how an import has ended, unless that is told already; return whether it was not."""
        with self._database.writing() as connection:
            return end_import(connection, import_id, fields)

    def begin_again(self, import_id: str, *, options: Mapping[str, JSON], who: str) -> ImportRecord:
        """Queue an import once more, led by this process now; return it as kept.

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
        row = {**_columns({**fresh, "who": who}), "process": this_process()}
        with self._database.writing() as connection:
            connection.execute(update(imports).where(imports.c.id == import_id).values(row))
            return _kept(connection, import_id)

    def fail_unfinished(self, reason_code: str) -> tuple[str, ...]:
        """Mark as failed the imports whose process is gone; return their ids.

        Imports that a living process of this machine leads on are left alone, so that a worker
        may call this at its start while others work.
        """
        running = select(imports.c.id, imports.c.process).where(imports.c.state.in_(RUNNING))
        failed: ImportFields = {
            "state": "failed",
            "finished_at": datetime.now(UTC),
            "error": {"code": reason_code},
        }
        with self._database.writing() as connection:
            rows = connection.execute(running.order_by(imports.c.created_at))
            ended = tuple(import_id for import_id, process in rows if not is_running(process))
            if ended:
                which = imports.c.id.in_(ended)
                connection.execute(update(imports).where(which).values(_columns({**failed})))
        return ended


def end_import(connection: Connection, import_id: str, fields: ImportFields) -> bool:
    """Tell how an import has ended if it is still under way; return whether it was."""
    under_way = imports.c.id == import_id, imports.c.state.in_(RUNNING)
    ended = connection.execute(update(imports).where(*under_way).values(_columns({**fields})))
    return ended.rowcount > 0


def this_process() -> str:
    """Return this process as number and start time: numbers are given again, pairs are not."""
    return f"{os.getpid()}@{_started(os.getpid())}"


def is_running(process: str) -> bool:
    """Return whether the process that ``this_process`` named still runs on this machine."""
    number, _, started = process.partition("@")
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # It runs, as another user.
        pass
    return _started(int(number)) == started


def _started(number: int) -> str:
    """Return the start time in clock ticks since boot, empty where the system has no /proc."""
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name, in brackets, may hold anything; start time is the 20th field after it.
    return status.rpartition(")")[2].split()[19]


def _kept(connection: Connection, import_id: str) -> ImportRecord:
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
