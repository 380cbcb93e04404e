"""The folder of segments beside a store: their names, who makes them, and when they go.

One process makes a segment at a time. It writes under another name first, so that no file that has
a segment's name is half written, also after ``kill -9``. Whoever maps a segment holds a shared lock
on it; one that is not the newest of its collection goes once nobody does.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final

import orjson
import shapely

from zones.file_lock import try_lock, wait_for_lock
from zones.model import JSON
from zones.segment_files.file_layout import VERSION, SegmentFile, UnsoundSegmentError
from zones.segment_files.made_by_code_version import digest_of

_LOG = logging.getLogger("zones.segment_files")

_SUFFIX: Final = ".segment"
_DRAFT: Final = ".draft"
_NUMBERS: Final = count()
_YOUNG_S: Final = 300.0
_LEFT_FREE: Final = 256 * 2**20
"""Of the disk, for the store itself."""
_MODULES: Final = digest_of(
    *(files(f"zones.{name}") for name in ("segment_files", "geojson", "crs"))
)
_LIBRARIES: Final = (shapely.__version__, shapely.geos_version_string, orjson.__version__)
MAKER: Final = " ".join([str(VERSION), _MODULES, *_LIBRARIES])
"""What a segment's bytes follow from; another one's files are left to it."""


@dataclass(frozen=True, slots=True)
class Made:
    """Of what a segment was made.

    Attributes
    ----------
    at
        When the revision was committed: a store put back from a backup counts anew.
    derived
        What was worked out of a segment's rows, letters, digits and ``-``; empty for these.
    """

    collection_id: str
    revision: int
    at: str
    derived: str = ""

    def as_json(self) -> dict[str, JSON]:
        """Return what the file says of itself."""
        return {
            "maker": MAKER,
            "collection": self.collection_id,
            "revision": self.revision,
            "at": self.at,
            "derived": self.derived,
        }


class SegmentFolder:
    """The segments of one store; any number of processes may use one folder.

    Parameters
    ----------
    max_bytes
        What all files together may take.
    """

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        self.path = path
        self.max_bytes = max_bytes

    @property
    def nbytes(self) -> int:
        """What all files take."""
        return sum(_size(path) for path in self._files())

    def revisions_of(self, collection_id: str) -> list[int]:
        """Return the revisions of which there is a segment of a collection, newest first."""
        numbers = [_revision(path) for path in self._files(f"{_digest(collection_id)}-*{_SUFFIX}")]
        return sorted((number for number in numbers if number is not None), reverse=True)

    def opened(self, made: Made) -> SegmentFile | None:
        """Return a segment, mapped; None if there is none. One that is not sound is removed."""
        path = self._path_of(made)
        try:
            file = SegmentFile(path)
        except OSError as fault:
            if not isinstance(fault, FileNotFoundError):
                _LOG.warning({"message": "segment cannot be opened", "why": str(fault)[:200]})
            return None
        except UnsoundSegmentError as fault:
            _LOG.warning({"message": "segment is made again", "why": str(fault)[:200]})
            _remove(path)
            return None
        if {name: file.about.get(name) for name in made.as_json()} != made.as_json():
            _remove(path)
            return None
        return file

    def has(self, made: Made) -> bool:
        """Return whether there is a file, sound or not."""
        return self._path_of(made).exists()

    def remove(self, collection_id: str, revision: int) -> None:
        """Take a segment's name away; those who map it go on."""
        _remove(self._path(collection_id, revision))

    def make(self, made: Made, write: Callable[[BinaryIO, int], None]) -> None:
        """Make a segment unless it is there; waits for other processes that make one.

        Parameters
        ----------
        write
            Called with a file and the bytes that it may take.

        Raises
        ------
        OSError
            If there is no room, or the disk fails; nothing is left behind then.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if self.opened(made) is not None:
                return
            # Nobody else writes: these are of processes that were killed.
            for leftover in self._files("*.part"):
                leftover.unlink()
            part = self.path / f"{os.getpid()}.part"
            try:
                with part.open("xb") as file:
                    write(file, self._room())
                _protect(part)
                part.replace(self._path_of(made))
            finally:
                part.unlink(missing_ok=True)

    @contextmanager
    def draft(
        self, write: Callable[[BinaryIO, int], Callable[[Mapping[str, JSON]], None]]
    ) -> Iterator[Callable[[Made], Path]]:
        """Write a segment whose revision is not known yet; what is given makes it one.

        That is quick, and gives its path. Without it nothing is left behind.

        Parameters
        ----------
        write
            Called with a file and the bytes that it may take; returns what ends the file.

        Raises
        ------
        OSError
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path / f"{os.getpid()}-{next(_NUMBERS)}{_DRAFT}"
        try:
            with draft.open("xb") as file:
                try_lock(file.fileno())  # which tells others that it is no leftover
                finish = write(file, self._room())

                def complete(made: Made) -> Path:
                    finish(made.as_json())
                    file.close()
                    _protect(draft)
                    return draft.replace(self._path_of(made))

                yield complete
        finally:
            draft.unlink(missing_ok=True)

    def sweep(self, collection_ids: Iterable[str]) -> None:
        """Remove what nobody maps and nobody will: all but the newest of these collections.

        Of others, what is young may be of one that is about to be committed.
        """
        newest = {
            _digest(collection_id): self.revisions_of(collection_id)[:1]
            for collection_id in collection_ids
        }
        for path in self._files(f"*{_DRAFT}"):
            _remove_unused(path)
        for path in self._files(f"*{_SUFFIX}"):
            collection, _, number = path.name.partition(".")[0].partition("-")
            is_newest = [number] == [*map(str, newest.get(collection, ()))]
            if not is_newest and (collection in newest or _age_s(path) > _YOUNG_S):
                _remove_unused(path)

    def _room(self) -> int:
        free = shutil.disk_usage(self.path).free - _LEFT_FREE
        return max(0, min(self.max_bytes - self.nbytes, free))

    def _path(self, collection_id: str, revision: int) -> Path:
        return self.path / f"{_digest(collection_id)}-{revision}{_SUFFIX}"

    def _path_of(self, made: Made) -> Path:
        path = self._path(made.collection_id, made.revision)
        return path.with_suffix(f".{made.derived}{_SUFFIX}") if made.derived else path

    def _files(self, pattern: str = "*") -> Iterator[Path]:
        return self.path.glob(pattern)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self.path / "making.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait_for_lock(handle)
            yield
        finally:
            os.close(handle)


def _digest(collection_id: str) -> str:
    """Return what the names of a collection's segments begin with, for this maker."""
    return blake2b(f"{MAKER}\n{collection_id}".encode(), digest_size=12).hexdigest()


def _revision(path: Path) -> int | None:
    number = path.stem.partition("-")[2]
    return int(number) if number.isdecimal() else None


def _protect(path: Path) -> None:
    """Forbid to write to a file: one that is cut while it is mapped ends whoever reads it."""
    if os.name == "posix":  # elsewhere it could not be removed then
        path.chmod(0o444)


def _age_s(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _remove_unused(path: Path) -> None:
    # Where a file in use cannot be removed, as on Windows, it goes the next time.
    with suppress(OSError), path.open("rb") as file:
        if try_lock(file.fileno()):
            path.unlink()
