"""The folder that one reading process has to itself, and what becomes of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zones.errors import StoreError
from zones.file_lock import try_lock

_PREFIX = "zones-import-"
_MOST_ATTEMPTS = 5


def remove_leftovers(root: Path | None = None) -> int:
    """Remove the folders of imports whose process was killed with its server; return how many.

    A folder in use is told by the lock that its owner holds.
    """
    removed = 0
    for folder in (root or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        with suppress(OSError), _locked(folder):
            _remove(folder)
            removed += 1
    return removed


@contextmanager
def own_folder() -> Iterator[Path]:
    """Make a folder that none but this user can enter; it is gone afterwards, whatever it holds."""
    folder, handle = _made_and_locked()
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(handle)


def _made_and_locked() -> tuple[Path, int]:
    """Return a new folder and the handle that locks it."""
    for _ in range(_MOST_ATTEMPTS):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700
        with suppress(OSError):  # somebody who clears up may have taken it for a leftover
            handle = _lock(folder)
            if folder.exists():
                return folder, handle
            os.close(handle)
    raise StoreError("import-disk-full")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = _lock(folder)
    try:
        yield
    finally:
        os.close(handle)


def _lock(folder: Path) -> int:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if try_lock(handle):
            return handle
        raise BlockingIOError(f"in use: {folder}")
    except OSError:
        os.close(handle)
        raise


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # the child may have taken rights away from its own folders
        folder.chmod(0o700)
        for path, names, _ in os.walk(folder):
            for name in names:
                if not (inner := Path(path, name)).is_symlink():
                    inner.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
