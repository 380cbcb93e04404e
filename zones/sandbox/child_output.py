"""What a reading process writes, read while it comes."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol, TypeVar

from zones.errors import SourceLimitError
from zones.sandbox.limits import MEBIBYTE

T = TypeVar("T")

_LONGEST_LINE: Final = 64 * MEBIBYTE


class ByteRows(Protocol):
    """Bytes, line by line or by their number; longer lines come in pieces."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines."""
        ...

    def read(self, size: int) -> bytes:
        """Return so many bytes; fewer at the end."""
        ...


class BoundedRows:
    """Rows that end in a fault once they are more than they may be.

    Parameters
    ----------
    most
        In bytes.
    """

    def __init__(self, stream: BinaryIO, *, most: int) -> None:
        self._stream, self._most, self._left = stream, most, most

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines.

        Raises
        ------
        SourceLimitError
        """
        while line := self._stream.readline(_LONGEST_LINE):
            self._count(len(line))
            yield line

    def read(self, size: int) -> bytes:
        """Return so many bytes; fewer at the end.

        Raises
        ------
        SourceLimitError
        """
        self._count(size)
        return self._stream.read(size)

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise SourceLimitError("import-disk", file_mb=self._most // MEBIBYTE)


def take_all(stream: BinaryIO, taking: Callable[[ByteRows], T], *, most: int) -> T:
    """Return what ``taking`` makes of a stream of at most so many bytes, which is closed then.

    A process that has more to say cannot go on.
    """
    with stream:
        return taking(BoundedRows(stream, most=most))
