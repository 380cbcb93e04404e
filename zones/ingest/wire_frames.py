"""How a reading process writes features: some hundred at a time, a line of JSON and then WKB.

The line holds lists of equal length: ``source`` (the place in the file), ``fid``, ``properties``
and ``sizes``, the bytes of each geometry, -1 for none. The geometries follow in one piece.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

import orjson

from zones.errors import SourceError
from zones.model import JSON
from zones.sandbox.child_output import ByteRows
from zones.sandbox.limits import MEBIBYTE

_AT_ONCE: Final = 500
_MOST_BYTES: Final = 8 * MEBIBYTE
"""Of lines and of geometries: what is more is divided, if it is more than one feature."""
_MEMBERS: Final = {"source", "fid", "properties", "sizes"}
_NO_GEOMETRY: Final = -1


class Frame(NamedTuple):
    """Some features as they travel; when read, no value of a list is sure to be of its type."""

    numbers: Sequence[int]
    fids: Sequence[str | None]
    properties: Sequence[dict[str, JSON]]
    wkb: Sequence[bytes | None]

    def part(self, begin: int, end: int) -> "Frame":
        """Return the features from ``begin`` to before ``end``."""
        some = slice(begin, end)
        return Frame(self.numbers[some], self.fids[some], self.properties[some], self.wkb[some])


def written(features: Frame) -> Iterator[bytes]:
    """Yield what is to be sent of any number of features."""
    for begin in range(0, len(features.numbers), _AT_ONCE):
        yield from _written(features.part(begin, begin + _AT_ONCE))


def _written(some: Frame) -> Iterator[bytes]:
    numbers, fids, properties, wkb = some
    sizes = [_NO_GEOMETRY if shape is None else len(shape) for shape in wkb]
    members = {"source": numbers, "fid": fids, "properties": properties, "sizes": sizes}
    line = orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)
    if max(len(line), sum(sizes)) > _MOST_BYTES and len(numbers) > 1:
        half = len(numbers) // 2
        yield from _written(some.part(0, half))
        yield from _written(some.part(half, len(numbers)))
        return
    yield line
    yield b"".join(shape for shape in wkb if shape is not None)


def frames(rows: ByteRows) -> Iterator[Frame]:
    """Yield the features that were sent, some at a time.

    Raises
    ------
    SourceError
        ``source-unreadable`` if it is not of that form.
    """
    for line in rows:
        members = _lists(line)
        sizes = members.pop("sizes")
        if not all(type(size) is int and size >= _NO_GEOMETRY for size in sizes):
            raise SourceError("source-unreadable")
        yield Frame(members["source"], members["fid"], members["properties"], _shapes(rows, sizes))


def _lists(line: bytes) -> dict[str, list[Any]]:
    try:
        members = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SourceError("source-unreadable") from error
    if not (
        isinstance(members, dict)
        and members.keys() == _MEMBERS
        and all(isinstance(each, list) for each in members.values())
        and len({len(each) for each in members.values()}) == 1
    ):
        raise SourceError("source-unreadable")
    return members


def _shapes(rows: ByteRows, sizes: Sequence[int]) -> list[bytes | None]:
    ends = [*accumulate((max(size, 0) for size in sizes), initial=0)]
    content = rows.read(ends[-1])
    if len(content) != ends[-1]:
        raise SourceError("source-unreadable")
    return [
        None if size == _NO_GEOMETRY else content[begin:end]
        for size, (begin, end) in zip(sizes, pairwise(ends), strict=True)
    ]
