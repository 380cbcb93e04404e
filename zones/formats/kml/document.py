"""A KML text -> its folders and placemarks, one after the other, by a streaming XML parser.

A document type could define entities that grow without bound or name other files, so none may
occur. Links to further documents are counted and left alone; styles, views and pictures on the
ground are no features.
"""

from typing import Final
from xml.parsers import expat

from zones.errors import SourceError
from zones.formats.geojson.json_scan import text_near
from zones.formats.kml.elements import ROOT, Container, KMLElement, Outline, Placemark
from zones.formats.kml.html import is_break
from zones.formats.kml.unread import unread_in

_DEEPEST = 100
_LONGEST_REASON = 120
_MOST_LINKS = 20
CONTAINERS: Final = frozenset({"Document", "Folder"})
_DATUM: Final = "OvCoordType"
_DATUM_LENGTH: Final = len(_DATUM)
_OF_CONTAINER: Final = frozenset({"name", "Schema", "ExtendedData", _DATUM})
_WHOLE: Final = _OF_CONTAINER | {"Placemark", "NetworkLink"}
_DRAWN: Final = frozenset({"Style", "StyleMap", "LookAt", "Camera", "Region", "OvAttr"})
_OF_PARTS: Final = frozenset(  # of which only the elements in them are wanted, and no text
    {"Placemark", "ExtendedData", "SchemaData", "Polygon", "MultiGeometry", "LinearRing"}
    | {"outerBoundaryIs", "innerBoundaryIs"}
)
_DATA: Final = "ExtendedData"
_OF_PLACEMARK: Final = frozenset(  # what is read in one, or tells how to show it
    {"name", "description", "Snippet", "snippet", "address", "phoneNumber", "ExtendedData"}
    | {"Metadata", "TimeStamp", "TimeSpan", "TimePrimitive", "styleUrl", "visibility", "open"}
    | {"balloonVisibility", "Model", _DATUM, "Point", "LineString", "LinearRing", "Polygon"}
    | {"MultiGeometry", "Track", "MultiTrack", "drawOrder"}
)
_SHOWN_OF_CONTAINER: Final = _DRAWN | {"open", "visibility", "styleUrl", "snippet", "Snippet"}
_ROOT_DEPTH = 2
_TEXTS: Final = frozenset(  # of which elements in them are markup
    {"name", "description", "Snippet", "snippet", "address", "phoneNumber", "value", "SimpleData"}
)
_UNREAD: Final = frozenset(
    {"GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour", "NetworkLinkControl"}
)


class KMLHandler:
    """Takes expat's calls: builds placemarks whole, follows containers, skips the rest."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._ready: list[Placemark] = []
        self._inside = [0]
        self._open: list[KMLElement] = []
        self._foreign: list[tuple[str, int, KMLElement]] = []  # of the placemark that is open
        self._within: list[tuple[str, int]] = []
        self._markup: list[tuple[str, int]] = []  # in its texts
        self._pieces: list[str] = []
        self._kinds: dict[str, KMLElement] = {}  # schemas whose elements are placemarks (KML 2.0)
        self.depth = self._skipping = self._fed = 0
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._enter, self._leave
        self._parser = parser

    def feed(self, chunk: bytes, *, last: bool) -> None:
        """Parse the next piece of the text."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            at = max(0, self._parser.ErrorByteIndex - self._fed)
            near = text_near(chunk, at)
            raise SourceError("kml-invalid", line=error.lineno, near=near) from error
        self._fed += len(chunk)

    def take(self) -> list[Placemark]:
        """Return the placemarks that ended since the last call."""
        ready, self._ready = self._ready, []
        return ready

    @property
    def is_outside(self) -> bool:
        """Whether no placemark is open, nor anything else that is taken or passed over whole."""
        return not self._open and not self._skipping

    @property
    def has_kinds(self) -> bool:
        """Whether elements that are called otherwise may be placemarks."""
        return bool(self._kinds)

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._invalid(f"<{name[:40]}>")
        if self._skipping:
            self._skipping += 1
            return
        local = name.rpartition(":")[2] if ":" in name else name
        if (
            len(local) == _DATUM_LENGTH and local.lower() == _DATUM.lower()
        ):  # programs that are not Ovi map write it as they like
            local = _DATUM
        if not self._open:
            self._enter_outside(name, local, attributes)
        elif self._open[-1].name in _TEXTS:
            self._enter_markup(name, local)
        elif local in _DRAWN:
            self._skip_drawn()
        else:
            parent = self._open[-1]
            element = KMLElement(local, attributes)
            parent.children.append(element)
            if len(self._open) == 1 and local not in _OF_PLACEMARK:
                self._foreign.append((name[:40], self._parser.CurrentLineNumber, element))
            else:
                self._note_unread(parent.name, local, name, attributes)
            if self._pieces:
                self._end_text(parent)
            self._open.append(element)
            has_text = local not in _OF_PARTS or parent.name == _DATA
            self._parser.CharacterDataHandler = self._pieces.append if has_text else None

    def _enter_outside(self, name: str, local: str, attributes: dict[str, str]) -> None:
        """Enter an element that stands in no placemark."""
        if self.depth == 1:
            if local != ROOT:
                raise self._invalid(f"<{local[:40]}>")
        elif local in CONTAINERS:
            self.outline.containers.append(Container(local, self._inside[-1]))
            self._inside.append(len(self.outline.containers) - 1)
        elif local in _WHOLE or local in self._kinds:
            self._open.append(KMLElement(local, attributes))
            if local not in _OF_CONTAINER:
                self._note_unread("", local, name, attributes)
            has_text = local not in _OF_PARTS
            self._parser.CharacterDataHandler = self._pieces.append if has_text else None
        else:
            if local in _UNREAD:
                self.outline.unread[local] += 1
            elif local not in _SHOWN_OF_CONTAINER and self.depth > _ROOT_DEPTH:
                self.outline.add_folder_element(name[:40])
            self._skipping = 1

    def _note_unread(self, parent: str, local: str, name: str, attributes: dict[str, str]) -> None:
        for each in unread_in(parent, local, name, attributes):
            self._within.append((each, self._parser.CurrentLineNumber))

    def _skip_drawn(self) -> None:
        """Pass over an element that tells how to draw, with the text in it."""
        if self._pieces:
            self._end_text(self._open[-1])
        self._parser.CharacterDataHandler = None
        self._skipping = 1

    def _enter_markup(self, name: str, local: str) -> None:
        """Pass over the tags of an element that stands in a text, and keep what it says."""
        if is_break(local):
            self._pieces.append("\n")
        met = f"{self._open[-1].name}/{name[:40]}"
        self._markup.append((met, self._parser.CurrentLineNumber))
        self._skipping = 1

    def _leave(self, _: str) -> None:
        self.depth -= 1
        if self._skipping:
            self._skipping -= 1
            if not self._skipping and self._open:
                self._read_on(self._open[-1])
        elif self._open:
            element = self._open.pop()
            if self._pieces:
                self._end_text(element)
            if self._open:
                self._read_on(self._open[-1])
            else:
                self._parser.CharacterDataHandler = None
                self.finish(element)
        elif self.depth:
            self._inside.pop()

    def _read_on(self, parent: KMLElement) -> None:
        """Read text of an element again, behind one that stands in it."""
        if parent.name not in _OF_PARTS:
            self._parser.CharacterDataHandler = self._pieces.append
        else:
            self._parser.CharacterDataHandler = None

    def finish(self, element: KMLElement) -> None:
        """Take an element that stands in no placemark, and placemarks themselves."""
        if element.name in self._kinds:
            _make_placemark(element, self._kinds[element.name])
        if element.name == "Placemark":
            self.outline.hidden += _is_hidden(element)
            for name, first_line, each in self._foreign:
                if each in element.children and not _has_coordinates(each):
                    self.outline.add_foreign(name, element, first_line)
            for name, first_line in self._within:
                self.outline.add_within(name, element, first_line)
            for name, first_line in self._markup:
                self.outline.add_markup(name, element, first_line)
            self._ready.append(Placemark(self._inside[-1], element))
        elif element.name == "NetworkLink":
            self.outline.unread[element.name] += 1
            if len(self.outline.links) < _MOST_LINKS:
                self.outline.links.append(_target(element))
        else:
            if element.name == "Schema" and element.attributes.get("parent") == "Placemark":
                self._kinds[element.attributes.get("name", "")] = element
            self.outline.containers[self._inside[-1]].elements.append(element)
        self._foreign.clear()
        self._within.clear()
        self._markup.clear()

    def _end_text(self, element: KMLElement) -> None:
        """Give the text since the last tag to the element that it stands in."""
        element.text += "".join(self._pieces)
        self._pieces.clear()

    def _invalid(self, near: str) -> SourceError:
        return SourceError("kml-invalid", line=self._parser.CurrentLineNumber, near=near)


def _refuse_doctype(*_: object) -> None:
    raise SourceError("kml-doctype")


def _has_coordinates(element: KMLElement) -> bool:
    """Return whether an element is a geometry, of which its reader tells."""
    return any(each.name == "coordinates" for each in element.all_within())


def _is_hidden(placemark: KMLElement) -> bool:
    shown = placemark.child("visibility")
    return shown is not None and shown.text.strip() in ("0", "false")


def _make_placemark(element: KMLElement, schema: KMLElement) -> None:
    """Make an element of a schema's own kind a placemark, its fields data of the schema."""
    names = {each.attributes.get("name", "") for each in schema.children}
    key = schema.attributes.get("id", schema.attributes.get("name", ""))
    data = KMLElement("SchemaData", {"schemaUrl": f"#{key}"})
    for child in [each for each in element.children if each.name in names]:
        element.children.remove(child)
        child.attributes["name"] = child.name
        child.name = "SimpleData"
        data.children.append(child)
    extended = KMLElement("ExtendedData", {})
    extended.children.append(data)
    element.children.append(extended)
    element.name = "Placemark"


def _target(link: KMLElement) -> str:
    """Return where a link leads."""
    found = (each.text.strip() for each in link.all_within() if each.name == "href")
    return next(found, "")[:_LONGEST_REASON]
