"""Which polygons overlap, where and by how much, told in bounded time.

Pairs that would take long, or that time did not suffice for, are counted and left out.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import to_plane
from zones.model import JSON, Problem

Geometries = NDArray[np.object_]
Numbers = NDArray[np.int64]
Pairs = NDArray[np.int64]
"""Two rows: the indices of one polygon and of the other; each pair once."""

SMALLEST_M2: Final = 0.1
"""Overlaps and gaps of less area are the rounding of coordinates."""
MOST_OF_A_KIND: Final = 40

_AT_ONCE = 16  # polygons asked of the tree at once: each may meet all others
_MOST_PAIRS = 1_000_000
_LIGHT_PAIR = 100_000  # product of the vertices that each has where they meet
_MOST_CROSSINGS = 100_000  # of edges, in all pairs together; some 30 microseconds each
_EDGES_AT_ONCE = 2_000_000  # product of the edges compared between two looks at the clock
_MOST_CPU_S = 6.0


class Overlap(NamedTuple):
    """Two polygons, by their indices, and what they have in common."""

    area_m2: float
    one: int
    other: int
    common: BaseGeometry


@dataclass(slots=True)
class Budget:
    """What may still be done; ``left_out`` counts the pairs that were not looked at."""

    left_out: int = 0
    _ends: float = field(default_factory=lambda: time.process_time() + _MOST_CPU_S)

    def is_spent(self) -> bool:
        """Return whether the time is up."""
        return time.process_time() > self._ends

    def bearable(self, shapes: Geometries, pairs: Pairs) -> Pairs:
        """Return the pairs that can all be laid over each other in a moment.

        What takes long is edges that cross, not vertices: borders of neighbours may have any
        number of those. Of pairs that might cross often, those of fewest vertices come first.
        """
        counts = shapely.get_num_coordinates(shapes)
        products = counts[pairs[0]] * counts[pairs[1]]
        heavy = np.flatnonzero(products > _LIGHT_PAIR)
        is_bearable, crossings_left = np.ones(pairs.shape[1], bool), _MOST_CROSSINGS
        for at in heavy[np.argsort(products[heavy], kind="stable")]:
            one, other = shapes[pairs[0, at]], shapes[pairs[1, at]]
            if not self.is_spent() and _vertices_met(one, other) <= _LIGHT_PAIR:
                continue
            crossings = self._crossings(one, other, most=crossings_left)
            is_bearable[at] = crossings is not None
            crossings_left -= crossings or 0
        self.left_out += int((~is_bearable).sum())
        return pairs[:, is_bearable]

    def _crossings(self, one: BaseGeometry, other: BaseGeometry, *, most: int) -> int | None:
        """Return how often edges of two shapes cross; None if more often, or time is up."""
        ours, theirs = _edges_near(one, other), _edges_near(other, one)
        tree, found = shapely.STRtree(theirs), 0
        at_once = max(1, _EDGES_AT_ONCE // max(1, len(theirs)))
        for start in range(0, len(ours), at_once):
            if found > most or self.is_spent():
                return None
            some = ours[start : start + at_once]
            found += tree.query(some, predicate="crosses").shape[1]
        return found if found <= most and not self.is_spent() else None

    def timed(self, pairs: Pairs) -> Iterator[tuple[int, int]]:
        """Yield the pairs as long as there is time."""
        for done, (one, other) in enumerate(pairs.T.tolist()):
            if self.is_spent():
                self.left_out += pairs.shape[1] - done
                return
            yield one, other


def pairs_met(numbers: Numbers, query: Callable[[Numbers], Pairs], budget: Budget) -> Pairs:
    """Return the pairs that a query finds for the wanted polygons, as far as there is time.

    The query is given some indices and answers which of them meets which polygon.
    """
    found, total = [np.empty((2, 0), np.int64)], 0
    for start in range(0, len(numbers), _AT_ONCE):
        if total > _MOST_PAIRS or budget.is_spent():
            budget.left_out += len(numbers) - start
            break
        some = numbers[start : start + _AT_ONCE]
        found_at, met = query(some)
        pairs = np.sort(np.vstack([some[found_at], met]), axis=0)
        found.append(pairs[:, pairs[0] < pairs[1]])
        total += found[-1].shape[1]
    return np.unique(np.hstack(found), axis=1)


def overlaps(shapes: Geometries, pairs: Pairs, budget: Budget) -> list[Overlap]:
    """Return which of the pairs overlap by more than rounding, the largest first."""
    found = []
    for one, other in budget.timed(pairs):
        if not shapely.relate_pattern(shapes[one], shapes[other], "T********"):
            continue
        common = laid_over(shapes[one], shapes[other])
        if (size_m2 := area_m2(common)) >= SMALLEST_M2:
            found.append(Overlap(size_m2, one, other, common))
    return sorted(found, key=lambda overlap: -overlap.area_m2)


def laid_over(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Return what two shapes have in common."""
    try:
        common: BaseGeometry = shapely.intersection(one, other)
    except shapely.errors.GEOSException:  # rounding; a grid of a tenth of a millimetre ends that
        common = shapely.intersection(one, other, grid_size=1e-9)
    return common


def area_m2(shape: BaseGeometry) -> float:
    """Return the area of a shape in EPSG:4490."""
    return float(shapely.area(to_plane(shape)))


def warning_at(shape: BaseGeometry, code: str, params: dict[str, JSON], number: int) -> Problem:
    """Return a warning about a feature of the file, at a place within a shape."""
    place = shapely.point_on_surface(shape)
    return Problem(code, params, "warning", number, lon=float(place.x), lat=float(place.y))


def more(code: str, count: int) -> Iterator[Problem]:
    """Yield a warning of those that are not listed, if there are any."""
    if count > MOST_OF_A_KIND:
        yield Problem(code, {"count": count - MOST_OF_A_KIND}, "warning")


def _vertices_met(one: BaseGeometry, other: BaseGeometry) -> int:
    """Return the product of the vertices that two shapes have in each other's box.

    Those that both have do not count: a common border costs little.
    """
    product = 1
    for shape, met in ((one, other), (other, one)):
        west, south, east, north = met.bounds
        lonlat = shapely.get_coordinates(shape)
        inside = ((lonlat >= (west, south)) & (lonlat <= (east, north))).all(axis=1)
        own = ~np.isin(_as_one(lonlat[inside]), _as_one(shapely.get_coordinates(met)))
        product *= int(own.sum()) + 1
    return product


def _edges_near(shape: BaseGeometry, met: BaseGeometry) -> Geometries:
    """Return the edges of a shape whose boxes meet the box of another."""
    rings = shapely.get_parts(shapely.boundary(shape))
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.stack([lonlat[:-1], lonlat[1:]], axis=1)[ring[:-1] == ring[1:]]
    west, south, east, north = met.bounds
    low, high = ends.min(axis=1), ends.max(axis=1)
    meets = (high >= (west, south)).all(axis=1) & (low <= (east, north)).all(axis=1)
    return np.asarray(shapely.linestrings(ends[meets]))


def _as_one(lonlat: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return each pair as one number, for comparison."""
    return np.asarray(lonlat[:, 0] + 1j * lonlat[:, 1])
