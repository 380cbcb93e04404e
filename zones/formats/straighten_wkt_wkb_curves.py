"""Curves of WKT and WKB -> lines and areas of straight sides; GEOS has no curves.

The types are those of SQL/MM Part 3 (ISO/IEC 13249-3): a circular string is a chain of arcs, each
of three points, the middle one on it; where first and last are one, it is a whole circle and the
middle lies opposite.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.arc_to_points import Floats, UnreadableCurveError, chain_of_arcs
from zones.sandbox.limits import DEEPEST_NESTING

MOST_VERTICES: Final = 1_000_000
_NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TOKEN: Final = re.compile(rf"\s*(?:([A-Za-z]+)|({_NUMBER})|([(),]))")
_KINDS: Final = (
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "CIRCULARSTRING",
    "COMPOUNDCURVE",
    "CURVEPOLYGON",
    "MULTICURVE",
    "MULTISURFACE",
)
_OF_PARTS: Final = {
    "POLYGON": "LINESTRING",
    "MULTILINESTRING": "LINESTRING",
    "MULTIPOLYGON": "POLYGON",
    "MULTIPOINT": "POINT",
    "COMPOUNDCURVE": "LINESTRING",
    "CURVEPOLYGON": "LINESTRING",
    "MULTICURVE": "LINESTRING",
    "MULTISURFACE": "POLYGON",
    "GEOMETRYCOLLECTION": "",
}
"""What parts are that do not say it themselves."""
_CURVES: Final = frozenset(_KINDS[7:])
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000


@dataclass(frozen=True, slots=True)
class _Node:
    """A geometry as it is written: its own places, or its parts."""

    kind: str
    places: Floats
    parts: tuple["_Node", ...] = ()


def curves_of_wkt(text: str) -> BaseGeometry | None:
    """Return a geometry with its arcs made straight; None if it has none.

    Raises
    ------
    UnreadableCurveError
        It cannot be read.
    """
    tokens = _Tokens(text)
    node = _from_tokens(tokens, "", 0)
    if tokens.at < len(tokens.found):
        raise UnreadableCurveError("more behind the geometry")
    return _straight(node) if _is_curved(node) else None


def curves_of_wkb(raw: bytes) -> BaseGeometry | None:
    """Return the same of WKB, of ISO's kind or with the flags of EWKB.

    Raises
    ------
    UnreadableCurveError
        It cannot be read.
    """
    try:
        node, end = _from_bytes(raw, 0, 0)
    except (struct.error, IndexError, ValueError) as error:
        raise UnreadableCurveError("not whole") from error
    if end != len(raw):
        raise UnreadableCurveError("more behind the geometry")
    return _straight(node) if _is_curved(node) else None


def _is_curved(node: _Node) -> bool:
    return node.kind in _CURVES or any(map(_is_curved, node.parts))


class _Tokens:
    """The words, numbers and marks of a text."""

    def __init__(self, text: str) -> None:
        self.found = list(_split(text))
        self.at = 0

    def take(self) -> str:
        if self.at >= len(self.found):
            raise UnreadableCurveError("not whole")
        self.at += 1
        return self.found[self.at - 1]

    def next_is(self, *tokens: str) -> bool:
        return self.at < len(self.found) and self.found[self.at] in tokens


def _split(text: str) -> Iterator[str]:
    at = 0
    while found := _TOKEN.match(text, at):
        yield (found[1] or found[2] or found[3]).upper()
        at = found.end()
    if text[at:].strip():
        raise UnreadableCurveError("a mark that is none of WKT")


def _from_tokens(tokens: _Tokens, usual: str, depth: int) -> _Node:
    if depth > DEEPEST_NESTING:
        raise UnreadableCurveError("parts in parts")
    kind = usual if tokens.next_is("(", "EMPTY") else tokens.take()
    if kind not in _KINDS:
        raise UnreadableCurveError("no kind of geometry")
    if tokens.next_is("Z", "M", "ZM"):
        tokens.take()
    if tokens.next_is("EMPTY"):
        tokens.take()
        return _Node(kind, np.empty((0, 2)))
    if tokens.take() != "(":
        raise UnreadableCurveError("a bracket is missing")
    if kind not in _OF_PARTS:
        return _Node(kind, _places(tokens))
    parts = [_from_tokens(tokens, _OF_PARTS[kind], depth + 1)]
    while (mark := tokens.take()) == ",":
        parts.append(_from_tokens(tokens, _OF_PARTS[kind], depth + 1))
    if mark != ")":
        raise UnreadableCurveError("a bracket is missing")
    return _Node(kind, np.empty((0, 2)), tuple(parts))


def _places(tokens: _Tokens) -> Floats:
    rows: list[list[float]] = [[]]
    while (word := tokens.take()) != ")":
        if word == ",":
            rows.append([])
        elif word == "(" or word.isalpha():
            raise UnreadableCurveError("a number is missing")
        else:
            rows[-1].append(float(word))
    widths = {len(row) for row in rows}
    if len(widths) > 1 or not widths <= {2, 3, 4}:
        raise UnreadableCurveError("places of several lengths")
    return np.array(rows)[:, :3]


def _from_bytes(raw: bytes, at: int, depth: int) -> tuple[_Node, int]:
    if depth > DEEPEST_NESTING:
        raise UnreadableCurveError("parts in parts")
    order = "<" if raw[at] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", raw, at + 1)
    at += 9 if code & _HAS_SRID else 5
    plain = code & 0xFFFF
    width = 2 + bool(code & _HAS_Z) + bool(code & _HAS_M) + (0, 1, 1, 2)[plain // 1000]
    kind = _KINDS[plain % 1000 - 1]
    if kind == "POINT":
        return _Node(kind, *_row_places(raw, at, order, width, 1)), at + 8 * width
    (count,) = struct.unpack_from(f"{order}I", raw, at)
    at += 4
    if kind not in _OF_PARTS:
        return _Node(kind, *_row_places(raw, at, order, width, count)), at + 8 * width * count
    parts = []
    for _ in range(count):
        part, at = (
            _ring(raw, at, order, width) if kind == "POLYGON" else _from_bytes(raw, at, depth + 1)
        )
        parts.append(part)
    return _Node(kind, np.empty((0, 2)), tuple(parts)), at


def _ring(raw: bytes, at: int, order: str, width: int) -> tuple[_Node, int]:
    (count,) = struct.unpack_from(f"{order}I", raw, at)
    places = _row_places(raw, at + 4, order, width, count)
    return _Node("LINESTRING", *places), at + 4 + 8 * width * count


def _row_places(raw: bytes, at: int, order: str, width: int, count: int) -> tuple[Floats]:
    if at + 8 * width * count > len(raw):
        raise UnreadableCurveError("not whole")
    numbers = np.frombuffer(raw, f"{order}f8", width * count, at)
    return (numbers.reshape(count, width)[:, :3].astype(np.float64),)


def _straight(node: _Node) -> BaseGeometry:
    """Return the geometry of a node, its arcs straight."""
    try:
        return _built(node, [MOST_VERTICES])
    except (ValueError, shapely.errors.GEOSException) as error:
        raise UnreadableCurveError(str(error)) from error


def _built(node: _Node, left: list[int]) -> BaseGeometry:
    kind = node.kind
    if kind == "POINT":
        return shapely.Point(node.places[0]) if len(node.places) else shapely.Point()
    if kind in ("LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE"):
        return shapely.LineString(_line(node, left))
    if kind in ("POLYGON", "CURVEPOLYGON"):
        rings = [_ring_of(part, left) for part in node.parts]
        return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()
    parts = [_built(part, left) for part in node.parts]
    several: dict[str, Any] = {
        "MULTIPOINT": shapely.MultiPoint,
        "MULTILINESTRING": shapely.MultiLineString,
        "MULTICURVE": shapely.MultiLineString,
        "MULTIPOLYGON": shapely.MultiPolygon,
        "MULTISURFACE": shapely.MultiPolygon,
    }
    geometry: BaseGeometry = several.get(kind, shapely.GeometryCollection)(parts)
    return geometry


def _ring_of(node: _Node, left: list[int]) -> Floats:
    places = _line(node, left)
    if len(places) and (places[0] != places[-1]).any():
        raise UnreadableCurveError("a ring is open")
    return places


def _line(node: _Node, left: list[int]) -> Floats:
    """Return the places of a curve; ``left`` counts down how many there may be."""
    if node.kind == "COMPOUNDCURVE":
        lines = [line for part in node.parts if len(line := _line(part, left))]
        for one, other in pairwise(lines):
            if (one[-1] != other[0]).any():
                raise UnreadableCurveError("parts of a curve that do not meet")
        return np.vstack([lines[0], *(line[1:] for line in lines[1:])]) if lines else node.places
    if not np.isfinite(node.places).all():
        raise UnreadableCurveError("a number that is none")
    places = (
        chain_of_arcs(node.places, most=left[0]) if node.kind == "CIRCULARSTRING" else node.places
    )
    left[0] -= len(places)
    if left[0] < 0:
        raise UnreadableCurveError("very many vertices")
    return places
