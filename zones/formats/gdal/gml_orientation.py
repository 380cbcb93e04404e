"""Curves of a GML that run against the order of their coordinates, which GDAL reads as they stand.

GML 3.2.1 (OGC 07-036), 10.5.11: an ``OrientableCurve`` with ``orientation="-"`` runs from the end
of its base curve to its start. In the copy that GDAL reads such coordinates stand in turned order.
"""

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from zones.formats.gdal.xml_reader import Replacement, XMLSurvey

_TURNED: Final = "-"
_POSITIONS, _POSITION = "posList", "pos"
_PLAIN_DIMENSIONS: Final = frozenset({"2"})
_OF_POINTS: Final = frozenset({"LineStringSegment", "Arc", "ArcString", "GeodesicString"})


@dataclass(frozen=True, slots=True)
class CoordinateList:
    """A list of coordinates: its element, where its start tag begins and its text ends."""

    element: str
    begin: int
    end: int


@dataclass(slots=True)
class TurnedCurve:
    """What lies in an orientable curve that is turned."""

    line: int
    lists: list[CoordinateList] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)

    @property
    def can_be_turned(self) -> bool:
        """Whether its coordinates are one list or one point after the other, of one segment."""
        names = [each.element for each in self.lists]
        is_plain = names == [_POSITIONS] or set(names) == {_POSITION}
        return is_plain and len(self.segments) < 2 and _OF_POINTS.issuperset(self.segments)  # noqa: PLR2004


class OrientableCurves:
    """Follows the orientable curves of a GML, which may stand in each other."""

    def __init__(self) -> None:
        self._depths: list[tuple[int, bool]] = []
        self._open: TurnedCurve | None = None
        self._odd = False

    @property
    def is_open(self) -> bool:
        """Whether an orientable curve is being read."""
        return bool(self._depths)

    def enter(self, depth: int, attributes: dict[str, str], line: int) -> None:
        """Enter an orientable curve."""
        turns = attributes.get("orientation", "").strip() == _TURNED
        self._depths.append((depth, turns))
        self._odd ^= turns
        self._open = self._open or TurnedCurve(line)

    def add(self, coordinates: CoordinateList) -> None:
        """Take a list of coordinates in one."""
        if self._open is not None:
            self._open.lists.append(coordinates)

    def add_segment(self, element: str) -> None:
        """Take a segment of a curve in one."""
        if self._open is not None:
            self._open.segments.append(element)

    def leave(self, depth: int, survey: XMLSurvey) -> None:
        """Leave what is deeper than this; note the curve if it was the outermost."""
        while self._depths and depth < self._depths[-1][0]:
            self._depths.pop()
        if self._depths or self._open is None:
            return
        curve, is_turned = self._open, self._odd
        self._open, self._odd = None, False
        if is_turned and curve.lists:
            if curve.can_be_turned and survey.dimensions <= _PLAIN_DIMENSIONS:
                survey.turned.append([(each.begin, each.end) for each in curve.lists])
            else:
                survey.unturned = survey.unturned.again(curve.line)


def turned_coordinates(content: bytes, lists: list[tuple[int, int]]) -> list[Replacement]:
    """Return what stands in the copy in the place of a curve's coordinates.

    Parameters
    ----------
    lists
        Where the start tag of each list begins and where its text ends.
    """
    begins = [content.index(b">", begin) + 1 for begin, _ in lists]
    texts = [content[begin:end] for begin, (_, end) in zip(begins, lists, strict=True)]
    numbers = [text.split() for text in texts]
    if len(lists) == 1:
        halves = iter(numbers[0])
        points = list(zip_longest(halves, halves, fillvalue=b""))[::-1]  # one with a height is 3
        turned = [b" ".join(half for point in points for half in point)]
    else:
        turned = [b" ".join(each) for each in numbers[::-1]]
    return [
        Replacement(begin, end, text)
        for begin, (_, end), text in zip(begins, lists, turned, strict=True)
    ]
