"""The files that copies of a store are: named, put in their place, the oldest removed."""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from zones.errors import StoreError

_PREFIX: Final = ".zones-backup-"
_ABANDONED_S: Final = 86_400
"""A folder of work that is older was left by a process that died."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy holds: its latest revision, how many, and the features of each collection."""

    revision: int
    revisions: int
    collections: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified copy; ``checksum`` tells whether it was compared with one (``None``: no file)."""

    path: Path
    revision: int
    revisions: int
    bytes: int
    collections: Mapping[str, int]
    encrypted: bool = False
    checksum: str | None = None
    removed: tuple[Path, ...] = ()


def file_name(stem: str, at: datetime, revision: int) -> str:
    """Return the name of a copy: of which store, from when (UTC), of which revision."""
    return f"{stem}-{at:%Y%m%dT%H%M%SZ}-r{revision}.backup"


def put_in_place(partial: Path, target: Path) -> None:
    """Give a file its name once it is on the disk, and see that the name is there too."""
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checksum_file(backup: Path) -> Path:
    """Return where the checksum of a copy lies."""
    return backup.with_name(f"{backup.name}.sha256")


def write_checksum(backup: Path, work: Path) -> str:
    """Write the SHA-256 of a copy beside it, as ``sha256sum --check`` reads it; return it."""
    found = _sha256(backup)
    partial = work / "sha256"
    partial.write_text(f"{found}  {backup.name}\n", encoding="utf-8")
    partial.chmod(0o600)
    put_in_place(partial, checksum_file(backup))
    return found


def compare_checksum(backup: Path) -> str | None:
    """Return the SHA-256 that a copy has and should have; ``None`` where none was written.

    Raises
    ------
    StoreError
        If they differ.
    """
    try:
        written = checksum_file(backup).read_text(encoding="utf-8", errors="replace").split()
    except FileNotFoundError:
        return None
    found = _sha256(backup)
    if written[:1] != [found]:
        raise StoreError("backup-checksum", name=backup.name)
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def remove_oldest(folder: Path, stem: str, *, keep: int) -> tuple[Path, ...]:
    """Remove the copies of a store beyond the latest ``keep``; return them."""
    ours = re.compile(rf"{re.escape(stem)}-[0-9]{{8}}T[0-9]{{6}}Z-r[0-9]+\.backup")
    found = sorted(file for file in folder.iterdir() if ours.fullmatch(file.name))
    oldest = found[: -max(1, keep)]
    for file in oldest:
        file.unlink()
        checksum_file(file).unlink(missing_ok=True)
    return tuple(oldest)


@contextmanager
def folder_of_work(parent: Path) -> Iterator[Path]:
    """Give a private folder within another, removed in the end; so are those of the dead."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in parent.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as made:
        yield Path(made)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Raise what the disk complains of as ``StoreError``."""
    try:
        yield
    except OSError as error:
        raise StoreError("backup-disk", reason=error.strerror or "") from error
