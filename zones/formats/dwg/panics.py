"""Faults of libraries in Rust, which Python knows as no ordinary exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_PANIC: Final = "PanicException"  # of pyo3, which gives no way to import it


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Turn a panic into a ``ValueError``; it derives from ``BaseException`` and ends programs."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise ValueError(str(error)) from error
