"""How features of one file lie to each other: twice, overlapping, gaping, or as slivers.

All of it is remarked upon and nothing is refused: plans may overlap on purpose. The work is
bounded. Most polygons are cleared by their edges alone (``zones.sources.loose_edges``); for the
others pairs come from a tree; pairs that would take long are counted and left out.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs import to_plane
from zones.model import JSON, Problem
from zones.sources.loose_edges import with_loose_edges

Geometries = NDArray[np.object_]
Numbers = NDArray[np.int64]
Pairs = NDArray[np.int64]
"""Two rows: the indices of one polygon and of the other; each pair once."""

SMALLEST_M2: Final = 0.1
"""Overlaps and gaps of less area are the rounding of coordinates."""

_THIN_M = 1.0  # mean width of a polygon that nobody can have drawn on purpose
_GAP_DEG = 1e-5  # about a metre
_SHARPEST = 20.0  # mitre: notches down to 6 degrees are no gaps
_METRES_PER_DEG = 111_320.0
_TOUCH_DEG = 1e-9
_POLYGONAL: Final = (3, 6)
_NOT_LOOKED_AT: Final = (-1, 0, 4)  # nothing, points
_AT_ONCE = 16  # polygons asked of the tree at once: each may meet all others
_MOST_PAIRS = 1_000_000
_HEAVIEST_PAIR = 1_000_000  # product of the vertices that each has where they meet
_MOST_CPU_S = 6.0
_MOST_OF_A_KIND = 40


@dataclass(slots=True)
class Relations:
    """Gathers the features of a file while it is read, and looks at them together at its end."""

    _geometries: list[Geometries] = field(default_factory=list)
    _numbers: list[Numbers] = field(default_factory=list)

    def take(self, geometries: Geometries, numbers: Numbers) -> None:
        """Keep the lines and polygons of a batch that may be stored.

        Points are passed over: much may stand in one place.
        """
        there = ~np.isin(shapely.get_type_id(geometries), _NOT_LOOKED_AT)
        self._geometries.append(geometries[there])
        self._numbers.append(numbers[there])

    def problems(self) -> Iterator[Problem]:
        """Yield warnings, each with its features' numbers and a place, most with an area in m²."""
        try:
            yield from self._found()
        except MemoryError:
            # Only remarks: that there was no room for them must not end the import.
            yield Problem("relations-no-memory", {}, "note")

    def _found(self) -> Iterator[Problem]:
        if not self._geometries:
            return
        shapes, numbers = np.concatenate(self._geometries), np.concatenate(self._numbers)
        again, first = repeated(shapes)
        yield from _twice(shapes, numbers, again, first)
        single = np.isin(shapely.get_type_id(shapes), _POLYGONAL)
        single[again] = False
        yield from _among_polygons(shapes[single], numbers[single])


def repeated(shapes: Geometries) -> tuple[Numbers, Numbers]:
    """Return the indices of shapes that occurred before, and of the first occurrence of each."""
    _, group, counts = np.unique(
        shapely.bounds(shapes), axis=0, return_inverse=True, return_counts=True
    )
    seen: dict[bytes, int] = {}
    again, first = [], []
    for index in np.flatnonzero(counts[group.ravel()] > 1).tolist():
        before = seen.setdefault(shapely.to_wkb(shapely.normalize(shapes[index])), index)
        if before != index:
            again.append(index)
            first.append(before)
    return np.array(again, np.int64), np.array(first, np.int64)


def _twice(
    shapes: Geometries, numbers: Numbers, again: Numbers, first: Numbers
) -> Iterator[Problem]:
    for one, other in list(zip(again.tolist(), first.tolist(), strict=True))[:_MOST_OF_A_KIND]:
        params: dict[str, JSON] = {"other": int(numbers[other])}
        yield _told("geometry-twice", params, shapes[one], int(numbers[one]))
    yield from _more("geometry-twice-more", len(again))


def _among_polygons(shapes: Geometries, numbers: Numbers) -> Iterator[Problem]:
    yield from _slivers(shapes, numbers)
    if len(shapes) < 2:  # noqa: PLR2004 - a pair
        return
    budget = _Budget()
    loose = with_loose_edges(shapes)
    tree = shapely.STRtree(shapes)
    edges = np.flatnonzero(loose)
    meeting = _pairs(edges, lambda some: tree.query(shapes[some]), budget)
    places = shapely.point_on_surface(shapes)
    every = np.arange(len(shapes))
    stacked = _pairs(every, lambda some: tree.query(places[some], predicate="within"), budget)
    either = np.unique(np.hstack([meeting, stacked]), axis=1)
    yield from _overlaps(shapes, numbers, budget.bearable(shapes, either), budget)
    near = _pairs(
        edges, lambda some: tree.query(shapes[some], predicate="dwithin", distance=_GAP_DEG), budget
    )
    near = near[:, loose[near].all(axis=0)]
    yield from _gaps(shapes, numbers, budget.bearable(shapes, near), budget)
    if budget.left_out:
        yield Problem("relations-left-out", {"count": budget.left_out}, "note")


@dataclass(slots=True)
class _Budget:
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


def _pairs(wanted: Numbers, query: Callable[[Numbers], Pairs], budget: _Budget) -> Pairs:
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


def _overlaps(
    shapes: Geometries, numbers: Numbers, pairs: Pairs, budget: _Budget
) -> Iterator[Problem]:
    found = []
    for one, other in _timed(pairs, budget):
        if not shapely.relate_pattern(shapes[one], shapes[other], "T********"):
            continue
        common = _laid_over(shapes[one], shapes[other])
        area_m2 = _area_m2(common)
        if area_m2 >= SMALLEST_M2:
            found.append((area_m2, one, other, common))
    found.sort(key=lambda told: -told[0])
    for area_m2, one, other, common in found[:_MOST_OF_A_KIND]:
        params: dict[str, JSON] = {"other": int(numbers[one]), "area_m2": round(area_m2, 2)}
        yield _told("features-overlap", params, common, int(numbers[other]))
    yield from _more("features-overlap-more", len(found))


def _timed(pairs: Pairs, budget: _Budget) -> Iterator[tuple[int, int]]:
    """Yield the pairs as long as there is time."""
    for done, (one, other) in enumerate(pairs.T.tolist()):
        if budget.is_spent():
            budget.left_out += pairs.shape[1] - done
            return
        yield one, other


def _laid_over(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    try:
        common: BaseGeometry = shapely.intersection(one, other)
    except shapely.errors.GEOSException:  # rounding; a grid of a tenth of a millimetre ends that
        common = shapely.intersection(one, other, grid_size=1e-9)
    return common


def _slivers(shapes: Geometries, numbers: Numbers) -> Iterator[Problem]:
    """Yield the polygons whose mean width is below a metre: twice the area by the perimeter."""
    with np.errstate(divide="ignore", invalid="ignore"):
        width_deg = 2 * shapely.area(shapes) / shapely.length(shapes)
    thin = np.flatnonzero(width_deg * _METRES_PER_DEG < 2 * _THIN_M)
    widths = zip(np.atleast_1d(_width_m(shapes[thin])).tolist(), thin.tolist(), strict=True)
    found = sorted(told for told in widths if told[0] < _THIN_M)
    for width_m, at in found[:_MOST_OF_A_KIND]:
        params: dict[str, JSON] = {
            "width_m": round(width_m, 2),
            "area_m2": round(_area_m2(shapes[at]), 2),
        }
        yield _told("feature-sliver", params, shapes[at], int(numbers[at]))
    yield from _more("feature-sliver-more", len(found))


def _gaps(shapes: Geometries, numbers: Numbers, pairs: Pairs, budget: _Budget) -> Iterator[Problem]:
    """Yield narrow gaps between neighbours, open at their ends or not."""
    tree = shapely.STRtree(shapes)
    found = []
    for one, other in _timed(pairs, budget):
        gap = _between(shapes[one], shapes[other])
        if gap.is_empty:
            continue
        others = np.setdiff1d(tree.query(gap, predicate="intersects"), (one, other))
        gap = shapely.difference(gap, shapely.union_all(shapes[others]))
        if (area_m2 := _area_m2(gap)) >= SMALLEST_M2:
            found.append((area_m2, one, other, gap))
    found.sort(key=lambda told: -told[0])
    for area_m2, one, other, gap in found[:_MOST_OF_A_KIND]:
        params: dict[str, JSON] = {
            "other": int(numbers[one]),
            "area_m2": round(area_m2, 2),
            "width_m": round(float(_width_m(gap)), 2),
        }
        yield _told("features-gap", params, gap, int(numbers[other]))
    yield from _more("features-gap-more", len(found))


def _between(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Return the parts of the narrow room between two polygons that reach both of them.

    Both are swollen and shrunk again; what has been filled is the room. Mitred corners keep
    notches out of it.
    """
    here = shapely.box(*one.bounds).buffer(2 * _GAP_DEG, join_style="mitre")
    there = shapely.box(*other.bounds).buffer(2 * _GAP_DEG, join_style="mitre")
    both = shapely.union_all([_laid_over(shape, here & there) for shape in (one, other)])
    round_it = {"join_style": "mitre", "mitre_limit": _SHARPEST}
    swollen = shapely.buffer(both, _GAP_DEG / 2, **round_it)
    filled = shapely.difference(shapely.buffer(swollen, -_GAP_DEG / 2, **round_it), both)
    parts = shapely.get_parts(filled)
    reach = [
        part
        for part in parts
        if part.area > 0 and part.distance(one) < _TOUCH_DEG and part.distance(other) < _TOUCH_DEG
    ]
    return shapely.multipolygons(reach) if reach else shapely.MultiPolygon()


def _told(code: str, params: dict[str, JSON], shape: BaseGeometry, number: int) -> Problem:
    place = shapely.point_on_surface(shape)
    return Problem(code, params, "warning", number, lon=float(place.x), lat=float(place.y))


def _more(code: str, count: int) -> Iterator[Problem]:
    if count > _MOST_OF_A_KIND:
        yield Problem(code, {"count": count - _MOST_OF_A_KIND}, "warning")


def _area_m2(shape: BaseGeometry) -> float:
    return float(shapely.area(to_plane(shape)))


def _width_m(shape: BaseGeometry | Geometries) -> NDArray[np.float64]:
    """Return the mean width of a long shape, or of each of several."""
    plane = to_plane(shape)
    return np.asarray(2 * shapely.area(plane) / np.maximum(shapely.length(plane), 1e-9))
