"""How far a point is from axes, belts and borders, and whether its zone is certain.

Rules 4, 5 and 7 of ``zones.lookup.locator``.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from zones.crs.transform import plane_point_step
from zones.lookup.border_lines import Border
from zones.lookup.line_distances import Floats, Lines
from zones.lookup.lookup_layers import Belt, LookupLayers
from zones.lookup.nearby_line_segments import Cell, Nearby
from zones.lookup.rules_without_distances import ZoneVerdict

BORDER_REPORTED_WITHIN_M = 5000.0

Nearest = tuple[float, int]
"""A distance in metres, and the position of the line that is so far."""


class BeltMeasured(NamedTuple):
    """Which belt, whether it holds the point, and how far its corridor and its lines are."""

    belt: int
    inside: bool
    distance_m: float
    lines_m: tuple[float, ...]


class Measured(NamedTuple):
    """The distances that an answer tells, and how sure it is; empty where there are none."""

    axes: tuple[Nearest, ...]
    belts: tuple[BeltMeasured, ...]
    border: Nearest | None
    certain: bool
    subdistrict_certain: bool


class Distances:
    """Measures from points to the lines of a revision.

    The groups of lines among which the nearest is looked for are: the borders between zones, the
    outlines of the district, each axis, and of each belt the outline and then each line.
    """

    def __init__(self, layers: LookupLayers) -> None:
        lines = Lines(layers.lines)
        between = [i for i, border in enumerate(layers.borders) if border.separates_zones]
        outlines = [district.outline for district in layers.districts]
        self._groups: list[list[int]] = [between, outlines]
        self._has_borders, self._has_outlines = bool(between), bool(outlines)
        self._axes = [self._add(axis.lines) for axis in layers.axes]
        self._belts = [self._add_belt(belt) for belt in layers.belts]
        reaches = [
            _reach((b, b.separates_zones) for b in layers.borders),
            _reach((b, b.separates_subdistricts) for b in layers.borders),
        ]
        self._to_plane = plane_point_step()
        self._nearby = Nearby(lines, self._groups, reaches)
        self._reported_within = _widened(
            lines, max(BORDER_REPORTED_WITHIN_M, *map(_highest, reaches))
        )

    def measured(self, lon: float, lat: float, holding: ZoneVerdict) -> Measured:
        """Return the distances from a place in EPSG:4490, given what holds it."""
        x, y = self._to_plane(lon, lat)
        inside = holding.inside_district
        if not inside and not any(holding.belts) and self._is_far(x, y):
            return Measured((), (), None, not holding.unsure, not holding.subdistrict_unsure)
        nearby, cell = self._nearby, self._nearby.cell(x, y)
        return Measured(
            axes=tuple([nearby.nearest(cell, g, x, y) for g in self._axes]) if inside else (),
            belts=tuple(
                [
                    self._belt(number, cell, (x, y), inside=holds)
                    for number, holds in enumerate(holding.belts)
                    if holds or inside
                ]
            ),
            border=self._border(cell, (x, y), inside=inside),
            certain=not (holding.unsure or nearby.any_reaches(cell, 0, x, y)),
            subdistrict_certain=not (
                holding.subdistrict_unsure or nearby.any_reaches(cell, 1, x, y)
            ),
        )

    def _is_far(self, x: float, y: float) -> bool:
        """Return whether a point is too far from every line for any to be told or to matter."""
        west, south, east, north = self._reported_within
        return not (west <= x <= east and south <= y <= north)

    def _border(self, cell: Cell, at: tuple[float, float], *, inside: bool) -> Nearest | None:
        if not self._has_borders:
            return None
        nearest = self._nearby.nearest(cell, 0, *at)
        if inside:
            return nearest
        outline = self._nearby.nearest(cell, 1, *at) if self._has_outlines else nearest
        return nearest if outline[0] <= BORDER_REPORTED_WITHIN_M else None

    def _belt(
        self, number: int, cell: Cell, at: tuple[float, float], *, inside: bool
    ) -> BeltMeasured:
        outline, lines = self._belts[number]
        away = 0.0 if inside else self._nearby.nearest(cell, outline, *at)[0]
        lines_m = tuple([self._nearby.nearest(cell, group, *at)[0] for group in lines])
        return BeltMeasured(number, inside, away, lines_m)

    def _add_belt(self, belt: Belt) -> tuple[int, list[int]]:
        return self._add([belt.outline]), [self._add([line]) for _, line in belt.lines]

    def _add(self, lines: Iterable[int]) -> int:
        self._groups.append(list(lines))
        return len(self._groups) - 1


def _reach(borders: Iterable[tuple[Border, bool]]) -> Floats:
    """Return how far from each border an answer is not certain; 0 if it does not separate."""
    return np.array([(b.accuracy_m or 0.0) if separates else 0.0 for b, separates in borders])


def _highest(reach: Floats) -> float:
    return float(reach.max(initial=0.0))


def _widened(lines: Lines, by_m: float) -> tuple[float, float, float, float]:
    """Return the lines' bounds, wider by so much and a little for rounding; none without lines."""
    if lines.bounds is None:
        return np.inf, np.inf, -np.inf, -np.inf
    west, south, east, north = lines.bounds
    by_m += 1.0
    return west - by_m, south - by_m, east + by_m, north + by_m
