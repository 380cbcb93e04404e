"""Looks through a GML: coordinates, arcs, links, what GDAL cannot read or leaves out."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Final

import orjson

from zones.formats.gdal.gml_orientation import CoordinateList, OrientableCurves
from zones.formats.gdal.xml_reader import DEEPEST, NUMBER, Radius, XMLReader, is_number

_OF_NUMBERS: Final = b"0123456789+-.eE \t\r\n"
_ARE_PAIRS: Final = re.compile(rf"\s*+(?:{NUMBER},{NUMBER}(?:,{NUMBER})?+(?:\s++|\Z))*+").fullmatch
_LISTS: Final = frozenset({"pos", "posList", "coordinates"})
_COORD, _ORDINATES = "coord", frozenset({"X", "Y", "Z"})
_ARCS: Final = frozenset(
    {
        "Arc",
        "ArcString",
        "ArcByBulge",
        "ArcStringByBulge",
        "ArcByCenterPoint",
        "Circle",
        "CircleByCenterPoint",
    }
)
_SEGMENTS: Final = (_ARCS - {"ArcStringByBulge"}) | {
    "LineStringSegment",
    "GeodesicString",
    "Geodesic",
}
_PATCHES: Final = frozenset({"PolygonPatch", "Rectangle", "Triangle"})
_READ_IN: Final = {
    "segments": _SEGMENTS,
    "patches": _PATCHES,
    "polygonPatches": _PATCHES,
    "trianglePatches": _PATCHES,
}
"""What GDAL 3.12.4 reads in these elements, seen here; for any other it gives the file up."""
_SOLID: Final = frozenset(
    {
        "PolyhedralSurface",
        "Tin",
        "TriangulatedSurface",
        "Solid",
        "CompositeSolid",
        "MultiSolid",
        "GeometricComplex",
    }
)
_POINT: Final = "Point"
_ORIENTABLE, _RADIUS = "OrientableCurve", "radius"
_SHAPES: Final = _SOLID | {
    _POINT,
    "LineString",
    "Curve",
    _ORIENTABLE,
    "CompositeCurve",
    "Polygon",
    "Surface",
    "OrientableSurface",
    "CompositeSurface",
    "MultiPoint",
    "MultiLineString",
    "MultiCurve",
    "MultiPolygon",
    "MultiSurface",
    "MultiGeometry",
}
_LOOKED_AT: Final = frozenset({*_LISTS, _COORD, *_ORDINATES, *_READ_IN, *_SHAPES, _RADIUS})
_MOST_NAMES: Final = 1000
_JSON_NUMBERS: Final = frozenset({float, int})
_LINK: Final = "xlink:href"
_PARTS: Final = frozenset(
    {
        "pointMember",
        "curveMember",
        "surfaceMember",
        "lineStringMember",
        "polygonMember",
        "geometryMember",
        "exterior",
        "interior",
        "baseCurve",
    }
)
_SEPARATORS: Final = {"decimal": ".", "cs": ",", "ts": " "}
_FEATURE_DEPTH: Final = 3  # collection, member, feature
_KEPT_ATTRIBUTES: Final = frozenset({"id", "fid", "uom", "srsName", "srsDimension"})
_MOST_ATTRIBUTES: Final = 20
_PLAIN_DIMENSION: Final = "2"
_WITH_HEIGHT = 3


class GMLReader(XMLReader):
    """Looks at coordinates and geometries; most elements are only counted."""

    def __init__(self, format_name: str) -> None:
        super().__init__(format_name)
        self.parser.buffer_text = True
        self._texts: list[str] | None = None
        self._separators: dict[str, str] = {}
        self._read_in = frozenset[str]()  # of the element that is looked into
        self._looked_into_at = self._coord_at = self._shape_at = 0  # their depths
        self._point_at = self._placed_at = 0  # of a point without and with a position
        self._path: list[str] = []  # down to what holds a geometry
        self._local_names: dict[str, str] = {}
        self._shapes: list[str] = []  # what holds the geometries of a feature
        self._orientable = OrientableCurves()
        self._part = ""  # the segment or patch that was entered last
        self._list_at = 0  # where the start tag of a list begins

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        depth = self.depth = self.depth + 1  # not by super(), which most elements would pay for
        if depth > DEEPEST:
            raise self.too_deep(name)
        if not self._shape_at:
            del self._path[depth - 1 :]
            self._path.append(name)
            if depth == _FEATURE_DEPTH:
                self._shapes.clear()
        if attributes:
            self._look_at_attributes(name, attributes)
        if depth == self._looked_into_at + 1 and self._looked_into_at:
            self._look_at_part(name.rpartition(":")[2])
        elif local := self._local_name(name):
            self._look_at(local, attributes)

    @property
    def path(self) -> list[str]:
        """The names of elements down to the last one, or to what holds the last geometry."""
        return self._path

    def _local_name(self, name: str) -> str:
        """Return the local name of an element that is looked at, nothing for another."""
        if (known := self._local_names.get(name)) is not None:
            return known
        if len(self._local_names) >= _MOST_NAMES:
            self._local_names.clear()
        local = name.rpartition(":")[2]
        found = self._local_names[name] = local if local in _LOOKED_AT else ""
        return found

    def _look_at_attributes(self, name: str, attributes: dict[str, str]) -> None:
        self.note(attributes)
        local = name.rpartition(":")[2]
        if _LINK in attributes and local in _PARTS:
            self.survey.links = self.survey.links.again(self.parser.CurrentLineNumber)
        elif self.depth == 1:
            self.survey.is_part = _has_more(attributes)
        elif not self._shape_at and self.depth >= _FEATURE_DEPTH and local not in _SHAPES:
            left_out = self.survey.attributes
            for each in attributes:
                prefix, _, own = each.rpartition(":")
                is_left_out = own not in _KEPT_ATTRIBUTES and prefix not in ("xmlns", "xsi")
                if is_left_out and (each in left_out or len(left_out) < _MOST_ATTRIBUTES):
                    left_out[each] += 1

    def _look_at(self, name: str, attributes: dict[str, str]) -> None:
        if name in _LISTS:
            named = ((key, attributes.get(key, "")) for key in _SEPARATORS)
            self._separators = {key: mark for key, mark in named if len(mark) == 1}
            self._collect()
        elif name in _ORDINATES:
            if self.depth == self._coord_at + 1:
                self._separators = {}
                self._collect()
        elif name == _COORD:
            self._coord_at, self._point_at = self.depth, 0
        elif name in _READ_IN:
            self._read_in, self._looked_into_at = _READ_IN[name], self.depth
        elif name == _RADIUS:
            if self._shape_at:
                line, begin = self.parser.CurrentLineNumber, self.parser.CurrentByteIndex
                radius = Radius(self._part[:40], attributes.get("uom", ""), line, begin)
                self.survey.radii.append(radius)
        elif name in _SHAPES:
            if name == _ORIENTABLE:
                self._orientable.enter(self.depth, attributes, self.parser.CurrentLineNumber)
            self._enter_shape(name)

    def _collect(self) -> None:
        self._texts, self._list_at = [], self.parser.CurrentByteIndex
        self.parser.CharacterDataHandler = self._texts.append

    def _look_at_part(self, name: str) -> None:
        """Look at a segment of a curve, or a patch of a surface."""
        self._part = name
        self._orientable.add_segment(name)
        if name not in self._read_in:
            self._note_unread(name)
        if name in _ARCS:
            self.survey.has_arcs = True

    def _note_unread(self, name: str) -> None:
        if self.survey.unread is None:
            self.survey.unread = name[:40], self.parser.CurrentLineNumber

    def _enter_shape(self, name: str) -> None:
        if name in _SOLID:
            self._note_unread(name)
        if name == _POINT:
            self._point_at, self._placed_at = self.depth, 0
        if self._shape_at or self.depth <= _FEATURE_DEPTH:
            return
        self._shape_at = self.depth
        self._shapes.append(self._path[-2])
        if len(self._shapes) == 2:  # noqa: PLR2004 - one more than is read
            line = self.parser.CurrentLineNumber
            self.survey.several = self.survey.several.again(line)
            self.survey.several_names |= dict.fromkeys(self._shapes)

    def _leave(self, name: str) -> None:
        self.depth -= 1
        if self._texts is not None:
            text, local = "".join(self._texts), name.rpartition(":")[2]
            self._texts = self.parser.CharacterDataHandler = None
            if self._orientable.is_open:
                end = self.parser.CurrentByteIndex
                self._orientable.add(CoordinateList(local, self._list_at, end))
            self._check(local, text)
        if self._orientable.is_open:
            self._orientable.leave(self.depth, self.survey)
        if self.depth < self._looked_into_at:
            self._looked_into_at = 0
        if self.depth < self._point_at:
            self._note_unread(_POINT)  # one without any coordinates
            self._point_at = 0
        if self.depth < self._shape_at:
            self._shape_at = self._placed_at = 0

    def _check(self, name: str, text: str) -> None:
        """Raise if a text is no list of coordinates, as its element has them."""
        if not text.strip():
            self._check_empty(text)
        elif name == "coordinates":
            self._check_pairs(text)
        elif name in _ORDINATES:
            if not is_number(text):
                raise self.no_number(text)
        else:
            self._check_list(text)
        if self.depth == self._point_at:
            self._point_at, self._placed_at = 0, self.depth
        elif self.depth == self._placed_at and name not in _ORDINATES:
            self._note_unread(name)  # a second position of a point

    def _check_empty(self, text: str) -> None:
        """Count a point without a position, which GDAL puts at 0, 0."""
        if self._point_at and self.depth == self._point_at:
            self.survey.placeless = self.survey.placeless.again(self.parser.CurrentLineNumber)
        elif self._coord_at and self.depth == self._coord_at:
            raise self.no_number(text)

    def _check_list(self, text: str) -> None:
        """Raise if a list of coordinates holds anything else, or half of a position."""
        numbers = text.split()
        if not _are_numbers(text, numbers):
            raise self.no_number(next((each for each in numbers if not is_number(each)), text))
        is_flat = self.survey.dimensions <= {_PLAIN_DIMENSION}
        if is_flat and len(numbers) % 2 and len(numbers) != _WITH_HEIGHT:
            raise self.no_number(" ".join(numbers[-3:]))

    def _check_pairs(self, text: str) -> None:
        """Raise if a list of GML 2 holds anything but numbers with its separators between them."""
        own = self._separators.items()
        usual = text.strip().translate({ord(mark): _SEPARATORS[key] for key, mark in own})
        if not _ARE_PAIRS(usual):
            wrong = next((part for part in usual.split() if not _ARE_PAIRS(part)), text)
            raise self.no_number(wrong)


def _has_more(attributes: dict[str, str]) -> bool:
    """Return whether a collection is but a part of what a service found (WFS 2.0, 7.7.4)."""
    matched, returned = attributes.get("numberMatched", ""), attributes.get("numberReturned", "")
    if matched.isdecimal() and returned.isdecimal():
        return int(matched) > int(returned)
    return bool(attributes.get("next"))


def _are_numbers(text: str, parts: Sequence[str]) -> bool:
    """Return whether all parts of a text are numbers as XML Schema writes a double, not NaN.

    Of what is written with these characters alone, Python reads the same as a double.
    """
    try:
        found = orjson.loads(f"[{','.join(parts)}]")
        if len(found) == len(parts) and _JSON_NUMBERS.issuperset(map(type, found)):
            return True  # as nearly all are; JSON's numbers are doubles of XML Schema too
    except orjson.JSONDecodeError:
        pass
    if text.encode().translate(None, _OF_NUMBERS):
        return False
    try:
        deque(map(float, parts), maxlen=0)
    except ValueError:
        return False
    return True
