"""A copy of the store while it is in use, and the way back from one."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from zones.errors import StoreError
from zones.store.backup_files import Backup, disk_faults, file_name, put_in_place, remove_oldest
from zones.store.sql.schema import SCHEMA
from zones.store.sqlite.faults import store_error, store_faults
from zones.store.sqlite.file import connect, sqlite_path
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


def back_up(url: str, folder: Path, *, keep: int) -> Backup:
    """Copy the store into ``folder`` as of one revision; readers and writers go on meanwhile.

    The copy is one file, ``<store>-<UTC time>-r<revision>.backup``. It gets this name only when
    it is whole, on the disk, sound (``quick_check``) and holds as many rows of each collection
    and table as the store did. Then the oldest copies of this store beyond ``keep`` are removed.

    Raises
    ------
    StoreError
        If there is no store of ours, or the copy cannot be written or is not what it should be;
        no copy is left then, and none is removed.
    """
    path = sqlite_path(url)
    if not path.is_file():
        raise StoreError("backup-no-store", name=path.name)
    folder = folder.absolute()
    with disk_faults(), store_faults():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = datetime.now(UTC)
        partial = folder / f".{path.stem}-{now:%Y%m%dT%H%M%S%fZ}.partial"
        try:
            revision, collections = _copy(path, partial)
            target = folder / file_name(path.stem, now, revision)
            put_in_place(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        removed = remove_oldest(folder, path.stem, keep=keep)
    return Backup(target, revision, target.stat().st_size, collections, removed)


def restore_backup(url: str, backup: Path) -> tuple[Backup, Path | None]:
    """Put a copy in the place of the store; return it, and where the store from before is now.

    Raises
    ------
    StoreError
        If a server or another program has the store open, or the copy is damaged, of another
        program or of a newer version; the store is left alone then.
    """
    path = sqlite_path(url)
    with disk_faults(), store_faults():
        if not backup.is_file():
            raise StoreError("backup-unknown", name=backup.name)
        revision, collections, _ = _checked_counts(backup)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.restoring")
        try:
            shutil.copyfile(backup, partial)
            with _nobody_else(path):
                before = _moved_away(path)
                put_in_place(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    return Backup(backup, revision, path.stat().st_size, collections), before


def _copy(path: Path, partial: Path) -> tuple[int, Mapping[str, int]]:
    """Copy one state of the store and compare the copy with it."""
    with closing(connect(path, "query_only = ON", busy_timeout_s=_WAITS_S)) as source:
        _check_ours(source)
        source.execute("BEGIN")
        counted = _counts(source)
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            # In one step: in several, each commit of another process would start it anew.
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        partial.chmod(0o600)
    if _checked_counts(partial) != counted:
        raise StoreError("backup-differs")
    revision, collections, _ = counted
    return revision, collections


def _checked_counts(file: Path) -> tuple[int, Mapping[str, int], Mapping[str, int]]:
    """Return what a copy holds, once it is known to be sound and ours."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copy:
        _check_ours(copy)
        if copy.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise StoreError("backup-damaged", name=file.name)
        return _counts(copy)


def _check_ours(connection: sqlite3.Connection) -> None:
    (made_by,) = connection.execute("PRAGMA application_id").fetchone()
    if made_by != APPLICATION_ID:
        raise StoreError("store-foreign")
    (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if schema > SCHEMA:
        raise StoreError("store-newer", found=schema, known=SCHEMA)


def _counts(connection: sqlite3.Connection) -> tuple[int, Mapping[str, int], Mapping[str, int]]:
    (revision,) = connection.execute("SELECT max(number) FROM revisions").fetchone()
    collections = dict(connection.execute(_BY_COLLECTION).fetchall())
    tables = {name: connection.execute(query).fetchone()[0] for name, query in _COUNTED.items()}
    return revision or 0, collections, tables


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
