"""Texts of places as web maps have them: ``lon,lat;lon,lat|lon,lat;…`` -> areas and lines."""

import re
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.nested_rings import Ring, polygon_of

_PLACE: Final = r"\s*-?\d{1,3}(?:\.\d{1,20})?\s*,\s*-?\d{1,3}(?:\.\d{1,20})?\s*"
_PART: Final = re.compile(rf"{_PLACE}(?:;{_PLACE})*;?\s*")
_BETWEEN: Final = re.compile(r"[;,]")
_FEWEST_IN_RING: Final = 3
_SHORTEST_LINE: Final = 2


class UnreadablePolyline(Exception):  # noqa: N818 - told of a feature, never raised on
    """A text that is no list of places, or has too few of them; ``text`` is where."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()[:80]
        super().__init__(self.text)


def is_polyline(text: str) -> bool:
    """Return whether a text is a list of several places.

    Examples
    --------
    >>> is_polyline("123.40,41.78;123.41,41.78"), is_polyline("123.40,41.78")
    (True, False)
    """
    return ";" in text and all(_PART.fullmatch(part) for part in text.split("|"))


def is_closed(text: str) -> bool:
    """Return whether all parts of a text end at the place where they begin."""
    return all((part[0] == part[-1]).all() for part in _parts(text))


def area_of(text: str) -> BaseGeometry:
    """Return the area that the parts of a text enclose; what is a hole is told by containment.

    Raises
    ------
    UnreadablePolyline
    """
    rings = [_closed(part) for part in _parts(text)]
    area = polygon_of(rings)
    if area is None:
        raise UnreadablePolyline(text)
    return area


def line_of(text: str) -> BaseGeometry:
    """Return the line, or several, of a text.

    Raises
    ------
    UnreadablePolyline
    """
    parts = _parts(text)
    if any(len(part) < _SHORTEST_LINE for part in parts):
        raise UnreadablePolyline(text)
    lines = [shapely.LineString(part) for part in parts]
    return shapely.MultiLineString(lines) if len(lines) > 1 else lines[0]


def place_of(text: str) -> BaseGeometry:
    """Return the one place of a text ``lon,lat``.

    Raises
    ------
    UnreadablePolyline
    """
    (part, *others) = _parts(text)
    if others or len(part) != 1:
        raise UnreadablePolyline(text)
    return shapely.Point(part[0])


def _parts(text: str) -> list[Ring]:
    return [_places(part) for part in text.strip().strip("|").split("|")]


def _places(part: str) -> Ring:
    if not _PART.fullmatch(part):
        raise UnreadablePolyline(part)
    numbers = _BETWEEN.split(part.strip().rstrip(";"))
    return np.array(numbers, np.float64).reshape(-1, 2)


def _closed(ring: Ring) -> Ring:
    if (ring[0] != ring[-1]).any():
        ring = np.concatenate([ring, ring[:1]])
    if len(ring) <= _FEWEST_IN_RING:
        raise UnreadablePolyline(",".join(map(str, ring[0].tolist())))
    return ring
