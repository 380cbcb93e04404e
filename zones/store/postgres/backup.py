"""A copy of a store in PostgreSQL, made and put back by its own programs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from zones.errors import StoreError
from zones.store.backup_rotation import Contents
from zones.store.postgres.address import connection_words, words_for_programs
from zones.store.postgres.database import PostgresDatabase
from zones.store.postgres.dumps import DumpedRows, dumped_rows, run_program
from zones.store.postgres.faults import store_faults
from zones.store.postgres.schema import NAME, VIEWS

_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TABLES: Final = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s"
_OTHERS: Final = (
    "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'heping-zones' AND pid <> pg_backend_pid()"
)


def stem(url: str) -> str:
    """Return how copies of the store begin their names: as the database is called."""
    return str(conninfo_to_dict(connection_words(url))["dbname"])


def copy(url: str, target: Path) -> Contents:
    """Copy the store by ``pg_dump``, and compare the rows of each table."""
    with store_faults(), psycopg.connect(connection_words(url)) as connection:
        connection.autocommit = True
        connection.execute(_BEGIN)
        counts = _rows(connection)
        _dump(url, target, snapshot=_exported(connection))
    dumped = dumped_rows(target)
    if dumped.tables != counts:
        raise StoreError("backup-differs")
    return _contents(dumped)


def contents(backup: Path, /) -> Contents:
    """Return what a copy holds, after all of it was unpacked."""
    dumped = dumped_rows(backup)
    if "revisions" not in dumped.tables:
        raise StoreError("store-foreign")
    return _contents(dumped)


def restore(url: str, backup: Path) -> str | None:
    """Put a copy in the store's place; the tables from before stay under another name."""
    with store_faults(), psycopg.connect(connection_words(url), autocommit=True) as connection:
        if connection.execute(_OTHERS).fetchone() != (0,):
            raise StoreError("restore-in-use")
        before = _moved_away(connection)
        try:
            _restore(url, backup)
        except BaseException:
            _moved_back(connection, before)
            raise
        # The views are of the tables from before, and are made anew.
        connection.execute(f"DROP SCHEMA IF EXISTS {VIEWS} CASCADE")
        connection.execute(f"CREATE SCHEMA {VIEWS}")
    database = PostgresDatabase(url, busy_timeout_s=5)
    try:
        database.migrate()
        database.show_all()
    finally:
        database.close()
    return before


def _contents(dumped: DumpedRows) -> Contents:
    return Contents(dumped.latest, dumped.tables["revisions"], dumped.collections)


def _rows(connection: psycopg.Connection) -> Mapping[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES, (NAME,)).fetchall()]
    if "revisions" not in tables:
        raise StoreError("backup-no-store", name=NAME)
    return {name: _count(connection, name) for name in tables}


def _count(connection: psycopg.Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(NAME, table))
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _exported(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    return str(row[0]) if row else ""


def _dump(url: str, file: Path, *, snapshot: str) -> None:
    words, environment = words_for_programs(url)
    chosen = [f"--schema={NAME}", f"--snapshot={snapshot}", "--no-owner", "--no-acl"]
    command = ["pg_dump", "--format=custom", *chosen, f"--file={file}", f"--dbname={words}"]
    file.touch(mode=0o600)
    run_program(command, environment)


def _restore(url: str, backup: Path) -> None:
    words, environment = words_for_programs(url)
    how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    run_program(["pg_restore", *how, f"--dbname={words}", str(backup)], environment)


def _moved_away(connection: psycopg.Connection) -> str | None:
    """Rename the schema of the store from before, if any, so that a restore can be undone."""
    if connection.execute("SELECT to_regnamespace('zones')").fetchone() == (None,):
        return None
    name_aside = f"{NAME}_before_restore_{datetime.now(UTC):%Y%m%dT%H%M%S%f}".lower()
    words = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    connection.execute(words.format(sql.Identifier(NAME), sql.Identifier(name_aside)))
    return name_aside


def _moved_back(connection: psycopg.Connection, name_aside: str | None) -> None:
    if name_aside is not None:
        words = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
        connection.execute(words.format(sql.Identifier(name_aside), sql.Identifier(NAME)))
