"""A copy of a store in PostgreSQL, made and put back by its own programs."""

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from zones.errors import StoreError
from zones.store.backup_files import Backup, disk_faults, file_name, put_in_place, remove_oldest
from zones.store.postgres.address import connection_words, words_for_programs
from zones.store.postgres.database import PostgresDatabase
from zones.store.postgres.faults import store_faults
from zones.store.postgres.schema import NAME, VIEWS

_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TABLES: Final = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s"
_COLLECTIONS: Final = (
    "SELECT collection, count(*) FROM zones.features WHERE to_rev IS NULL GROUP BY collection"
)
_OTHERS: Final = (
    "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'heping-zones' AND pid <> pg_backend_pid()"
)


def back_up(url: str, folder: Path, *, keep: int) -> Backup:
    """Copy the store by ``pg_dump``; see ``zones.store.backup.back_up``."""
    stem = str(conninfo_to_dict(connection_words(url))["dbname"])
    folder = folder.absolute()
    with disk_faults(), store_faults(), psycopg.connect(connection_words(url)) as connection:
        connection.autocommit = True
        connection.execute(_BEGIN)
        revision, counts = _contents(connection)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = datetime.now(UTC)
        partial = folder / f".{stem}-{now:%Y%m%dT%H%M%S%fZ}.partial"
        try:
            _dump(url, partial, snapshot=_exported(connection))
            if rows_of(partial) != counts:
                raise StoreError("backup-differs")
            collections: dict[str, int] = dict(connection.execute(_COLLECTIONS).fetchall())
            target = folder / file_name(stem, now, revision)
            put_in_place(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        removed = remove_oldest(folder, stem, keep=keep)
    return Backup(target, revision, target.stat().st_size, collections, removed)


def restore_backup(url: str, backup: Path) -> tuple[Backup, str | None]:
    """Put a copy in the store's place; the tables from before stay under another name."""
    if not backup.is_file():
        raise StoreError("backup-unknown", name=backup.name)
    if "revisions" not in rows_of(backup):
        raise StoreError("store-foreign")
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
        with database.reading() as reading:
            revision = reading.exec_driver_sql("SELECT max(number) FROM revisions").scalar() or 0
            rows = reading.exec_driver_sql(_COLLECTIONS)
            collections = {str(row[0]): int(row[1]) for row in rows}
    finally:
        database.close()
    made = Backup(backup, revision, backup.stat().st_size, collections)
    return made, before


def rows_of(backup: Path) -> Mapping[str, int]:
    """Return how many rows a copy holds of each table, after reading all of it.

    Raises
    ------
    StoreError
        If it is damaged, or cannot be read by this ``pg_restore``.
    """
    command = ["pg_restore", "--data-only", "--file=-", str(backup)]
    counts: dict[str, int] = {}
    table = ""
    with _program(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            if line.startswith(b"COPY zones."):
                table = line.split()[1].decode().removeprefix("zones.").strip('"')
                counts[table] = 0
            elif line == b"\\.\n":
                table = ""
            elif table:
                counts[table] += 1
    if process.returncode:
        raise StoreError("backup-damaged", name=backup.name)
    return counts


def _contents(connection: psycopg.Connection) -> tuple[int, Mapping[str, int]]:
    tables = [name for (name,) in connection.execute(_TABLES, (NAME,)).fetchall()]
    if "revisions" not in tables:
        raise StoreError("backup-no-store", name=NAME)
    counts = {name: _one(connection, "SELECT count(*) FROM {}", name) for name in tables}
    return _one(connection, "SELECT coalesce(max(number), 0) FROM {}", "revisions"), counts


def _one(connection: psycopg.Connection, words: str, table: str) -> int:
    query = sql.SQL(words).format(sql.Identifier(NAME, table))
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
    _run(command, environment, code="backup-program")


def _restore(url: str, backup: Path) -> None:
    words, environment = words_for_programs(url)
    how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    _run(["pg_restore", *how, f"--dbname={words}", str(backup)], environment, code="backup-program")


def _run(command: list[str], environment: Mapping[str, str], *, code: str) -> None:
    with _program(command, environment=environment, stderr=subprocess.PIPE) as process:
        _, output = process.communicate()
    if process.returncode:
        lines = output.decode("utf-8", "replace").strip().splitlines()
        raise StoreError(code, program=command[0], reason=lines[0] if lines else "")


def _program(
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - by name, from the system's path
            command, env={**os.environ, **(environment or {})}, stdout=stdout, stderr=stderr
        )
    except FileNotFoundError as error:
        raise StoreError("backup-no-program", program=command[0]) from error


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
