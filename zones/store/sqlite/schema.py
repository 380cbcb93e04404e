"""The schema of the store: is it ours, is it current, and how it is made so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from zones.errors import StoreError
from zones.file_lock import try_lock
from zones.store.sqlite.file import SqliteFile

SCHEMA = "0005"
"""The revision in ``zones/sql/migrations/versions`` that this program reads and writes."""

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
                _upgrade(connection)


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
    version = "SELECT version_num FROM alembic_version"
    return str(connection.exec_driver_sql(version).scalar_one())


def _is_current(database: SqliteFile) -> bool:
    with database.reading() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        return _checked_schema(connection) == SCHEMA and mode == "wal"


def _checked_schema(connection: Connection) -> str | None:
    schema = schema_of(connection)
    if schema is not None and schema not in _known():
        raise StoreError("store-newer", found=schema, known=SCHEMA)
    return schema


def _known() -> set[str]:
    return {f"{number:04d}" for number in range(1, int(SCHEMA) + 1)}


def _upgrade(connection: Connection) -> None:
    # Alembic costs a third of a second to import, and only a new or an older store needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "zones.store.sqlite:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


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
