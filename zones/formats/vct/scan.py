"""One pass over a VCT: where its sections lie, and each object of its geometry, in bytes.

An object ends with a line ``0``. Such a line may also be a style, or stand in a list of lines, so
the end is one only where the section ends or an object begins: a number, then a known code.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import BinaryIO, Final

from zones.errors import SourceError

_WINDOW_BYTES: Final = 8 * 2**20
_OVERLAP_BYTES: Final = 1024
_LARGEST_HEAD_BYTES: Final = 8 * 2**20
_MOST_SECTIONS: Final = 10_000
_DEEPEST = 8
_EVENT: Final = re.compile(
    rb"\n(?:\xef\xbb\xbf)?[ \t]*(?:(0)|([A-Z][A-Za-z]{2,24}?)(Begin|End))[ \t]*(?=\r?\n)"
)
_OBJECT: Final = re.compile(rb"\s*(-?[0-9]{1,18})[ \t]*\r?\n\s*([^\r\n]{1,80}?)[ \t]*\r?\n")
GEOMETRY: Final = ("Point", "Line", "Polygon")
_UNREAD: Final = ("Solid", "Aggregation", "Annotation")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the file, in bytes from its start."""

    start: int
    end: int


@dataclass(slots=True)
class Objects:
    """The objects of one kind of geometry, in the order of the file; codes by their index."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    codes: "array[int]" = field(default_factory=lambda: array("i"))
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    lengths: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ids)


@dataclass(slots=True)
class Scan:
    """What lies where.

    ``sections`` by the word before ``Begin``; ``tables`` are the pieces of the attributes, each
    with the table's name on its first line. ``unread`` counts objects of kinds that are not read.
    """

    sections: dict[str, list[Span]] = field(default_factory=dict)
    objects: dict[str, Objects] = field(
        default_factory=lambda: {kind: Objects() for kind in GEOMETRY}
    )
    tables: list[Span] = field(default_factory=list)
    codes: dict[bytes, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)


CodesOf = Callable[[Scan, bytes], list[bytes]]
"""What returns the codes that a section of feature codes lists."""


def scan(file: BinaryIO, codes_of: CodesOf, progress: Callable[[float], None]) -> Scan:
    """Return what lies where in a VCT.

    Raises
    ------
    SourceError
        ``vct-broken`` if sections do not follow each other, ``vct-head`` if there is no head.
    """
    walk = _Walk(file, codes_of)
    for share, base, window, events in _windows(file):
        for event in events:
            walk.take(base, window, event)
        progress(share)
    return walk.finished()


class _Walk:
    """Follows sections and objects from event to event."""

    def __init__(self, file: BinaryIO, codes_of: CodesOf) -> None:
        self._file, self._codes_of = file, codes_of
        self._found = Scan()
        self._open: list[tuple[str, int]] = []
        self._object: tuple[int, int, int] | None = None
        self._table_start = 0

    @property
    def _section(self) -> str:
        return self._open[-1][0] if self._open else ""

    def take(self, base: int, window: bytes, event: re.Match[bytes]) -> None:
        """Take the next event, at its place in a piece of the file that begins at ``base``."""
        section, after = self._section, base + event.end()
        if event[1]:
            if section in GEOMETRY:
                self._end_of_object(base, window, event)
            elif section in _UNREAD:
                self._found.unread[section] = self._found.unread.get(section, 0) + 1
            return
        name = event[2].decode("ascii")
        if event[3] == b"End":
            self._end(name, base + event.start() + 1, after)
            return
        if section in GEOMETRY or len(self._open) >= _DEEPEST:
            raise SourceError("vct-broken", section=section)
        self._open.append((name, after))
        self._table_start = after
        if name in GEOMETRY:
            self._object = self._begun(base, window, event.end())

    def finished(self) -> Scan:
        """Return what was found, all of it being closed."""
        if self._open:
            raise SourceError("vct-broken", section=self._section)
        if "Head" not in self._found.sections:
            raise SourceError("vct-head")
        return self._found

    def _end(self, name: str, end: int, after: int) -> None:
        if name == "Table" and self._section == "Attribute":
            self._found.tables.append(Span(self._table_start, end))
            self._table_start = after
            return
        if name != self._section or self._object is not None:
            raise SourceError("vct-broken", section=self._section or name)
        _, start = self._open.pop()
        spans = self._found.sections.setdefault(name, [])
        spans.append(Span(start, end))
        if len(spans) + len(self._found.tables) > _MOST_SECTIONS:
            raise SourceError("vct-broken", section=name)
        if name == "FeatureCode":
            for code in self._codes_of(self._found, text_of(self._file, spans[-1])):
                self._found.codes.setdefault(code, len(self._found.codes))

    def _end_of_object(self, base: int, window: bytes, event: re.Match[bytes]) -> None:
        if self._object is None:
            return
        ends = _ENDS[self._section].match(window, event.end()) is not None
        following = None if ends else self._begun(base, window, event.end())
        if following is None and not ends:
            return
        fid, code, start = self._object
        objects = self._found.objects[self._section]
        objects.ids.append(fid)
        objects.codes.append(code)
        objects.starts.append(start)
        objects.lengths.append(base + event.start() + 1 - start)
        self._object = following

    def _begun(self, base: int, window: bytes, at: int) -> tuple[int, int, int] | None:
        """Return id, index of the code and place of the object that begins here."""
        if (head := _OBJECT.match(window, at)) is None:
            return None
        codes = self._found.codes
        if head[2] not in codes and self._object is None:
            codes[head[2]] = len(codes)  # the first of a section has it, whatever the file lists
        code = codes.get(head[2])
        return None if code is None else (int(head[1]), code, base + head.start(1))


_ENDS: Final = {kind: re.compile(rb"\s*" + kind.encode() + rb"End[ \t]*\r?\n") for kind in GEOMETRY}


def _windows(file: BinaryIO) -> Iterator[tuple[float, int, bytes, Iterator[re.Match[bytes]]]]:
    """Yield overlapping pieces with the events in them, each event once.

    What follows an event by less than 1 kB is in the same piece.
    """
    size = max(1, file.seek(0, 2))
    at, base, window = 0, -1, b"\n"  # the first line begins like all others
    while True:
        file.seek(at)
        chunk = file.read(_WINDOW_BYTES)
        at += len(chunk)
        window += chunk or b"\n"
        limit = len(window) - _OVERLAP_BYTES if chunk else len(window)
        yield at / size, base, window, _events(window, limit)
        if not chunk:
            return
        rest = max(0, limit)
        window, base = window[rest:], base + rest


def _events(window: bytes, limit: int) -> Iterator[re.Match[bytes]]:
    return takewhile(lambda event: event.start() < limit, _EVENT.finditer(window))


def text_of(file: BinaryIO, span: Span) -> bytes:
    """Return a section that must be short.

    Raises
    ------
    SourceError
        ``vct-broken`` if it is not.
    """
    if span.end - span.start > _LARGEST_HEAD_BYTES:
        raise SourceError("vct-broken", section="Head")
    file.seek(span.start)
    return file.read(span.end - span.start)
