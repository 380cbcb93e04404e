"""A drawing -> a copy that GDAL may read, and what stands in the drawing beside its shapes.

In the copy every entity has a handle of ours, by which the features that GDAL makes of it are found
again; what GDAL passes over (proxies of other programs, regions, splines without control points)
is what no feature names. Numbers are read here, since GDAL takes the digits before the first
character that is none for the whole number; texts leave in UTF-8 without escapes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from zones.errors import SourceError, SourceLimitError
from zones.formats.dxf.drawing import DXFDrawing, Entity
from zones.formats.dxf.hidden_layers import hidden_layers
from zones.formats.dxf.tags import Tag, tags
from zones.formats.dxf.values import (
    FLOAT_CODES,
    data_value,
    is_plain,
    is_unescaped,
    read_number,
    read_text,
)
from zones.model import JSON

_ENTITY, _NAME, _HANDLE, _LAYER, _TEXT = b"0", b"2", b"5", b"8", b"1"
_PAPER, _BULGE, _EDGE, _VISIBILITY = b"67", b"42", b"72", b"60"
_LOOKED_AT: Final = frozenset({_ENTITY, _NAME, _HANDLE, _LAYER, _TEXT, _PAPER, _EDGE, _VISIBILITY})
_APPLICATION, _BRACE, _FIRST_DATA = 1001, 1002, 1000
_AUTOCAD: Final = "ACAD"  # its extended data tell how to draw, not what a thing is
_MOST_DATA = 60
_MOST_CODES = 1000  # as they stand in lines, with blanks before them
# Without a header GDAL takes all texts for Latin-1, whatever it is told, and reads no tables.
_HEADER: Final = re.compile(rb"SECTION\s+2\s+HEADER\s")
_LEAST_HEADER: Final = b"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n0\nENDSEC\n"
_HEADER_BYTES = 64 * 1024
_TABLES_BYTES = 2**20
_INVISIBLE: Final = b"1"
_PLACE: Final = frozenset({b"10", b"20"})
_X, _Y = frozenset({b"10", b"11"}), frozenset({b"20", b"21"})
_HAS_PAIRS: Final = frozenset(
    {"POINT", "LINE", "LWPOLYLINE", "VERTEX", "CIRCLE", "ARC", "ELLIPSE", "SPLINE", "HATCH"}
)
_CURVES: Final = frozenset({"ARC", "CIRCLE", "ELLIPSE", "SPLINE"})
_BULGED: Final = frozenset({"LWPOLYLINE", "VERTEX"})
_CURVED_EDGES: Final = frozenset({b"2", b"3", b"4"})
_PARTS: Final = frozenset({"VERTEX", "SEQEND"})
# What GDAL makes features of within blocks (DXF driver, "Supported entities").
_KNOWN_IN_BLOCKS: Final = _CURVES | {
    *("POINT", "LINE", "LWPOLYLINE", "POLYLINE", "VERTEX", "SEQEND", "MLINE", "TEXT", "MTEXT"),
    *("ATTDEF", "ATTRIB", "3DFACE", "SOLID", "TRACE", "DIMENSION", "LEADER", "MULTILEADER"),
    *("HATCH", "INSERT", "BLOCK", "ENDBLK", "VIEWPORT"),
}


def copy_drawing(source: BinaryIO, target: BinaryIO, *, codec: str, most: int) -> DXFDrawing:
    """Write a copy of a drawing for GDAL, in UTF-8, and return what stands in it.

    Parameters
    ----------
    codec
        Of the drawing's texts, as ``decode_text`` takes it.
    most
        Entities allowed.

    Raises
    ------
    SourceError
        ``source-unreadable`` if it does not begin as a drawing, ``drawing-damaged`` if a line
        that should hold a group code does not; ``SourceLimitError`` for too many entities.
    """
    copier = _Copier(codec, most)
    source.seek(0)
    head = source.read(_TABLES_BYTES)
    copier.drawing.hidden_layers = frozenset(hidden_layers(head, codec))
    if not _HEADER.search(head[:_HEADER_BYTES]):
        target.write(_LEAST_HEADER)
    target.writelines(copier.lines(tags(source)))
    copier.finish()
    return copier.drawing


class _Code(NamedTuple):
    """A group code as it stands in a line.

    ``step`` counts X for and Y against each other; a value that ``stands`` matches goes into the
    copy as it is.
    """

    code: bytes
    step: int
    stands: Callable[[bytes], object]


def _code_of(line: bytes) -> _Code:
    code = line.strip()
    stands: Callable[[bytes], object] = _never
    if code in FLOAT_CODES:
        stands = _never if code == _BULGE else is_plain
    elif code.isdigit() and code not in _LOOKED_AT and len(code) < len(str(_FIRST_DATA)):
        stands = is_unescaped
    return _Code(code, (code in _X) - (code in _Y), stands)


def _never(_value: bytes) -> None:
    """Match nothing: all values of a code are looked at."""


class _Copier:
    """Follows the tags of a drawing section by section."""

    def __init__(self, codec: str, most: int) -> None:
        self.drawing = DXFDrawing()
        self._codec, self._most = codec, most
        self._known: dict[bytes, _Code] = {}
        self._section = ""
        self._awaits_section = False
        self._kind = ""
        self._entity: Entity | None = None
        self._owner: Entity | None = None  # of attributes
        self._application = ""
        self._tag = self._text = ""
        self._begun_at = 0  # the line in which what is being read begins
        self._unpaired = 0

    def lines(self, source: Iterable[Tag]) -> Iterator[bytes]:
        """Yield the lines of the copy."""
        for first, second, line, plain in source:
            if plain:
                yield plain  # most of a drawing
                if self._kind == "INSERT":
                    self._note_place(plain)
                continue
            group_code = self._known.get(first) or self._learn(first)
            self._unpaired += group_code.step
            if group_code.stands(second):
                yield first + second
                if group_code.step and self._kind == "INSERT":
                    self._note_place(first + second)
                continue
            code, raw = group_code.code, second.rstrip(b"\r\n")
            if not code.lstrip(b"-").isdigit():
                raise SourceError(
                    "drawing-damaged" if self._section else "source-unreadable", line=line
                )
            if code == _ENTITY:
                self._check_pairs(line)
                yield from self._begin(raw.strip())
            elif (value := self._value(code, raw, line + 1)) is not None:
                yield code + b"\n" + value + b"\n"

    def _learn(self, line: bytes) -> _Code:
        group_code = _code_of(line)
        if len(self._known) < _MOST_CODES:
            self._known[line] = group_code
        return group_code

    def _check_pairs(self, next_at: int) -> None:
        """Note whether what ends here has as many X as Y; what comes next begins in a line."""
        entity = self._entity
        if self._unpaired and entity is not None and self._kind in _HAS_PAIRS:
            entity.alone = entity.alone or self._begun_at
        self._unpaired, self._begun_at = 0, next_at

    def finish(self) -> None:
        """Take in what the last entity had."""
        entity, owner = self._entity, self._owner
        if entity is not None and entity.kind == "ATTRIB" and owner is not None and self._tag:
            _add(owner.data, self._tag, self._text)
        self._entity = None
        self._application = self._tag = self._text = ""

    def _begin(self, raw: bytes) -> Iterator[bytes]:
        """Begin a section or an entity; yield its first lines."""
        kind = raw.decode("ascii", "replace").upper()
        yield b"0\n" + raw + b"\n"
        self._awaits_section = kind == "SECTION"
        if kind == "ENDSEC":
            self.finish()
            self._section = "-"
        self._kind = kind
        if self._section == "BLOCKS" and kind not in _KNOWN_IN_BLOCKS:
            self.drawing.in_blocks[kind] += 1
        if self._section in ("ENTITIES", "BLOCKS"):
            self.drawing.curved |= kind in _CURVES
        if self._section == "ENTITIES" and kind not in _PARTS:
            self.finish()
            yield from self._begin_entity(kind)

    def _begin_entity(self, kind: str) -> Iterator[bytes]:
        entities = self.drawing.entities
        if len(entities) >= self._most:
            raise SourceLimitError("too-many-features", most=self._most)
        self._entity = Entity(kind)
        if kind != "ATTRIB":
            self._owner = self._entity
        yield b"5\n%s\n" % handle_of(len(entities)).encode()
        entities.append(self._entity)

    def _value(self, code: bytes, raw: bytes, line: int) -> bytes | None:
        """Return a value as the copy has it, None if it is left out."""
        if self._awaits_section and code == _NAME:
            self._section = raw.strip().decode("ascii", "replace").upper()
            self._awaits_section = False
        if self._section not in ("ENTITIES", "BLOCKS"):
            return read_text(raw, self._codec).encode()
        if code in FLOAT_CODES:
            return self._float(code, raw, line)
        value = read_text(raw, self._codec)
        if code == _EDGE and self._kind == "HATCH":
            self.drawing.curved |= raw.strip() in _CURVED_EDGES
        if code == _VISIBILITY and self._kind not in _PARTS and raw.strip() == _INVISIBLE:
            self.drawing.invisible[self._kind] += 1
        if self._entity is not None:
            if code == _HANDLE:
                if self._kind not in _PARTS and self._entity.handle is None:
                    self._entity.handle = value.strip()
                return None
            self._note(self._entity, code, raw, value.strip())
        return value.encode("utf-8", "replace")

    def _note(self, entity: Entity, code: bytes, raw: bytes, value: str) -> None:
        """Remember what the copy does not tell of an entity."""
        if self._kind in _PARTS:
            return
        if code == _LAYER:
            entity.layer = value
        elif code == _PAPER:
            entity.in_paper = value == "1"
        elif code == _NAME and entity.kind == "ATTRIB":
            self._tag = value
        elif code == _NAME and entity.kind == "INSERT":
            entity.block = value
        elif code == _TEXT and entity.kind == "ATTRIB":
            self._text = value
        elif len(code) == len(str(_FIRST_DATA)):
            self._add_data(entity, int(code), raw, value)

    def _note_place(self, pairs: bytes) -> None:
        """Remember where a block is inserted, of plain tags."""
        if self._entity is not None:
            lines = pairs.split(b"\n")
            for code, value in zip(lines[::2], lines[1::2], strict=False):
                if code.strip() in _PLACE:
                    self._entity.at[code.strip()] = float(value)

    def _add_data(self, entity: Entity, code: int, raw: bytes, value: str) -> None:
        if code == _APPLICATION:
            self._application = value
        elif code != _BRACE and self._application and self._application != _AUTOCAD:
            if len(entity.data) >= _MOST_DATA:
                self.drawing.data_cut += 1
                return
            number = 1 + sum(name.startswith(f"{self._application}_") for name in entity.data)
            entity.data[f"{self._application}_{number}"] = data_value(code, raw, self._codec)

    def _float(self, code: bytes, raw: bytes, line: int) -> bytes:
        drawing = self.drawing
        if code == _BULGE and self._kind in _BULGED and is_plain(raw):
            drawing.curved |= float(raw) != 0
        if is_plain(raw):
            return raw
        read = read_number(raw, self._codec)
        place: dict[str, JSON] = {"value": read_text(raw.strip(), self._codec)[:40], "line": line}
        if read is not None:
            drawing.otherwise += read.otherwise
            drawing.first_otherwise = drawing.first_otherwise or place
            return read.value
        if self._entity is None:
            drawing.wrong_in_block = drawing.wrong_in_block or place
        elif self._entity.wrong is None:
            self._entity.wrong = place
        return b"0"


def handle_of(index: int) -> str:
    """Return the handle that an entity has in the copy, by its place in the drawing from 0."""
    return f"F{index:08X}"


def index_of(handle: str) -> int:
    """Return the place of the entity that has a handle of ``handle_of``."""
    return int(handle[1:], 16)


def _add(data: dict[str, JSON], name: str, value: JSON) -> None:
    """Put a value under a name, or the name with a number where that is taken."""
    free, number = name, 2
    while free in data:
        free, number = f"{name}_{number}", number + 1
    data[free] = value
