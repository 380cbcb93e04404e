"""A copy of the store while it is in use, and the way back from one."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from zones.errors import StoreError
from zones.store.backup_rotation import Contents, put_in_place
from zones.store.sql.schema_version import SCHEMA
from zones.store.sqlite.connections import connect, sqlite_path
from zones.store.sqlite.faults import store_error, store_faults
from zones.store.sqlite.schema import APPLICATION_ID

_WAITS_S: Final = 5.0
_COUNTED: Final = {
    "revisions": "SELECT count(*) FROM revisions",
    "features": "SELECT count(*) FROM features",
    "audit": "SELECT count(*) FROM audit",
}
_BY_COLLECTION: Final = (
    "SELECT collection, count(*) FROM features WHERE to_rev IS NULL GROUP BY collection"
)
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def stem(url: str) -> str:
    """Return how copies of the store begin their names.

    Raises
    ------
    StoreError
        If there is no store.
    """
    path = sqlite_path(url)
    if not path.is_file():
        raise StoreError("backup-no-store", name=path.name)
    return path.stem


def copy(url: str, target: Path) -> Contents:
    """Copy one state of the store and compare the copy with it; it is one sound file of ours."""
    with (
        store_faults(),
        closing(connect(sqlite_path(url), "query_only = ON", busy_timeout_s=_WAITS_S)) as source,
    ):
        _check_ours(source)
        source.execute("BEGIN")
        contents, rows = _counts(source)
        target.touch(mode=0o600)
        with closing(sqlite3.connect(target, isolation_level=None)) as copied:
            # In one step: in several, each commit of another process would start it anew.
            source.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")
    if _checked_counts(target, "quick_check(1)") != (contents, rows):
        raise StoreError("backup-differs")
    return contents


def contents(backup: Path, /) -> Contents:
    """Return what a copy holds, once each of its pages and indexes is known to be sound."""
    with store_faults():
        found, _ = _checked_counts(backup, "integrity_check(1)")
    return found


def restore(url: str, backup: Path) -> str | None:
    """Put a copy, known to be sound, in the store's place; return where that from before is."""
    path = sqlite_path(url)
    with store_faults():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.restoring")
        try:
            shutil.copyfile(backup, partial)
            with _nobody_else(path):
                before = _moved_away(path)
                put_in_place(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    return None if before is None else str(before)


def _checked_counts(file: Path, check: str) -> tuple[Contents, Mapping[str, int]]:
    """Return what a copy holds, once it is known to be sound and ours."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copied:
        _check_ours(copied)
        if copied.execute(f"PRAGMA {check}").fetchall() != [("ok",)]:
            raise StoreError("backup-damaged", name=file.name)
        return _counts(copied)


def _check_ours(connection: sqlite3.Connection) -> None:
    (made_by,) = connection.execute("PRAGMA application_id").fetchone()
    if made_by != APPLICATION_ID:
        raise StoreError("store-foreign")
    (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if schema > SCHEMA:
        raise StoreError("store-newer", found=schema, known=SCHEMA)


def _counts(connection: sqlite3.Connection) -> tuple[Contents, Mapping[str, int]]:
    (revision,) = connection.execute("SELECT max(number) FROM revisions").fetchone()
    collections = dict(connection.execute(_BY_COLLECTION).fetchall())
    rows = {name: connection.execute(query).fetchone()[0] for name, query in _COUNTED.items()}
    return Contents(revision or 0, rows["revisions"], collections), rows


@contextmanager
def _nobody_else(path: Path) -> Iterator[None]:
    """Refuse to go on while another connection has the store open; its log is copied back.

    Every connection to a store in write-ahead-log mode keeps a shared lock on the file, so that
    nobody can leave that mode beside it. A file that is no database has nobody worth waiting for.
    """
    if path.exists():
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:
                if store_error(error).code != "store-damaged":
                    raise StoreError("restore-in-use") from error
            yield
    else:
        yield


def _moved_away(path: Path) -> Path | None:
    """Rename the store from before, if any, so that a restore can be undone."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for ending in _SIDE_FILES:
        side = path.with_name(path.name + ending)
        if side.exists():
            side.rename(aside.with_name(aside.name + ending))
    path.rename(aside)
    return aside
