"""The files that copies of a store are: named, put in their place, the oldest removed."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zones.errors import StoreError


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished, verified copy: of which revision, and how many features each collection has."""

    path: Path
    revision: int
    bytes: int
    collections: Mapping[str, int]
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


def remove_oldest(folder: Path, stem: str, *, keep: int) -> tuple[Path, ...]:
    """Remove the copies of a store beyond the latest ``keep``; return them."""
    ours = re.compile(rf"{re.escape(stem)}-[0-9]{{8}}T[0-9]{{6}}Z-r[0-9]+\.backup")
    found = sorted(file for file in folder.iterdir() if ours.fullmatch(file.name))
    oldest = found[: -max(1, keep)]
    for file in oldest:
        file.unlink()
    return tuple(oldest)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Raise what the disk complains of as ``StoreError``."""
    try:
        yield
    except OSError as error:
        raise StoreError("backup-disk", reason=error.strerror or "") from error
