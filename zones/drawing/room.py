"""Which parts of a picture are taken: labels lie over each other nowhere."""

import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.drawing.model import Bounds

_FIRST: Final = 256


class Room:
    """What is taken so far, in boxes with their sides along the picture's, and turned ones."""

    def __init__(self, view: Bounds) -> None:
        self._view = view
        self._bounds: NDArray[np.float64] = np.empty((_FIRST, 4))
        self._areas: list[BaseGeometry | None] = []

    def fits(self, area: "Area") -> bool:
        """Return whether an area lies wholly in view and touches nothing that is taken."""
        west, north, east, south = area.bounds
        low_x, low_y, high_x, high_y = self._view
        if west < low_x or north < low_y or east > high_x or south > high_y:
            return False
        taken = self._bounds[: len(self._areas)]
        near = np.flatnonzero(
            (taken[:, 0] < east)
            & (taken[:, 2] > west)
            & (taken[:, 1] < south)
            & (taken[:, 3] > north)
        )
        return not any(self._meets(int(number), area) for number in near)

    def _meets(self, number: int, area: "Area") -> bool:
        other = self._areas[number]
        if other is None and not area.is_turned:
            return True
        shape = other if other is not None else shapely.box(*self._bounds[number])
        return bool(shapely.intersects(shape, area.shape()))

    def take(self, area: "Area") -> None:
        """Keep an area free of what comes after."""
        number = len(self._areas)
        if number == len(self._bounds):
            self._bounds = np.concatenate([self._bounds, np.empty_like(self._bounds)])
        self._bounds[number] = area.bounds
        self._areas.append(area.shape() if area.is_turned else None)


class Area:
    """The room that a label takes: a box about its middle, turned clockwise."""

    def __init__(
        self, middle: tuple[float, float], size: tuple[float, float], angle: float
    ) -> None:
        self._middle, self._size, self._angle = middle, size, angle
        self.is_turned = abs(angle) > 1
        turn = math.radians(angle)
        sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
        half_x = (size[0] * cosine + size[1] * sine) / 2
        half_y = (size[0] * sine + size[1] * cosine) / 2
        x, y = middle
        self.bounds: Bounds = (x - half_x, y - half_y, x + half_x, y + half_y)

    def shape(self) -> BaseGeometry:
        """Return the area as a polygon."""
        (x, y), (width, height) = self._middle, self._size
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
