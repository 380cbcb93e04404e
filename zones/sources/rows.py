"""The rows of a reading process, read while they come."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol, TypeVar

from zones.errors import SourceLimitError
from zones.sources.limits import MEBIBYTE

T = TypeVar("T")

_LONGEST_LINE: Final = 64 * MEBIBYTE


class Rows(Protocol):
    """Rows, line by line; longer lines come in pieces."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines."""
        ...


class BoundedRows:
    """Rows that end in a fault once they are more than they may be.

    Parameters
    ----------
    most
        In bytes.
    """

    def __init__(self, stream: BinaryIO, *, most: int) -> None:
        self._stream, self._most = stream, most

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines.

        Raises
        ------
        SourceLimitError
        """
        left = self._most
        while line := self._stream.readline(_LONGEST_LINE):
            left -= len(line)
            if left < 0:
                raise SourceLimitError("import-disk", file_mb=self._most // MEBIBYTE)
            yield line


def take_all(stream: BinaryIO, taking: Callable[[Rows], T], *, most: int) -> T:
    """Return what ``taking`` makes of a stream of at most so many bytes, which is closed then.

    A process that has more to say cannot go on.
    """
    with stream:
        return taking(BoundedRows(stream, most=most))
