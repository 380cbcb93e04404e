"""Work that several test processes may want done, and that only one of them may do at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """Wait until no other process is within this for the same file, which stays as it is."""
    with file.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
