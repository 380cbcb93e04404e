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

from zones.crs import to_plane
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
_HEAVIEST_PAIR = 1_000_000  # product of the vertices that each has where they meet
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
        """Return the pairs that can be laid over each other in a moment."""
        counts = shapely.get_num_coordinates(shapes)
        heavy = counts[pairs[0]] * counts[pairs[1]] > _HEAVIEST_PAIR
        for at in np.flatnonzero(heavy):
            one, other = shapes[pairs[0, at]], shapes[pairs[1, at]]
            heavy[at] = self.is_spent() or _vertices_met(one, other) > _HEAVIEST_PAIR
        self.left_out += int(heavy.sum())
        return pairs[:, ~heavy]

    def timed(self, pairs: Pairs) -> Iterator[tuple[int, int]]:
        """Yield the pairs as long as there is time."""
        for done, (one, other) in enumerate(pairs.T.tolist()):
            if self.is_spent():
                self.left_out += pairs.shape[1] - done
                return
            yield one, other


def pairs_met(wanted: Numbers, query: Callable[[Numbers], Pairs], budget: Budget) -> Pairs:
    """Return the pairs that a query finds for the wanted polygons, as far as there is time.

    The query is given some indices and answers which of them meets which polygon.
    """
    found, total = [np.empty((2, 0), np.int64)], 0
    for start in range(0, len(wanted), _AT_ONCE):
        if total > _MOST_PAIRS or budget.is_spent():
            budget.left_out += len(wanted) - start
            break
        some = wanted[start : start + _AT_ONCE]
        asked, met = query(some)
        pairs = np.sort(np.vstack([some[asked], met]), axis=0)
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


def _as_one(lonlat: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return each pair as one number, for comparison."""
    return np.asarray(lonlat[:, 0] + 1j * lonlat[:, 1])
