"""Which parts of a picture are taken: labels lie over each other nowhere."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.drawing.model import Bounds

_COLUMNS: Final = 10
_ROWS: Final = 24
"""Parts of a view, wider than high as names are; an area is compared with those in the same parts
alone."""
_ROW: Final = 1 << 20


class Room:
    """What is taken so far, in boxes with their sides along the picture's, and turned ones."""

    def __init__(self, view: Bounds) -> None:
        self._view = view
        longest = max(view[2] - view[0], view[3] - view[1], 1.0)
        self._columns_px, self._rows_px = _COLUMNS / longest, _ROWS / longest
        self._taken: dict[int, list[Area]] = {}

    def fits(self, area: "Area") -> bool:
        """Return whether an area lies wholly in view and touches nothing that is taken."""
        west, north, east, south = area.bounds
        low_x, low_y, high_x, high_y = self._view
        if west < low_x or north < low_y or east > high_x or south > high_y:
            return False
        taken = self._taken
        if not taken:
            return True
        for cell in self._cells(west, north, east, south):
            for other in taken.get(cell, ()):
                if area.meets(other):
                    return False
        return True

    def take(self, area: "Area") -> None:
        """Keep an area free of what comes after."""
        west, north, east, south = area.bounds
        low_x, low_y, high_x, high_y = self._view
        if west < low_x or north < low_y or east > high_x or south > high_y:
            west, north = max(west, low_x), max(north, low_y)
            east, south = min(east, high_x), min(south, high_y)
        for cell in self._cells(west, north, east, south):
            self._taken.setdefault(cell, []).append(area)

    def _cells(self, west: float, north: float, east: float, south: float) -> list[int]:
        """Return the parts of the view that a box in it is in."""
        left, right = int(west * self._columns_px), int(east * self._columns_px) + 1
        top, bottom = int(north * self._rows_px), int(south * self._rows_px) + 1
        return [row * _ROW + column for row in range(top, bottom) for column in range(left, right)]


@dataclass(frozen=True, slots=True)
class Placer:
    """What is taken in a view by labels, and by dots that names are to leave free."""

    view: Bounds
    shape: BaseGeometry
    room: Room
    dots: Room

    def first_free(
        self, places: Iterable[tuple[float, float]], size: tuple[float, float]
    ) -> "Area | None":
        """Return the first of these middles about which a straight label has room."""
        for place in places:
            area = Area(place, size, 0.0)
            if self.room.fits(area) and self.dots.fits(area):
                return area
        return None


class Area:
    """The room that a label takes: a box about its middle, turned clockwise."""

    def __init__(
        self, middle: tuple[float, float], size: tuple[float, float], angle: float
    ) -> None:
        self.middle, self._size, self._angle = middle, size, angle
        self.is_turned = abs(angle) > 1
        half_x, half_y = size[0] / 2, size[1] / 2
        if angle:
            turn = math.radians(angle)
            sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
            half_x, half_y = half_x * cosine + half_y * sine, half_x * sine + half_y * cosine
        x, y = middle
        self.bounds: Bounds = (x - half_x, y - half_y, x + half_x, y + half_y)

    def meets(self, other: "Area") -> bool:
        """Return whether two areas have a part in common."""
        west, north, east, south = self.bounds
        low_x, low_y, high_x, high_y = other.bounds
        if west >= high_x or low_x >= east or north >= high_y or low_y >= south:
            return False
        if not (self.is_turned or other.is_turned):
            return True
        return bool(shapely.intersects(self.shape(), other.shape()))

    def shape(self) -> BaseGeometry:
        """Return the area as a polygon."""
        (x, y), (width, height) = self.middle, self._size
        turn = math.radians(self._angle)
        sine, cosine = math.sin(turn), math.cos(turn)
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return shapely.polygons(
            [
                (
                    x + a * width / 2 * cosine - b * height / 2 * sine,
                    y + a * width / 2 * sine + b * height / 2 * cosine,
                )
                for a, b in corners
            ]
        )


def area_of(box: Bounds) -> Area:
    """Return the room that a box takes."""
    west, north, east, south = box
    return Area(((west + east) / 2, (north + south) / 2), (east - west, south - north), 0)
