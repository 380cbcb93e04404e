"""What stands in the XML of a GML or GPX, looked through before GDAL reads it.

GDAL takes 0 for a number that is none, and drops the last of an odd number of coordinates: both
would put things elsewhere without a word.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from xml.parsers import expat

from zones.errors import SourceError
from zones.formats.geojson.json_scan import text_near

_CHUNK_BYTES = 2**18
_DEEPEST = 100
_MOST_SYSTEMS = 20
_SHOWN: Final = 60
_NUMBER: Final = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"
_IS_NUMBER: Final = re.compile(rf"\s*{_NUMBER}\s*").fullmatch
_OF_NUMBERS: Final = b"0123456789+-.eE \t\r\n"
_ARE_PAIRS: Final = re.compile(
    rf"\s*+(?:{_NUMBER},{_NUMBER}(?:,{_NUMBER})?+(?:\s++|\Z))*+"
).fullmatch
_LISTS: Final = ("pos", "posList", "coordinates")
_ARCS: Final = (
    "Arc",
    "ArcString",
    "ArcByBulge",
    "ArcStringByBulge",
    "ArcByCenterPoint",
    "Circle",
    "CircleByCenterPoint",
)
_SEGMENTS, _LINK = "segments", "xlink:href"
_LOOKED_AT: Final = (*_LISTS, *_ARCS, _SEGMENTS)
_PARTS: Final = (
    "pointMember",
    "curveMember",
    "surfaceMember",
    "lineStringMember",
    "polygonMember",
    "geometryMember",
    "exterior",
    "interior",
    "baseCurve",
)
_SEPARATORS: Final = frozenset({"cs", "ts", "decimal"})
_POINTS_OF_GPX: Final = frozenset({"wpt", "rtept", "trkpt"})
_PLAIN_DIMENSION: Final = "2"
_WITH_HEIGHT = 3


@dataclass(frozen=True, slots=True)
class ExtensionValue:
    """A text in the extensions of a GPX, by the field that GDAL makes of its element.

    ``offset`` is where the text begins, in bytes of the file in UTF-8; where the element has
    elements in it, the first of these.
    """

    field: str
    text: str
    offset: int
    is_nested: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """How often something stands there, or stands there again, and the line of the first."""

    count: int
    line: int


@dataclass(slots=True)
class XMLSurvey:
    """What was met in the XML: systems of geometries, how many numbers their positions have.

    ``repeated`` are fields of which one feature of a GPX has several. ``has_arcs`` is whether a
    curve of a GML has arcs; ``links`` are parts of its geometries that stand elsewhere.
    """

    systems: dict[str, None] = field(default_factory=dict)
    dimensions: set[str] = field(default_factory=set)
    extension_values: list[ExtensionValue] = field(default_factory=list)
    repeated: dict[str, Repeated] = field(default_factory=dict)
    has_arcs: bool = False
    links: Repeated = Repeated(0, 0)


def surveyed(path: Path, format_name: str) -> XMLSurvey:
    """Return what an XML in UTF-8 holds.

    Raises
    ------
    SourceError
        ``markup-doctype``, ``markup-invalid``; ``markup-number`` for a coordinate that is no
        number or lacks its other half.
    """
    reader = _READERS[format_name](format_name)
    parser = reader.parser
    fed, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            try:
                parser.Parse(chunk, fed + len(chunk) >= size)
            except expat.ExpatError as error:
                near = text_near(chunk, max(0, parser.ErrorByteIndex - fed))
                raise _invalid(format_name, error.lineno, near) from error
            fed += len(chunk)
    return reader.survey


class _Reader:
    """Follows the elements of an XML; most are only counted, as there are very many."""

    def __init__(self, format_name: str) -> None:
        self.survey = XMLSurvey()
        self._format = format_name
        self._depth = 0
        self._texts: list[str] | None = None  # of what is being looked at
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._enter
        self.parser.EndElementHandler = self._leave

    def _refuse(self, *_: object) -> None:
        raise SourceError("markup-doctype", format=self._format)

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._too_deep(name)
        if attributes:
            self._note(attributes)

    def _leave(self, _: str) -> None:
        self._depth -= 1

    def _too_deep(self, name: str) -> SourceError:
        return _invalid(self._format, self.parser.CurrentLineNumber, f"<{name[:40]}>")

    def _note(self, attributes: dict[str, str]) -> None:
        if (system := attributes.get("srsName")) and len(self.survey.systems) < _MOST_SYSTEMS:
            self.survey.systems[system] = None
        if "srsDimension" in attributes and len(self.survey.dimensions) < _MOST_SYSTEMS:
            self.survey.dimensions.add(attributes["srsDimension"].strip())

    def _no_number(self, text: str) -> SourceError:
        line = self.parser.CurrentLineNumber
        return SourceError("markup-number", format=self._format, line=line, value=text[:_SHOWN])


class _GMLReader(_Reader):
    """Looks at lists of coordinates, arcs, and links to parts of geometries."""

    def __init__(self, format_name: str) -> None:
        super().__init__(format_name)
        self.parser.buffer_text = True
        self._segments_at = 0  # the depth of the element

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1  # not by super(), which most elements would pay for
        if self._depth > _DEEPEST:
            raise self._too_deep(name)
        if attributes:
            self._note(attributes)
            if _LINK in attributes:
                self._note_link(name)
        if name.endswith(_LOOKED_AT):
            self._look_at(name.rpartition(":")[2], attributes)

    def _note_link(self, name: str) -> None:
        if name.rpartition(":")[2] in _PARTS:
            links = self.survey.links
            line = links.line or self.parser.CurrentLineNumber
            self.survey.links = Repeated(links.count + 1, line)

    def _look_at(self, name: str, attributes: dict[str, str]) -> None:
        if name in _LISTS and not _SEPARATORS & attributes.keys():
            self._texts = []
            self.parser.CharacterDataHandler = self._texts.append
        elif name == _SEGMENTS:
            self._segments_at = self._depth
        elif name in _ARCS and self._depth == self._segments_at + 1:
            self.survey.has_arcs = True

    def _leave(self, name: str) -> None:
        self._depth -= 1
        if self._texts is not None and name.rpartition(":")[2] in _LISTS:
            text = "".join(self._texts)
            if name.endswith("coordinates"):
                self._check_pairs(text)
            else:
                self._check(text)
            self._texts = self.parser.CharacterDataHandler = None

    def _check(self, text: str) -> None:
        """Raise if a list of coordinates holds anything else, or half of a position."""
        numbers = text.split()
        if not _are_numbers(text, numbers):
            raise self._no_number(next((each for each in numbers if not _IS_NUMBER(each)), text))
        is_flat = self.survey.dimensions <= {_PLAIN_DIMENSION}
        if is_flat and len(numbers) % 2 and len(numbers) != _WITH_HEIGHT:
            raise self._no_number(" ".join(numbers[-3:]))

    def _check_pairs(self, text: str) -> None:
        """Raise if a list of GML 2 holds anything but numbers with commas between them."""
        if not _ARE_PAIRS(text):
            wrong = next((part for part in text.split() if not _ARE_PAIRS(part)), text)
            raise self._no_number(wrong)


class _GPXReader(_Reader):
    """Looks at points, and at the texts of extensions."""

    def __init__(self, format_name: str) -> None:
        super().__init__(format_name)
        self._extensions_at = 0  # the depth of the element, 0 outside it
        self._extension = ""
        self._met: set[str] = set()  # fields of the extensions that are being read
        self._text_offset = 0

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        """Collect the texts of elements that stand in extensions themselves."""
        super()._enter(name, attributes)
        local = name.rpartition(":")[2]
        if local in _POINTS_OF_GPX:
            for half in ("lat", "lon"):
                if not _IS_NUMBER(attributes.get(half, "")):
                    raise self._no_number(f"{half}={attributes.get(half, '')}")
        if self._extensions_at and self._depth == self._extensions_at + 1:
            self._texts, self._extension = [], name.replace(":", "_")
            self._count_repeated()
            self.parser.CharacterDataHandler = self._add_text
        elif self._extensions_at and self._texts is not None:
            self._add_value("", self.parser.CurrentByteIndex, is_nested=True)
            self._texts = self.parser.CharacterDataHandler = None
        elif local == "extensions":
            self._extensions_at = self._depth
            self._met.clear()

    def _count_repeated(self) -> None:
        field, repeated = self._extension, self.survey.repeated
        if field in self._met:
            known = repeated.get(field, Repeated(0, self.parser.CurrentLineNumber))
            repeated[field] = replace(known, count=known.count + 1)
        self._met.add(field)

    def _leave(self, name: str) -> None:
        super()._leave(name)
        if self._depth < self._extensions_at:
            self._extensions_at = 0
        elif self._texts:
            self._add_value("".join(self._texts), self._text_offset)
        self._texts = self.parser.CharacterDataHandler = None

    def _add_text(self, text: str) -> None:
        if self._texts is not None:
            if not self._texts:
                self._text_offset = self.parser.CurrentByteIndex
            self._texts.append(text)

    def _add_value(self, text: str, offset: int, *, is_nested: bool = False) -> None:
        value = ExtensionValue(self._extension, text, offset, is_nested)
        self.survey.extension_values.append(value)


_READERS: Final = {"GML": _GMLReader, "GPX": _GPXReader}


def _are_numbers(text: str, parts: Sequence[str]) -> bool:
    """Return whether all parts of a text are numbers as XML Schema writes a double, not NaN.

    Of what is written with these characters alone, Python reads the same as a double.
    """
    if text.encode().translate(None, _OF_NUMBERS):
        return False
    try:
        deque(map(float, parts), maxlen=0)
    except ValueError:
        return False
    return True


def _invalid(format_name: str, line: int, near: str) -> SourceError:
    return SourceError("markup-invalid", format=format_name, line=line, near=near)
