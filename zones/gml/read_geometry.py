"""Geometries that clients send in GML 2, 3.1 or 3.2 -> GeoJSON objects, as filters take them."""

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeVar
from xml.etree.ElementTree import Element

from zones.errors import ZonesError
from zones.gml.safe_xml import child, local_name, text_of
from zones.gml.srs_names_and_axes import default_srs, srs_of
from zones.gml.write_features import SRS

T = TypeVar("T")
JSONObject = dict[str, Any]
Position = list[float]

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHOWN: Final = 80
_DIMENSIONS: Final = (2, 3)


class GMLError(ZonesError):
    """An element that is no geometry that is understood here."""

    default_code: ClassVar[str] = "gml-geometry"


def read_geometry(
    element: Element, unnamed: Sequence[SRS] = (default_srs(),)
) -> tuple[JSONObject, SRS]:
    """Return a geometry, its coordinates in the order of the authority, and its system.

    An envelope becomes ``{"bbox": [...]}``.

    Parameters
    ----------
    unnamed
        Systems that a geometry without ``srsName`` may be in: the first one in which all of it
        lies on the earth. GDAL sends boxes in the system of the answer that it wants, the
        standard has them in the default one.

    Raises
    ------
    GMLError
        ``gml-geometry`` for another element, ``gml-coordinates`` for what is no position.
    UnknownCRSError
    """
    read = _READERS.get(local_name(element))
    if read is None:
        raise GMLError(name=local_name(element)[:_SHOWN])
    named = next((e.get("srsName") for e in element.iter() if e.get("srsName")), None)
    systems = unnamed if named is None else (srs_of(named),)
    found = [(reader := _Reader(srs), read(element, reader)) for srs in systems]
    reader, geometry = next((each for each in found if each[0].fits), found[0])
    return geometry, reader.srs


class _Reader:
    """Reads positions in one system; ``fits`` says whether all of them can be of it."""

    def __init__(self, srs: SRS) -> None:
        self.srs = srs
        self.fits = True
        self._turned = not srs.is_authority_order and srs.crs.axis_order == "yx"

    def position(self, numbers: tuple[float, ...]) -> Position:
        x, y = numbers[:2]
        position = [y, x] if self._turned else [x, y]
        east_first = position[::-1] if self.srs.crs.axis_order == "yx" else position
        self.fits &= self.srs.crs.extent.holds(*east_first)
        return position

    def positions(self, element: Element) -> list[Position]:
        """Return the positions of an element, however they are written."""
        if (listed := child(element, "posList")) is not None:
            return self._listed(listed, dimension_of(listed.get("srsDimension")))
        if (written := child(element, "coordinates")) is not None:
            return self._tuples(written)
        found = [e for e in element.iter() if local_name(e) in {"pos", "coord"}]
        return [self.position(_corner(each)) for each in found]

    def _listed(self, element: Element, dimension: int) -> list[Position]:
        numbers = floats(text_of(element).split(), element)
        if not numbers or len(numbers) % dimension:
            raise GMLError("gml-coordinates", given=text_of(element)[:_SHOWN])
        return [
            self.position(tuple(numbers[at : at + dimension]))
            for at in range(0, len(numbers), dimension)
        ]

    def _tuples(self, element: Element) -> list[Position]:
        comma, blank = element.get("cs") or ",", element.get("ts") or " "
        places = text_of(element).replace(blank, " ").split()
        return [self.position(tuple(floats(place.split(comma), element))) for place in places]


def dimension_of(text: str | None) -> int:
    """Return the number of numbers of a position."""
    return 3 if text and text.strip() == "3" else 2


def floats(words: list[str], element: Element) -> list[float]:
    """Return words as numbers.

    Raises
    ------
    GMLError
        ``gml-coordinates`` naming the element's text.
    """
    if not all(map(_NUMBER.fullmatch, words)):
        raise GMLError("gml-coordinates", given=text_of(element)[:_SHOWN])
    return [*map(float, words)]


def _corner(element: Element) -> tuple[float, ...]:
    parts = [text_of(each) for each in element] if len(element) else text_of(element).split()
    numbers = tuple(floats(parts, element))
    if len(numbers) not in _DIMENSIONS:
        raise GMLError("gml-coordinates", given=" ".join(parts)[:_SHOWN])
    return numbers


def _point(element: Element, reader: _Reader) -> JSONObject:
    return {"type": "Point", "coordinates": _only(reader.positions(element), element)}


def _line(element: Element, reader: _Reader) -> JSONObject:
    return {"type": "LineString", "coordinates": reader.positions(element)}


def _curve(element: Element, reader: _Reader) -> JSONObject:
    segments = _parts(element, "segments", "LineStringSegment")
    places = [place for each in segments for place in reader.positions(each)]
    return {"type": "LineString", "coordinates": places}


def _polygon(element: Element, reader: _Reader) -> JSONObject:
    return {"type": "Polygon", "coordinates": _rings(element, reader)}


def _rings(element: Element, reader: _Reader) -> list[list[Position]]:
    outer = [e for e in element if local_name(e) in {"exterior", "outerBoundaryIs"}]
    inner = [e for e in element if local_name(e) in {"interior", "innerBoundaryIs"}]
    return [reader.positions(_ring(each)) for each in (*outer, *inner)]


def _ring(boundary: Element) -> Element:
    return _only([*boundary], boundary)


def _surface(element: Element, reader: _Reader) -> JSONObject:
    patches = _parts(element, "patches", "PolygonPatch")
    return {"type": "MultiPolygon", "coordinates": [_rings(each, reader) for each in patches]}


def _parts(element: Element, inside: str, kind: str) -> list[Element]:
    """Return the parts of a curve or a surface, all of one kind: arcs are not read."""
    found = [part for e in element if local_name(e) in {inside, "polygonPatches"} for part in e]
    if other := [each for each in found if local_name(each) != kind]:
        raise GMLError(name=local_name(other[0])[:_SHOWN])
    return found


def _envelope(element: Element, reader: _Reader) -> JSONObject:
    lower, upper = child(element, "lowerCorner"), child(element, "upperCorner")
    if lower is None or upper is None:
        corners = reader.positions(element)
    else:
        corners = [reader.position(_corner(each)) for each in (lower, upper)]
    if len(corners) != 2:  # noqa: PLR2004 - two corners
        raise GMLError("gml-coordinates", given=text_of(element)[:_SHOWN])
    return {"bbox": [*corners[0], *corners[1]]}


def _many(kind: str) -> Callable[[Element, _Reader], JSONObject]:
    def read(element: Element, reader: _Reader) -> JSONObject:
        parts = [_READERS[local_name(e)](e, reader) for e in _members(element)]
        listed = [
            single
            for part in parts
            for single in (part["coordinates"] if part["type"] == kind else [part["coordinates"]])
        ]
        return {"type": kind, "coordinates": listed}

    return read


def _collection(element: Element, reader: _Reader) -> JSONObject:
    parts = [_READERS[local_name(e)](e, reader) for e in _members(element)]
    return {"type": "GeometryCollection", "geometries": parts}


def _members(element: Element) -> list[Element]:
    members = [part for e in element if local_name(e).endswith(("Member", "Members")) for part in e]
    if unknown := [e for e in members if local_name(e) not in _READERS]:
        raise GMLError(name=local_name(unknown[0])[:_SHOWN])
    return members


def _only(found: list[T], element: Element) -> T:
    if len(found) != 1:
        raise GMLError("gml-coordinates", given=local_name(element)[:_SHOWN])
    return found[0]


_READERS: Final[dict[str, Callable[[Element, _Reader], JSONObject]]] = {
    "Point": _point,
    "LineString": _line,
    "Curve": _curve,
    "Polygon": _polygon,
    "Surface": _surface,
    "Envelope": _envelope,
    "Box": _envelope,
    "MultiPoint": _many("MultiPoint"),
    "MultiLineString": _many("MultiLineString"),
    "MultiCurve": _many("MultiLineString"),
    "MultiPolygon": _many("MultiPolygon"),
    "MultiSurface": _many("MultiPolygon"),
    "MultiGeometry": _collection,
}

GEOMETRIES: Final = frozenset(_READERS)
"""Names of the elements that are read."""
