"""Where on a feature its name may stand: the best place first. All in pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.drawing.model import Bounds

Side = Literal["start", "middle", "end"]
_BESIDE: Final[tuple[tuple[float, float, Side], ...]] = (
    (1, 0, "start"),
    (-1, 0, "end"),
    (0, -1.35, "middle"),
    (0, 1.35, "middle"),
    (0.8, -0.9, "start"),
    (0.8, 0.9, "start"),
    (-0.8, -0.9, "end"),
    (-0.8, 0.9, "end"),
)
OFF_THE_MIDDLE: Final = (0.0, 1.15, -1.3, 2.4, -2.6)
"""Where else in a polygon, in heights of letters from its middle."""
FARTHEST_OFF: Final = 2.6
STEP_EM, DIRECTION_EM = 1.8, 4.5
"""How far places along a line are apart, and the length that their direction is taken over."""
MOST_PLACES: Final = 60


@dataclass(frozen=True, slots=True)
class LabelPosition:
    """A point of a label, which side of it the label is, and its turn in degrees, clockwise.

    ``reach`` is the radius of the circle about the point that lies in the polygon, if it is one.
    """

    x: float
    y: float
    side: Side = "middle"
    angle: float = 0.0
    reach: float | None = None


def polygon_places(
    geometry: BaseGeometry, view: BaseGeometry, size: float, *, exact: bool
) -> list[LabelPosition]:
    """Return places in the widest part of a polygon that is in view.

    ``exact`` asks for the middle of the largest circle within it; else, for many polygons, for
    some point within.
    """
    seen = _largest_seen(geometry, view)
    if seen is None:
        return []
    x, y, reach = _widest(seen) if exact else (*_some_point(seen), None)
    return [*places_about(x, y, size, reach=reach)]


def places_about(
    x: float, y: float, size: float, *, reach: float | None = None
) -> Iterator[LabelPosition]:
    """Return the middle of a polygon, and places above and below."""
    return (LabelPosition(x, y + step * size, reach=reach) for step in OFF_THE_MIDDLE)


def point_places(
    geometry: BaseGeometry, view: BaseGeometry, size: float, gap: float
) -> list[LabelPosition]:
    """Return places beside a point: right, left, above, below, then the corners."""
    x, y = next(iter(shapely.get_coordinates(geometry)))
    if not shapely.intersects_xy(view, x, y):
        return []
    off = gap + size * 0.25
    return [
        LabelPosition(x + across * off, y + down * (off + size * 0.45), side)
        for across, down, side in _BESIDE
    ]


def line_places(geometry: BaseGeometry, view: BaseGeometry, size: float) -> list[LabelPosition]:
    """Return places along the parts of lines that are in view, the one in the middle first."""
    seen = shapely.line_merge(shapely.intersection(geometry, view))
    places = [
        place
        for line in shapely.get_parts(seen)
        if line.geom_type == "LineString"
        for place in _along(line, size)
    ]
    middle = (len(places) - 1) / 2
    order = sorted(range(len(places)), key=lambda number: abs(number - middle))
    return [places[number] for number in order[:MOST_PLACES]]


def _along(line: BaseGeometry, size: float) -> Iterator[LabelPosition]:
    step, half = STEP_EM * size, DIRECTION_EM * size / 2
    at = np.arange(step, line.length - step, step)
    if not len(at):
        at = np.array([line.length / 2])
    here = _points(line, at)
    before, after = _points(line, np.maximum(at - half, 0)), _points(line, at + half)
    angles = np.degrees(np.arctan2(*(after - before).T[::-1]))
    angles = (angles + 90) % 180 - 90
    for (x, y), angle in zip(here.tolist(), angles.tolist(), strict=True):
        yield LabelPosition(x, y, angle=angle)


def _points(line: BaseGeometry, at: NDArray[np.float64]) -> NDArray[np.float64]:
    points: NDArray[np.float64] = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    return points


def _largest_seen(geometry: BaseGeometry, view: BaseGeometry) -> BaseGeometry | None:
    """Return the largest part of a polygon that is in view, None if nothing is."""
    if geometry.geom_type == "Polygon" and lies_within(geometry.bounds, view.bounds):
        return geometry if geometry.area > 0 else None
    try:
        seen = shapely.intersection(geometry, view)
    except shapely.GEOSException:  # what is as good as flat may not be valid in pixels
        seen = shapely.intersection(shapely.make_valid(geometry), view)
    parts = [part for part in shapely.get_parts(seen) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area, default=None)
    return largest if largest is not None and largest.area > 0 else None


def lies_within(inner: Bounds, outer: Bounds) -> bool:
    """Return whether a box lies in another."""
    lows = inner[0] >= outer[0] and inner[1] >= outer[1]
    return lows and inner[2] <= outer[2] and inner[3] <= outer[3]


def touch(one: Bounds, other: Bounds) -> bool:
    """Return whether boxes meet; what is empty meets nothing."""
    across = one[0] <= other[2] and other[0] <= one[2]
    return across and one[1] <= other[3] and other[1] <= one[3]


def _widest(polygon: BaseGeometry) -> tuple[float, float, float]:
    across = max(polygon.bounds[2] - polygon.bounds[0], polygon.bounds[3] - polygon.bounds[1])
    radius = shapely.maximum_inscribed_circle(polygon, tolerance=max(across / 200, 0.01))
    x, y = shapely.get_coordinates(radius)[0].tolist()
    return x, y, radius.length


def _some_point(polygon: BaseGeometry) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shapely.point_on_surface(polygon))[0].tolist()
    return x, y
