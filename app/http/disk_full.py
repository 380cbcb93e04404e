"""What the disk complains of while something is spooled on it, said as a fault."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from zones.errors import StoreError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No space, a quota used up, a file past the limit of its process."""

What = Literal["upload", "answer", "store"]
_CODES: Final[dict[What, tuple[str, str]]] = {
    "upload": ("upload-disk-full", "upload-disk-fails"),
    "answer": ("answer-disk-full", "answer-disk-fails"),
    "store": ("store-full", "store-io"),
}


@contextmanager
def disk_faults(what: What) -> Iterator[None]:
    """Raise what goes wrong with a file inside the block as ``StoreError``.

    Parameters
    ----------
    what
        What was to be written. The system's own words, which may hold a path, stay in
        ``__cause__``.

    Raises
    ------
    StoreError
    """
    full, fails = _CODES[what]
    try:
        yield
    except OSError as error:
        raise StoreError(full if error.errno in _FULL else fails) from error
