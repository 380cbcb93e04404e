"""The tables in a SQLite file: are they ours, are they current, and how they are made so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from zones.errors import StoreError
from zones.file_lock import try_lock
from zones.store.sql.schema_version import SCHEMA, check_known, upgrade, version_written
from zones.store.sqlite.connections import SqliteFile

APPLICATION_ID = 0x485A4E53
"""``HZNS``, written into the file's header: a SQLite file of another program is left alone."""

START_WAIT_S = 60.0
"""How long a process waits for another that makes or changes the schema."""


def migrate(database: SqliteFile) -> None:
    """Make the tables, or bring those of an older program up to date, in one transaction.

    Any number of processes may call this at once; one does the work, the others wait.

    Raises
    ------
    StoreError
        If the file belongs to another program or to a newer version of this one, or cannot be
        made.
    """
    if _is_current(database):
        return
    with _alone(database.path):
        # A backup put back may have the tables without the write-ahead log.
        database.use_write_ahead_log()
        with database.writing() as connection:
            if _checked_schema(connection) != SCHEMA:
                upgrade(connection)
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def schema_of(connection: Connection) -> str | None:
    """Return the schema's version, none for a file without tables.

    Raises
    ------
    StoreError
        If another program made the file.
    """
    tables = "SELECT count(*) FROM sqlite_master"
    if not connection.exec_driver_sql(tables).scalar_one():
        return None
    made_by = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if made_by != APPLICATION_ID:
        raise StoreError("store-foreign")
    return version_written(connection)


def _is_current(database: SqliteFile) -> bool:
    with database.reading() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        return _checked_schema(connection) == SCHEMA and mode == "wal"


def _checked_schema(connection: Connection) -> str | None:
    schema = schema_of(connection)
    if schema is not None:
        check_known(schema)
    return schema


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file beside the store; a process that dies lets go of it.

    SQLite's own lock does not do: the change to write-ahead-log mode fails at once, without
    waiting, when two processes try it together.
    """
    deadline = time.monotonic() + START_WAIT_S
    try:
        with path.with_name(f"{path.name}.lock").open("a") as lock:
            while not try_lock(lock.fileno()):
                if time.monotonic() > deadline:
                    raise StoreError("store-busy")
                time.sleep(0.02)
            yield
    except OSError as error:
        raise StoreError("store-unopenable") from error
