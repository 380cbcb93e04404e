"""The geometry elements of a placemark -> a geometry in longitude and latitude, without heights."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from struct import Struct
from sys import byteorder
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.kml.coordinates import Positions, UnreadableCoordinates, parse_coordinates
from zones.formats.kml.elements import KMLElement

_SHORTEST_LINE, _SHORTEST_RING = 2, 4
_COLLECTIONS: Final[dict[str, Callable[[Sequence[BaseGeometry]], BaseGeometry]]] = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}
_WKB_POLYGON, _WKB_COUNT = Struct("=BII"), Struct("=I")  # the byte order that arrays have
_TRACK_NUMBERS: Final = (2, 3)


class UnfitGeometry(Exception):  # noqa: N818 - told to the caller as a code, never raised on
    """Elements that do not make a geometry; ``reason`` is a message of the catalogue."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class GeometryRemarks:
    """What was met while one placemark's geometry was built.

    ``mended`` are coordinates that were read although they are not written by the letter,
    ``empty`` parts of a geometry without coordinates, ``unread`` elements that are no geometry
    that we read.
    """

    high: bool = False
    closed: bool = False
    timed: bool = False
    mended: str | None = None
    empty: int = 0
    vertices: int = 0
    unread: list[str] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to tell of, as of most."""
        odd = self.high or self.closed or self.timed or self.empty or self.unread
        return not odd and self.mended is None


def geometry_of(placemark: KMLElement, seen: GeometryRemarks) -> BaseGeometry | bytes | None:
    """Return the geometry of a placemark, None if it has no coordinates.

    A plain polygon comes as WKB, of which many are read at once in a small part of the time.

    Raises
    ------
    UnfitGeometry
        If it cannot be built.
    UnreadableCoordinates
        With the first position that cannot be read.
    """
    parts = [each for each in placemark.children if each.name in _BUILDERS]
    _count_unread(placemark.children, seen)
    if len(parts) == 1 and parts[0].name == "Polygon":
        return _polygon_wkb(parts[0], seen)
    if len(parts) == 1:
        return _BUILDERS[parts[0].name](parts[0], seen)
    return _collected(parts, seen)


def kinds_of(placemark: KMLElement) -> tuple[str, ...]:
    """Return the names of a placemark's geometry elements."""
    return tuple(each.name for each in placemark.children if each.name in _BUILDERS)


def _collected(parts: Sequence[KMLElement], seen: GeometryRemarks) -> BaseGeometry | None:
    """Return all parts in one geometry; parts without coordinates are counted."""
    built = [_BUILDERS[part.name](part, seen) for part in parts]
    found = [each for each in built if each is not None]
    if not found:
        return None
    seen.empty += len(built) - len(found)
    kinds = {each.geom_type for each in found}
    make = _COLLECTIONS.get(kinds.pop()) if len(kinds) == 1 else None
    return (make or shapely.GeometryCollection)(found)


def _multi(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    _count_unread(element.children, seen)
    return _collected([each for each in element.children if each.name in _BUILDERS], seen)


def _count_unread(children: Sequence[KMLElement], seen: GeometryRemarks) -> None:
    for child in children:
        if child.name in _NOT_READ or (
            child.name not in _KNOWN
            and any(each.name == "coordinates" for each in child.all_within())
        ):
            seen.unread.append(child.name)


def _point(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    positions = _positions(element, seen)
    if len(positions) > 1:
        raise UnfitGeometry("reason-kml-points")
    return shapely.Point(positions.lonlat) if positions else None


def _line(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    return _line_of(_positions(element, seen))


def _line_of(positions: Positions) -> BaseGeometry | None:
    if not positions:
        return None
    if len(positions) < _SHORTEST_LINE:
        raise UnfitGeometry("line-too-short")
    return shapely.linestrings(_xy(positions))


def _ring(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    """Return a ring, closed if it was open."""
    positions = _closed(element, seen)
    return None if positions is None else shapely.linearrings(_xy(positions))


def _closed(element: KMLElement, seen: GeometryRemarks) -> Positions | None:
    positions = _positions(element, seen)
    if not positions:
        return None
    lonlat = positions.lonlat
    is_open = lonlat[:2] != lonlat[-2:]
    if is_open:
        positions = Positions(lonlat + lonlat[:2])
    if len(positions) < _SHORTEST_RING:
        raise UnfitGeometry("reason-kml-ring")
    seen.closed = seen.closed or is_open
    return positions


def _polygon(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    wkb = _polygon_wkb(element, seen)
    return None if wkb is None else shapely.from_wkb(wkb)


def _polygon_wkb(element: KMLElement, seen: GeometryRemarks) -> bytes | None:
    """Return a polygon; every ring in an inner boundary is a hole, though one may stand there."""
    outer, inner = (
        [ring for each in element.named(name) for ring in each.named("LinearRing")]
        for name in ("outerBoundaryIs", "innerBoundaryIs")
    )
    if len(outer) > 1:
        raise UnfitGeometry("reason-kml-outlines")
    shell = _closed(outer[0], seen) if outer else None
    holes = [_closed(ring, seen) for ring in inner]
    if shell is None:
        if any(each.text.strip() for each in element.all_within() if each.name == "coordinates"):
            raise UnfitGeometry("reason-kml-no-outline")
        return None
    found = [hole for hole in holes if hole is not None]
    seen.empty += len(holes) - len(found)
    head = _WKB_POLYGON.pack(byteorder == "little", 3, 1 + len(found))
    return head + b"".join(map(_wkb_ring, (shell, *found)))


def _wkb_ring(positions: Positions) -> bytes:
    lonlat = positions.lonlat
    return _WKB_COUNT.pack(len(positions)) + array("d", lonlat).tobytes()


def _track(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    """Return a track as a line; when each of its points was reached is left out."""
    seen.timed = seen.timed or bool(element.named("when"))
    texts = [each.text.split() for each in element.named("coord") if each.text.strip()]
    for place, numbers in enumerate(texts, start=1):
        if len(numbers) not in _TRACK_NUMBERS:
            raise UnreadableCoordinates(place, " ".join(numbers))
    positions = parse_coordinates(" ".join(",".join(numbers) for numbers in texts))
    _remember(positions, seen)
    return _line_of(positions)


def _tracks(element: KMLElement, seen: GeometryRemarks) -> BaseGeometry | None:
    return _collected(element.named("Track"), seen)


def _positions(element: KMLElement, seen: GeometryRemarks) -> Positions:
    texts = [each.text for each in element.named("coordinates")]
    if len(texts) > 1:
        raise UnfitGeometry("reason-kml-coordinates-twice")
    positions = parse_coordinates(texts[0] if texts else "")
    _remember(positions, seen)
    return positions


def _remember(positions: Positions, seen: GeometryRemarks) -> None:
    seen.vertices += len(positions)
    seen.high = seen.high or positions.high
    seen.mended = seen.mended or positions.mended


def _xy(positions: Positions) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(positions.lonlat).reshape(-1, 2)


_BUILDERS: Final[dict[str, Callable[[KMLElement, GeometryRemarks], BaseGeometry | None]]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": _ring,
    "Polygon": _polygon,
    "MultiGeometry": _multi,
    "Track": _track,
    "MultiTrack": _tracks,
}
_NOT_READ: Final = frozenset({"Model"})
_KNOWN: Final = frozenset({*_BUILDERS, "name", "description", "ExtendedData"})
