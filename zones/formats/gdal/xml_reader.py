"""Follows the elements of a GML or GPX, and notes what GDAL would bend or leave out."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from zones.errors import SourceError
from zones.formats.gdal.gml_mixed_text import MixedText

DEEPEST: Final = 100
NUMBER: Final = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"
is_number: Final = re.compile(rf"\s*{NUMBER}\s*").fullmatch
_MOST_SYSTEMS = 20
_SHOWN: Final = 60


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
class Replacement:
    """Bytes of the file from ``begin`` to before ``end``, and what stands there in the copy."""

    begin: int
    end: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Radius:
    """A radius of a GML: the segment it is of, its unit, its line and where its tag begins."""

    element: str
    uom: str
    line: int
    begin: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """How often something stands there, or stands there again, and the line of the first."""

    count: int = 0
    line: int = 0

    def again(self, line: int) -> "Repeated":
        """Return the same with one more, on this line."""
        return Repeated(self.count + 1, self.line or line)


@dataclass(slots=True)
class Misread:
    """The first text that is no value of its element, how many there are, and the first's line."""

    text: str
    count: int = 0
    line: int = 0


@dataclass(slots=True)
class XMLSurvey:
    """What was met in the XML: systems of geometries, how many numbers their positions have.

    Attributes
    ----------
    repeated
        Fields of which one feature of a GPX has several.
    misread
        Texts in elements of a GPX that are none of their values, by the element's name.
    replacements
        Of texts that GDAL would make other numbers of.
    has_arcs
        Whether a curve of a GML has arcs.
    radii
        Of arcs of a GML that are drawn round a point.
    turned
        Curves of a GML that run against their coordinates: where the start tag of each list
        begins and where its text ends.
    unturned
        Such curves that cannot be turned.
    links
        Parts of its geometries that stand elsewhere.
    unread
        An element that GDAL reads no file with, and its line.
    placeless
        Points of a GML without a position.
    several
        Features with more than one geometry, and the names of the elements that hold them.
    attributes
        Of elements that are no geometries, which become no fields.
    mixed
        Texts of a GML with elements among them.
    is_part
        Whether the service that wrote it has more features.
    """

    systems: dict[str, None] = field(default_factory=dict)
    dimensions: set[str] = field(default_factory=set)
    extension_values: list[ExtensionValue] = field(default_factory=list)
    repeated: dict[str, Repeated] = field(default_factory=dict)
    misread: dict[str, Misread] = field(default_factory=dict)
    replacements: list[Replacement] = field(default_factory=list)
    has_arcs: bool = False
    radii: list[Radius] = field(default_factory=list)
    turned: list[list[tuple[int, int]]] = field(default_factory=list)
    unturned: Repeated = Repeated()
    links: Repeated = Repeated()
    unread: tuple[str, int] | None = None
    placeless: Repeated = Repeated()
    several: Repeated = Repeated()
    several_names: dict[str, None] = field(default_factory=dict)
    attributes: Counter[str] = field(default_factory=Counter)
    mixed: MixedText = field(default_factory=MixedText)
    is_part: bool = False


class XMLReader:
    """Follows the elements of an XML; most are only counted, as there are very many."""

    def __init__(self, format_name: str) -> None:
        self.survey = XMLSurvey()
        self._format = format_name
        self.depth = 0
        self._texts: list[str] | None = None  # of what is being looked at
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._enter
        self.parser.EndElementHandler = self._leave

    def _refuse(self, *_: object) -> None:
        raise SourceError("markup-doctype", format=self._format)

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_deep(name)
        if attributes:
            self.note(attributes)

    def _leave(self, _: str) -> None:
        self.depth -= 1

    def too_deep(self, name: str) -> SourceError:
        """Return the fault of an element that lies too deep."""
        return invalid_xml(self._format, self.parser.CurrentLineNumber, f"<{name[:40]}>")

    def note(self, attributes: dict[str, str]) -> None:
        """Note the systems and dimensions that attributes name."""
        if (system := attributes.get("srsName")) and len(self.survey.systems) < _MOST_SYSTEMS:
            self.survey.systems[system] = None
        if "srsDimension" in attributes and len(self.survey.dimensions) < _MOST_SYSTEMS:
            self.survey.dimensions.add(attributes["srsDimension"].strip())

    def no_number(self, text: str) -> SourceError:
        """Return the fault of a text that should be a number, with the line."""
        line = self.parser.CurrentLineNumber
        return SourceError("markup-number", format=self._format, line=line, value=text[:_SHOWN])


def invalid_xml(format_name: str, line: int, near: str) -> SourceError:
    """Return the fault of an XML that is not sound at a line."""
    return SourceError("markup-invalid", format=format_name, line=line, near=near)
