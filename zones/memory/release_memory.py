"""Giving memory back to the system."""

import ctypes
from functools import cache
from typing import Any


def give_back_memory() -> None:
    """Return to the system what the allocator holds although nothing uses it.

    What is needed only to read or to prepare 200,000 features, some 300 MB, would else stay with
    the process. Takes some 20 ms; where the C library is not glibc, nothing is done.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
