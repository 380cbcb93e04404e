"""Shapes as Esri's programs keep them in a cell -> geometries; they are records of a shapefile.

Types from 50 on are those of ArcGIS, with flags for heights, measures and curves.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.formats.nested_rings import polygon_of

_KINDS: Final = {
    **dict.fromkeys((1, 9, 11, 21, 52), "point"),
    **dict.fromkeys((8, 18, 20, 28, 53), "multipoint"),
    **dict.fromkeys((3, 10, 13, 23, 50), "line"),
    **dict.fromkeys((5, 15, 19, 25, 51), "area"),
}
_WITH_MORE: Final = frozenset({9, 10, 11, 13, 15, 18, 19, 20, 21, 23, 25, 28})
_GENERAL: Final = frozenset({50, 51, 52, 53})
_Z_OR_M, _CURVES = 0xC0000000, 0x20000000
_BOX = 32
_SHORTEST_RING, _SHORTEST_LINE = 4, 2


class UnreadableShape(Exception):  # noqa: N818 - told of a feature, never raised on
    """A shape that cannot be built; ``reason`` is for the message ``geometry-broken``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class MDBShape:
    """A geometry in two dimensions; ``flattened`` if heights or measures were left out."""

    geometry: BaseGeometry | None
    flattened: bool


def shape_of(content: bytes) -> MDBShape:
    """Return the geometry of a cell; None for a null shape.

    Raises
    ------
    UnreadableShape
        For curves and bodies, and for what does not fit into the cell.
    """
    try:
        (code,) = struct.unpack_from("<I", content)
        kind, flags = _KINDS.get(code & 0xFF), code & ~0xFF
        if code == 0:
            return MDBShape(None, flattened=False)
        if kind is None:
            raise UnreadableShape(f"type {code & 0xFF}")
        if code & 0xFF in _GENERAL and flags & _CURVES:
            raise UnreadableShape("curves")
        more = code & 0xFF in _WITH_MORE or bool(flags & _Z_OR_M)
        return MDBShape(_built(kind, content), flattened=more)
    except (struct.error, ValueError, shapely.errors.GEOSException) as error:
        raise UnreadableShape("Shape") from error


def _built(kind: str, content: bytes) -> BaseGeometry | None:
    if kind == "point":
        x, y = struct.unpack_from("<2d", content, 4)
        return None if np.isnan(x) else shapely.Point(x, y)
    if kind == "multipoint":
        (count,) = struct.unpack_from("<i", content, 4 + _BOX)
        return shapely.MultiPoint(_vertices(content, 8 + _BOX, count)) if count else None
    parts = _parts(content)
    if not parts:
        return None
    if kind == "area":
        if any(len(part) < _SHORTEST_RING or (part[0] != part[-1]).any() for part in parts):
            raise UnreadableShape("ring")
        return polygon_of(parts)
    if any(len(part) < _SHORTEST_LINE for part in parts):
        raise UnreadableShape("line")
    lines = [shapely.LineString(part) for part in parts]
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)


def _parts(content: bytes) -> list[NDArray[np.float64]]:
    parts, count = struct.unpack_from("<2i", content, 4 + _BOX)
    if not 0 <= parts <= count:
        raise UnreadableShape("Shape")
    starts_at = 12 + _BOX
    starts = np.frombuffer(content, "<i4", parts, starts_at)
    vertices = _vertices(content, starts_at + 4 * parts, count)
    bounds = [*starts.tolist(), count]
    if parts and (bounds[0] != 0 or (np.diff(bounds) <= 0).any()):
        raise UnreadableShape("Shape")
    return [vertices[first:end] for first, end in pairwise(bounds)]


def _vertices(content: bytes, at: int, count: int) -> NDArray[np.float64]:
    if count < 0:
        raise UnreadableShape("Shape")
    return np.frombuffer(content, "<f8", 2 * count, at).reshape(-1, 2)
