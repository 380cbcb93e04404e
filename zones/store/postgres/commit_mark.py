"""A word of memory that all processes of one machine share: it changes after each revision.

A notice of the database takes a millisecond. Who has stored a revision and asks another worker
next must not be answered from the one before, so that workers look here as well.
"""

import mmap
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

_BYTES: Final = 8
SHARED: Final = Path("/dev/shm")  # noqa: S108 - memory, not disk; opened as ours alone


class CommitMark:
    """The word of one database; of this process alone where memory cannot be shared.

    Parameters
    ----------
    database
        What tells this database from all others, fit for a file's name.
    """

    def __init__(self, database: str) -> None:
        try:
            self._memory = _shared(f"heping-zones-{os.getuid()}-{database}")
        except OSError:
            self._memory = mmap.mmap(-1, _BYTES)

    def seen(self) -> bytes:
        """Return the word; it is another one after a commit."""
        return self._memory[:_BYTES]

    def change(self) -> None:
        """Tell the others that a revision was committed."""
        self._memory[:_BYTES] = secrets.token_bytes(_BYTES)


def _shared(name: str) -> mmap.mmap:
    folder = SHARED if SHARED.is_dir() else Path(tempfile.gettempdir())
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(folder / name, flags, 0o600)
    try:
        if os.fstat(handle).st_uid != os.getuid():
            raise PermissionError(name)
        os.ftruncate(handle, _BYTES)
        return mmap.mmap(handle, _BYTES)
    finally:
        os.close(handle)
