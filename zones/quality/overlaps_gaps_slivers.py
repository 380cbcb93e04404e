"""How features of one file lie to each other: twice, overlapping, gaping, or as slivers.

All of it is remarked upon and nothing is refused: plans may overlap on purpose. The work is
bounded. Most polygons are cleared by their edges alone (``zones.quality.unshared_edges``); for the
others pairs come from a tree; pairs that would take long are counted and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import to_plane
from zones.model import JSON, Problem
from zones.quality.coverage_winding import MOST_EDGES, covers_once, gaping_pairs
from zones.quality.overlapping_pairs import (
    MOST_OF_A_KIND,
    SMALLEST_M2,
    Budget,
    Geometries,
    Numbers,
    Pairs,
    area_m2,
    laid_over,
    more,
    overlaps,
    pairs_met,
    warning_at,
)
from zones.quality.unshared_edges import UnsharedEdges, unshared_edges
from zones.quality.vertex_hash import edge_hashes, vertex_hashes

Areas = NDArray[np.float64]

_THIN_M = 1.0  # mean width of a polygon that nobody can have drawn on purpose
_GAP_DEG = 1e-5  # about a metre
_SHARPEST = 20.0  # mitre: notches down to 6 degrees are no gaps
_METRES_PER_DEG = 111_320.0
_TOUCH_DEG = 1e-9
_BYTES_OF_A_VERTEX: Final = 100
"""That looking for overlaps takes at most: the vertex as it is kept, its edge's marks, sorted."""
_POLYGONAL: Final = (3, 6)
_NOT_LOOKED_AT: Final = (-1, 0, 4)  # nothing, points


@dataclass(slots=True)
class Relations:
    """Gathers the features of a file while it is read, and looks at them together at its end.

    Of a file that has more vertices than ``memory_bytes`` suffices for none are kept, so that
    reading it takes no more memory the larger it is; that nothing was looked for is told.
    """

    memory_bytes: int | None = None
    _geometries: list[Geometries] = field(default_factory=list)
    _numbers: list[Numbers] = field(default_factory=list)
    _vertices: int = 0

    def take(self, geometries: Geometries, numbers: Numbers) -> None:
        """Keep the lines and polygons of a batch that may be stored.

        Points are passed over: much may stand in one place.
        """
        there = ~np.isin(shapely.get_type_id(geometries), _NOT_LOOKED_AT)
        self._vertices += int(shapely.get_num_coordinates(geometries[there]).sum())
        if self._are_too_many:
            self._geometries.clear()
            self._numbers.clear()
            return
        self._geometries.append(geometries[there])
        self._numbers.append(numbers[there])

    @property
    def _are_too_many(self) -> bool:
        needed = self._vertices * _BYTES_OF_A_VERTEX
        return self.memory_bytes is not None and needed > self.memory_bytes

    def problems(self) -> Iterator[Problem]:
        """Yield warnings, each with its features' numbers and a place, most with an area in m²."""
        if self._are_too_many:
            yield Problem("relations-no-memory", {}, "note")
            return
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
    boxes = shapely.bounds(shapes)
    keys = edge_hashes(vertex_hashes(boxes[:, :2]), vertex_hashes(boxes[:, 2:]))
    _, group, counts = np.unique(keys, return_inverse=True, return_counts=True)
    seen: dict[bytes, int] = {}
    again, first = [], []
    for index in np.flatnonzero(counts[group] > 1).tolist():
        before = seen.setdefault(shapely.to_wkb(shapely.normalize(shapes[index])), index)
        if before != index:
            again.append(index)
            first.append(before)
    return np.array(again, np.int64), np.array(first, np.int64)


def _twice(
    shapes: Geometries, numbers: Numbers, again: Numbers, first: Numbers
) -> Iterator[Problem]:
    for one, other in list(zip(again.tolist(), first.tolist(), strict=True))[:MOST_OF_A_KIND]:
        params: dict[str, JSON] = {"other": int(numbers[other])}
        yield warning_at(shapes[one], "geometry-twice", params, int(numbers[one]))
    yield from more("geometry-twice-more", len(again))


def _among_polygons(shapes: Geometries, numbers: Numbers) -> Iterator[Problem]:
    areas = shapely.area(shapes)
    yield from _slivers(shapes, numbers, areas)
    if len(shapes) < 2:  # noqa: PLR2004 - a pair
        return
    budget = Budget()
    rim = unshared_edges(shapes)
    tree = shapely.STRtree(shapes)
    pairs = _that_may_overlap(shapes, areas, rim, tree, budget)
    yield from _overlaps(shapes, numbers, budget.bearable(shapes, pairs), budget)
    pairs = _that_may_gape(shapes, rim, tree, budget)
    yield from _gaps(shapes, numbers, budget.bearable(shapes, pairs), tree, budget)
    if budget.left_out:
        yield Problem("relations-left-out", {"count": budget.left_out}, "note")


def _that_may_overlap(
    shapes: Geometries, areas: Areas, rim: UnsharedEdges, tree: shapely.STRtree, budget: Budget
) -> Pairs:
    loose = np.flatnonzero(rim.polygons)
    meeting = pairs_met(loose, lambda some: tree.query(shapes[some]), budget)
    if covers_once(shapes, areas, rim):
        return meeting
    places = shapely.point_on_surface(shapes)
    every = np.arange(len(shapes))
    stacked = pairs_met(every, lambda some: tree.query(places[some], predicate="within"), budget)
    return np.unique(np.hstack([meeting, stacked]), axis=1)


def _that_may_gape(
    shapes: Geometries, rim: UnsharedEdges, tree: shapely.STRtree, budget: Budget
) -> Pairs:
    if len(rim.owner) <= MOST_EDGES:
        return gaping_pairs(shapes, rim, _GAP_DEG, budget)
    loose = np.flatnonzero(rim.polygons)
    near = pairs_met(
        loose, lambda some: tree.query(shapes[some], predicate="dwithin", distance=_GAP_DEG), budget
    )
    return near[:, rim.polygons[near].all(axis=0)]


def _overlaps(
    shapes: Geometries, numbers: Numbers, pairs: Pairs, budget: Budget
) -> Iterator[Problem]:
    found = overlaps(shapes, pairs, budget)
    for overlap in found[:MOST_OF_A_KIND]:
        other, number = int(numbers[overlap.one]), int(numbers[overlap.other])
        params: dict[str, JSON] = {"other": other, "area_m2": round(overlap.area_m2, 2)}
        yield warning_at(overlap.common, "features-overlap", params, number)
    yield from more("features-overlap-more", len(found))


def _slivers(shapes: Geometries, numbers: Numbers, areas: Areas) -> Iterator[Problem]:
    """Yield the polygons whose mean width is below a metre: twice the area by the perimeter."""
    with np.errstate(divide="ignore", invalid="ignore"):
        width_deg = 2 * areas / shapely.length(shapes)
    thin = np.flatnonzero(width_deg * _METRES_PER_DEG < 2 * _THIN_M)
    widths = zip(np.atleast_1d(_width_m(shapes[thin])).tolist(), thin.tolist(), strict=True)
    found = sorted(width for width in widths if width[0] < _THIN_M)
    for width_m, at in found[:MOST_OF_A_KIND]:
        params: dict[str, JSON] = {
            "width_m": round(width_m, 2),
            "area_m2": round(area_m2(shapes[at]), 2),
        }
        yield warning_at(shapes[at], "feature-sliver", params, int(numbers[at]))
    yield from more("feature-sliver-more", len(found))


def _gaps(
    shapes: Geometries, numbers: Numbers, pairs: Pairs, tree: shapely.STRtree, budget: Budget
) -> Iterator[Problem]:
    """Yield narrow gaps between neighbours, open at their ends or not."""
    found = []
    for one, other in budget.timed(pairs):
        gap = _between(shapes[one], shapes[other])
        if gap.is_empty:
            continue
        others = np.setdiff1d(tree.query(gap, predicate="intersects"), (one, other))
        gap = shapely.difference(gap, shapely.union_all(shapes[others]))
        if (gap_m2 := area_m2(gap)) >= SMALLEST_M2:
            found.append((gap_m2, one, other, gap))
    found.sort(key=lambda each: -each[0])
    for gap_m2, one, other, gap in found[:MOST_OF_A_KIND]:
        params: dict[str, JSON] = {
            "other": int(numbers[one]),
            "area_m2": round(gap_m2, 2),
            "width_m": round(float(_width_m(gap)), 2),
        }
        yield warning_at(gap, "features-gap", params, int(numbers[other]))
    yield from more("features-gap-more", len(found))


def _between(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Return the parts of the narrow room between two polygons that reach both of them.

    Both are swollen and shrunk again; what has been filled is the room. Mitred corners keep
    notches out of it.
    """
    here = shapely.box(*one.bounds).buffer(2 * _GAP_DEG, join_style="mitre")
    there = shapely.box(*other.bounds).buffer(2 * _GAP_DEG, join_style="mitre")
    both = shapely.union_all([laid_over(shape, here & there) for shape in (one, other)])
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


def _width_m(shape: BaseGeometry | Geometries) -> NDArray[np.float64]:
    """Return the mean width of a long shape, or of each of several."""
    plane = to_plane(shape)
    return np.asarray(2 * shapely.area(plane) / np.maximum(shapely.length(plane), 1e-9))
