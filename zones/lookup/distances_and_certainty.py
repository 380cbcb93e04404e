"""How far a point is from axes, belts and borders, and whether its zone is certain.

Rules 4, 5 and 7 of ``zones.lookup.locator``.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from zones.crs.transform import plane_point_step
from zones.lookup.border_lines import Border
from zones.lookup.line_distances import Floats, Lines
from zones.lookup.lookup_layers import Belt, LookupLayers
from zones.lookup.nearby_line_segments import Nearby
from zones.lookup.rules_without_distances import ZoneVerdict

BORDER_REPORTED_WITHIN_M = 5000.0
_BORDERS, _OUTLINES = 0, 1
"""Groups of lines: borders between zones, outlines of the district."""

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


class Asked(NamedTuple):
    """What is measured of every point that the same polygons hold, told by ``Distances.asked``.

    ``groups`` are those without the borders between zones, and with them.
    """

    groups: tuple[tuple[int, ...], tuple[int, ...]]
    belts: tuple[tuple[int, bool], ...]
    inside_district: bool
    may_be_far: bool
    sure: bool
    subdistrict_sure: bool


Told = tuple[list[float], list[int], bool, bool, bool]
"""Metres to the nearest line of each group that is asked, and which line that is; whether the last
of them is a border between zones; whether zones and subdistrict are certain."""


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
        self._has_borders = bool(between)
        self._axes = [self._add(axis.lines) for axis in layers.axes]
        self._belts = [self._add_belt(belt) for belt in layers.belts]
        reaches = [
            _reach((b, b.separates_zones) for b in layers.borders),
            _reach((b, b.separates_subdistricts) for b in layers.borders),
        ]
        self._to_plane = plane_point_step()
        district = _OUTLINES if outlines else _BORDERS
        within = (district, BORDER_REPORTED_WITHIN_M)
        self._nearby = Nearby(lines, self._groups, reaches, within=within)
        self._reported_within = _widened(
            lines, max(BORDER_REPORTED_WITHIN_M, *map(_highest, reaches))
        )

    def asked(self, holding: ZoneVerdict) -> Asked:
        """Return what is to be measured of points, given what holds them; to be kept."""
        inside = holding.inside_district
        belts = tuple((i, holds) for i, holds in enumerate(holding.belts) if holds or inside)
        groups = list(self._axes) if inside else []
        for number, holds in belts:
            outline, lines = self._belts[number]
            groups += lines if holds else [outline, *lines]
        return Asked(
            groups=(tuple(groups), (*groups, _BORDERS)),
            belts=belts,
            inside_district=inside,
            may_be_far=not inside and not any(holding.belts),
            sure=not holding.unsure,
            subdistrict_sure=not holding.subdistrict_unsure,
        )

    def told(self, lon: float, lat: float, asked: Asked) -> Told:
        """Return the distances from a place in EPSG:4490 as plain lists, the quickest way."""
        groups, _, inside, may_be_far, sure, subdistrict_sure = asked
        x, y = self._to_plane(lon, lat)
        if may_be_far and self._is_far(x, y):
            return [], [], False, sure, subdistrict_sure
        nearby = self._nearby
        cell = nearby.cell(x, y)
        has_border = self._has_borders and (inside or nearby.is_within(cell, x, y))
        metres, lines = nearby.nearest_of_each(cell, groups[has_border], x, y)
        sure = sure and not nearby.any_reaches(cell, 0, x, y)
        subdistrict_sure = subdistrict_sure and not nearby.any_reaches(cell, 1, x, y)
        return metres, lines, has_border, sure, subdistrict_sure

    def certainty(self, lon: float, lat: float, asked: Asked) -> tuple[bool, bool]:
        """Return whether zones and subdistrict of a place are certain, as ``told`` does."""
        *_, sure, subdistrict_sure = self.told(lon, lat, asked._replace(groups=((), ())))
        return sure, subdistrict_sure

    def measured(self, lon: float, lat: float, asked: Asked) -> Measured:
        """Return what ``told`` tells, each under its name."""
        metres, lines, _, certain, subdistrict_certain = self.told(lon, lat, asked)
        nearest = zip(metres, lines, strict=True)
        axes = tuple([next(nearest) for _ in self._axes]) if asked.inside_district else ()
        belts = tuple([self._belt(nearest, number, holds) for number, holds in asked.belts])
        return Measured(axes, belts, next(nearest, None), certain, subdistrict_certain)

    def _is_far(self, x: float, y: float) -> bool:
        """Return whether a point is too far from every line for any to be told or to matter."""
        west, south, east, north = self._reported_within
        return not (west <= x <= east and south <= y <= north)

    def _belt(self, nearest: Iterator[Nearest], number: int, holds: bool) -> BeltMeasured:
        away = 0.0 if holds else next(nearest)[0]
        lines_m = tuple([next(nearest)[0] for _ in self._belts[number][1]])
        return BeltMeasured(number, holds, away, lines_m)

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
