"""Lines that a polygon names -> rings; rings -> areas, by which lies in which.

A line's id with a minus goes backwards, and 0 begins the next ring. Some programs set neither, so
what counts is where lines end: a ring that has come back to its start is closed.
"""

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

_SAME_PLACE_M: Final = 0.0011
"""Ends no farther apart are one place: files have three decimals."""
_FEWEST_IN_RING = 4
_POLYGON = 3


def rings_of(lines: Sequence[Floats | None]) -> list[Floats] | None:
    """Return the rings that lines make in their order, None where one is not closed.

    A line that is None begins the next ring.
    """
    rings: list[Floats] = []
    ring: list[Floats] = []
    for line in lines:
        if line is None:
            if ring:
                return None
            continue
        if ring and not _meet(ring[-1][-1], line[0]):
            return None
        ring.append(line[1:] if ring else line)
        if _meet(ring[-1][-1], ring[0][0]) and (len(ring) > 1 or len(line) >= _FEWEST_IN_RING):
            rings.append(_closed(np.concatenate(ring)))
            ring = []
    return None if ring else rings


def rings_in_any_order(lines: Sequence[Floats]) -> list[Floats] | None:
    """Return the rings of lines whose order or direction is wrong, None if they make none."""
    pieces = [shapely.linestrings(line) for line in lines if len(line) > 1]
    made = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces)))
    if not len(made) or not shapely.is_closed(made).all():
        return None
    return [shapely.get_coordinates(ring) for ring in made]


def area_of(rings: Sequence[Floats]) -> BaseGeometry:
    """Return a polygon, or several, of rings: one within another is a hole, in that a part again.

    Each ring has four positions at least.
    """
    if len(rings) == 1:  # as nearly all are; by WKB it takes a tenth of the time
        head = struct.pack("<BIII", 1, _POLYGON, 1, len(rings[0]))
        return shapely.from_wkb(head + rings[0].tobytes(), on_invalid="ignore")
    shells = np.array([shapely.polygons(ring) for ring in rings], dtype=object)
    inside = _inside(shells)
    depth = inside.sum(axis=1)
    parts = []
    for index in np.flatnonzero(depth % 2 == 0).tolist():
        holes = np.flatnonzero(inside[:, index] & (depth == depth[index] + 1)).tolist()
        parts.append(shapely.polygons(rings[index], [rings[hole] for hole in holes] or None))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _inside(shells: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which ring lies within which other; by a place within it, as borders may touch."""
    areas = shapely.area(shells)
    with np.errstate(invalid="ignore"):
        points = np.array([_point_in(shell) for shell in shells], dtype=object)
        shapely.prepare(shells)
        found = shapely.intersects(shells[None, :], points[:, None])
    return np.asarray(found & (areas[None, :] > areas[:, None]))


def _point_in(shell: BaseGeometry) -> BaseGeometry:
    try:
        return shapely.point_on_surface(shell)
    except shapely.errors.GEOSException:  # a number that is none
        return shapely.Point()


def _meet(one: Floats, other: Floats) -> bool:
    (x, y), (other_x, other_y) = one.tolist(), other.tolist()
    return bool(abs(x - other_x) <= _SAME_PLACE_M and abs(y - other_y) <= _SAME_PLACE_M)


def _closed(ring: Floats) -> Floats:
    """Return the ring with its end where it starts, to the last digit."""
    ring[-1] = ring[0]
    return ring
