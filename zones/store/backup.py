"""A copy of a store while it is in use, and the way back from one, whatever it is kept in."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from zones.errors import StoreError
from zones.store.backup_encryption import decrypt, encrypt, is_encrypted, recipient_of
from zones.store.backup_rotation import (
    Backup,
    Contents,
    compare_checksum,
    disk_faults,
    file_name,
    folder_of_work,
    put_in_place,
    remove_oldest,
    write_checksum,
)
from zones.store.open_store import is_file
from zones.store.sqlite import backup as of_file
from zones.store.sqlite.connections import sqlite_path

_PG_DUMP: Final = b"PGDMP"
_SQLITE: Final = b"SQLite format 3\0"


class Copying(Protocol):
    """What each kind of store does of its own."""

    def stem(self, url: str) -> str:
        """Return how copies of a store begin their names; raise where there is no store."""

    def copy(self, url: str, target: Path) -> Contents:
        """Write one state of the store to a file, and compare the two."""

    def contents(self, backup: Path, /) -> Contents:
        """Return what a copy holds, after reading all of it; raise where it is damaged."""

    def restore(self, url: str, backup: Path) -> str | None:
        """Put a copy in the store's place; return where the store from before is now."""


def back_up(url: str, folder: Path, *, keep: int, key: str = "") -> Backup:
    """Copy the store into ``folder`` as of one revision; readers and writers go on meanwhile.

    The copy is one file, ``<store>-<UTC time>-r<revision>.backup``, with its SHA-256 beside it. It
    gets its name only when it is whole, on the disk, and holds as many rows of each
    table as the store did. Then the oldest copies of this store beyond ``keep`` are removed.

    Parameters
    ----------
    key
        Encrypts the copy (see ``backup_encryption``); what is not encrypted never lies in
        ``folder`` then.

    Raises
    ------
    StoreError
        If there is no store of ours, or the copy cannot be written or is not what it should be,
        or the key is none; no copy is left then, and none is removed.
    """
    how = _copying(url)
    if key:
        recipient_of(key)  # before any work
    stem, folder = how.stem(url), folder.absolute()
    with disk_faults(), folder_of_work(folder) as work:
        now, finished = datetime.now(UTC), work / "copy"
        if key:
            with folder_of_work(_private(url)) as private:
                contents = how.copy(url, private / "plain")
                encrypt(private / "plain", finished, key=key)
        else:
            contents = how.copy(url, finished)
        target = folder / file_name(stem, now, contents.revision)
        put_in_place(finished, target)
        checksum = write_checksum(target, work)
        removed = remove_oldest(folder, stem, keep=keep)
    return _backup(target, contents, encrypted=bool(key), checksum=checksum, removed=removed)


def verify_backup(backup: Path, *, key: str = "") -> Backup:
    """Return what a copy holds, once all of it has been read and found sound.

    Compared are the checksum beside it, the revision that its name tells, the pages of SQLite or
    the pieces of ``pg_dump``, and whether all revisions up to the latest are there.

    Raises
    ------
    StoreError
        If it is damaged, of another program or newer version, or encrypted for another key.
    """
    with disk_faults(), _plain(backup, key) as plain:
        checksum = compare_checksum(backup)
        contents = _copying_of(plain, backup).contents(plain)
        if contents.revisions != contents.revision or _other_revision(backup, contents.revision):
            raise StoreError("backup-damaged", name=backup.name)
        return _backup(backup, contents, encrypted=plain != backup, checksum=checksum)


def restore_backup(url: str, backup: Path, *, key: str = "") -> tuple[Backup, str | None]:
    """Put a copy in the place of the store; return it, and where the store from before is now.

    Raises
    ------
    StoreError
        If a server or another program has the store open, or the copy is damaged, of another
        program or of a newer version; the store is left alone then.
    """
    with disk_faults(), _plain(backup, key) as plain:
        checksum = compare_checksum(backup)
        how = _copying_of(plain, backup)
        if how is not _copying(url):
            raise StoreError("backup-other-kind", name=backup.name)
        contents = how.contents(plain)
        before = how.restore(url, plain)
    return _backup(backup, contents, encrypted=plain != backup, checksum=checksum), before


def _backup(
    path: Path,
    contents: Contents,
    *,
    encrypted: bool,
    checksum: str | None,
    removed: tuple[Path, ...] = (),
) -> Backup:
    return Backup(
        path=path,
        revision=contents.revision,
        revisions=contents.revisions,
        bytes=path.stat().st_size,
        collections=contents.collections,
        encrypted=encrypted,
        checksum=checksum,
        removed=removed,
    )


def _other_revision(backup: Path, revision: int) -> bool:
    """Return whether a copy's name tells of another revision; one renamed tells of none."""
    _, mark, number = backup.stem.rpartition("-r")
    return bool(mark) and number.isdecimal() and int(number) != revision


@contextmanager
def _plain(backup: Path, key: str) -> Iterator[Path]:
    """Give the file itself, or what it holds when decrypted, in a private folder."""
    if not backup.is_file():
        raise StoreError("backup-unknown", name=backup.name)
    if not is_encrypted(backup):
        yield backup
        return
    with folder_of_work(Path(tempfile.gettempdir())) as work:
        decrypt(backup, work / backup.name, key=key)
        yield work / backup.name


def _private(url: str) -> Path:
    """Return where what is not encrypted may lie for a moment: beside a file that is not either."""
    return sqlite_path(url).parent if is_file(url) else Path(tempfile.gettempdir())


def _copying_of(plain: Path, backup: Path) -> Copying:
    """Return how a copy is read, by its first bytes."""
    with plain.open("rb") as opened:
        begins = opened.read(16)
    if begins.startswith(_PG_DUMP):
        return _of_postgres()
    if begins == _SQLITE:
        return of_file
    raise StoreError("backup-damaged", name=backup.name)


def _copying(url: str) -> Copying:
    return of_file if is_file(url) else _of_postgres()


def _of_postgres() -> Copying:
    try:
        # The driver is an extra.
        return cast(Copying, import_module("zones.store.postgres.backup"))
    except ImportError as error:
        raise StoreError("store-extra") from error
