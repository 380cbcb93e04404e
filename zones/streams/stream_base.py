"""What every form of a stream of points has in common."""

from collections.abc import Iterator
from typing import Protocol

from zones.streams.coordinates_to_answers import Tally


class PointStream(Protocol):
    """Takes a text or file piece by piece and gives it back with answers.

    ``add`` and ``end`` do their work as their answers are taken, a part at a time; one thread
    at a time may do so.
    """

    @property
    def tally(self) -> Tally:
        """The rows counted so far, and what is to be told of them."""
        ...

    @property
    def media_type(self) -> str:
        """The media type of the answers; certain once the first of them was given."""
        ...

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and yield the answers to what is whole by now."""
        ...

    def end(self) -> Iterator[bytes]:
        """Yield the answers to what is left after the last piece."""
        ...
