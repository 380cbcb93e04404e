"""The few segments that can matter near a place, so that one point is measured to these alone.

The plane is cut into square cells; c is the centre of one, r from its corners. Let the nearest
segment of a group be D from c, in the direction v, and another one d, in the direction u. From a
point c + w of the cell the other is no nearer than d - w.u, since it lies wholly beyond the line
through its nearest point; the first is no farther than D - w.v + w.w / 2D. If d exceeds D by
more than r |u - v| + r^2 / 2D, or by more than 2 r, the other is nowhere the nearest and is
passed over. What is kept is measured by the arithmetic of ``Lines``: distances are the same to
the last bit.

Cells are made when a point first falls into them, out of the segments that a wider cell around
kept, and remembered. Measured on the plan's layers, 1,200 segments, for a full answer's
distances: 32 us by a pass over all segments, 4 us in a cell made before, 0.15 ms in a new
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, hypot, inf, log, sqrt
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from zones.lookup.line_distances import Floats, Lines, Segment
from zones.ragged_arrays import distinct

Indices = NDArray[np.int64]
Key = tuple[int, int]
"""Column and row of a cell."""
Segments = tuple[Segment, ...]
K = TypeVar("K")
T = TypeVar("T")

CELL_M: Final = 200.0
LEAST_CELL_M: Final = 10.0
MOST_CELLS: Final = 1 << 16
"""So many would cover the lines' bounds; wider layers have larger cells."""
SEGMENTS_IN_CELL: Final = 4
"""On average; denser layers have smaller cells."""
WIDER: Final = 4
"""A cell of the next level is so many cells across; the last level is wider than all lines."""
REMEMBERED: Final = 8192
"""Cells; 2 kB each on the plan's layers, whose bounds have 4,300."""
MOST_SEGMENTS: Final = 1 << 16
SLACK_M: Final = 1e-3
"""Far more than rounding does to coordinates of 10^7 m."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What can matter to the points of one cell, each list in the order of the lines.

    ``groups[g]`` can be the nearest of a group; ``reaches[k]`` can be within reach. ``is_within``
    is what ``Nearby.is_within`` says of all its points, None where they differ.
    """

    groups: tuple[Segments, ...]
    reaches: tuple[Segments, ...]
    is_within: bool | None = False


class Nearby:
    """Measures from one point to the nearest line of each of several groups of lines.

    Never changes but for what it remembers; any number of threads may ask.

    Parameters
    ----------
    groups
        Positions of lines, ascending; a line may be in one group only.
    reaches
        For each kind of reach, how far in metres each line reaches, 0 for not at all; shape
        (n,) for the first n lines, the others have no reach.
    within
        A group of which ``is_within`` tells whether it is so many metres off at most.
    """

    def __init__(
        self,
        lines: Lines,
        groups: Sequence[Sequence[int]],
        reaches: Sequence[Floats],
        *,
        within: tuple[int, float] = (0, 0.0),
    ) -> None:
        self._lines = lines
        self._within = within
        self._first = [group[0] if group else -1 for group in groups]
        self._group = _group_of(groups, lines.count)[lines.owner]
        padded = [_padded(reach, lines.count) for reach in reaches]
        self._reaches = [reach.tolist() for reach in padded]
        self._reach = [reach[lines.owner] for reach in padded]
        self.cell_size_m = _cell_size_m(lines)
        self._all = np.arange(len(lines.owner))
        self._levels = _levels(lines, self.cell_size_m)
        self._wide: dict[tuple[int, Key], Indices] = {}
        self._cells: dict[Key, Cell] = {}
        self._segments: dict[int, Segment] = {}
        self._nowhere = Cell(((),) * len(groups), ((),) * len(reaches))

    @property
    def remembered(self) -> int:
        """How many cells are remembered at the moment."""
        return len(self._cells)

    def cell(self, x: float, y: float) -> Cell:
        """Return the cell of a point of the plane; an empty one for what is not finite."""
        try:
            key = floor(x / self.cell_size_m), floor(y / self.cell_size_m)
        except (OverflowError, ValueError):
            return self._nowhere
        return self._cells.get(key) or self._made(key)

    def nearest_of_each(
        self, cell: Cell, which: Sequence[int], x: float, y: float
    ) -> tuple[list[float], list[int]]:
        """Return how many metres off the nearest line of each of some groups is, and which it is.

        The first of several as near; infinity and the group's first line if none has a place.
        """
        away, lines = [], []
        groups = cell.groups
        for group in which:
            least, best, nearest = inf, inf, self._first[group]
            # Step by step as in ``Lines``, with plain numbers, which are quicker here than arrays.
            for start_x, start_y, dx, dy, scale, line in groups[group]:
                px, py = x - start_x, y - start_y
                along = (px * dx + py * dy) * scale
                if along >= 1.0:
                    px -= dx
                    py -= dy
                elif along > 0.0:
                    px -= along * dx
                    py -= along * dy
                squared = px * px + py * py
                if squared < least:
                    least = squared
                    root = sqrt(squared)
                    # Squares that differ may have one root: then the lines are as near.
                    if root < best:
                        best, nearest = root, line
            away.append(best)
            lines.append(nearest)
        return away, lines

    def is_within(self, cell: Cell, x: float, y: float) -> bool:
        """Return whether the group that is asked so is within its distance."""
        if cell.is_within is not None:
            return cell.is_within
        group, most = self._within
        return self.nearest_of_each(cell, (group,), x, y)[0][0] <= most

    def any_reaches(self, cell: Cell, kind: int, x: float, y: float) -> bool:
        """Return whether the point is nearer to any line than that line reaches."""
        reach = self._reaches[kind]
        for start_x, start_y, dx, dy, scale, line in cell.reaches[kind]:
            px, py = x - start_x, y - start_y
            along = (px * dx + py * dy) * scale
            along = 0.0 if along < 0.0 else 1.0 if along > 1.0 else along
            px -= along * dx
            py -= along * dy
            if sqrt(px * px + py * py) < reach[line]:
                return True
        return False

    def _made(self, key: Key) -> Cell:
        """Return a cell made now; two threads may both make it, and either will do."""
        cell = self._filled(self._around(key, 1), key)
        _remember(self._cells, key, cell)
        return cell

    def _around(self, key: Key, level: int) -> Indices:
        """Return what can matter in the cell of a level that holds a cell of the one below."""
        if level > self._levels:
            return self._all
        key = key[0] // WIDER, key[1] // WIDER
        known = self._wide.get((level, key))
        if known is None:
            size = self.cell_size_m * WIDER**level
            known = self._among(self._around(key, level + 1), key, size)
            _remember(self._wide, (level, key), known)
        return known

    def _among(self, which: Indices, key: Key, size: float) -> Indices:
        """Return those of some segments that can matter to a point of the cell."""
        nearest, within = self._stored(which, key, size)
        return which[np.logical_or.reduce([nearest, *within])]

    def _filled(self, which: Indices, key: Key) -> Cell:
        nearest, within = self._stored(which, key, self.cell_size_m)
        groups: list[Segments] = [() for _ in self._first]
        candidates = which[nearest]
        for group in distinct(self._group[candidates]).tolist():
            groups[group] = self._listed(candidates[self._group[candidates] == group])
        reaches = tuple(self._listed(which[listed]) for listed in within)
        return self._with_verdict(Cell(tuple(groups), reaches), key)

    def _with_verdict(self, cell: Cell, key: Key) -> Cell:
        """Return the cell with what ``is_within`` says of all its points."""
        size = self.cell_size_m
        group, most = self._within
        x, y = (key[0] + 0.5) * size, (key[1] + 0.5) * size
        (away,), _ = self.nearest_of_each(cell, (group,), x, y)
        is_near = away <= most
        is_sure = abs(away - most) > hypot(size, size) / 2 + SLACK_M
        return replace(cell, is_within=is_near if is_sure else None)

    def _stored(
        self, which: Indices, key: Key, size: float
    ) -> tuple[NDArray[np.bool_], list[NDArray[np.bool_]]]:
        """Return which segments can be the nearest of their group, and which within reach."""
        x, y = (key[0] + 0.5) * size, (key[1] + 0.5) * size
        radius = hypot(size, size) / 2 + SLACK_M
        away, u_x, u_y = self._lines.feet(which, x, y)
        group = self._group[which]
        first = _nearest_of_each(group, away, count=len(self._first))[group]
        least = away[first]
        turned = np.hypot(u_x - u_x[first], u_y - u_y[first])
        bend = np.divide(radius / 2, least, out=np.full_like(least, 2.0), where=least > 0)
        margin = radius * np.minimum(turned + bend, 2.0) + SLACK_M
        within = [(reach[which] > 0) & (away < reach[which] + radius) for reach in self._reach]
        return (group >= 0) & (away <= least + margin), within

    def _listed(self, which: Indices) -> Segments:
        # One segment matters in many cells: kept anew in each it would take 5 times the memory.
        known = self._segments
        return tuple([known.get(i) or self._segment(i) for i in which.tolist()])

    def _segment(self, position: int) -> Segment:
        (segment,) = self._lines.segments(np.array([position]))
        _remember(self._segments, position, segment, most=MOST_SEGMENTS)
        return segment


def _nearest_of_each(group: Indices, away: Floats, *, count: int) -> Indices:
    """Return the position of the nearest segment of each group; the last place is of no group."""
    nearest = np.zeros(count + 1, np.int64)
    order = np.argsort(-away, kind="stable")
    # Of several that are put in one place the last stays.
    nearest[group[order]] = order
    return nearest


def _group_of(groups: Sequence[Sequence[int]], count: int) -> Indices:
    """Return the group of each line; -1, the last place of all, for lines in none."""
    of = np.full(count, -1, np.int64)
    for number, group in enumerate(groups):
        of[list(group)] = number
    return of


def _padded(reach: Floats, count: int) -> Floats:
    return np.concatenate([reach, np.zeros(count - len(reach))])


def _cell_size_m(lines: Lines) -> float:
    width, height = _extent_m(lines)
    area = width * height
    fine = sqrt(SEGMENTS_IN_CELL * area / max(1, len(lines.owner)))
    coarse = max(CELL_M, sqrt(area / MOST_CELLS))
    return max(LEAST_CELL_M, min(coarse, fine))


def _levels(lines: Lines, size: float) -> int:
    """Return how many levels of wider cells there are until one is wider than all lines."""
    return max(0, ceil(log(max(*_extent_m(lines), size) / size, WIDER)))


def _extent_m(lines: Lines) -> tuple[float, float]:
    if lines.bounds is None:
        return 0.0, 0.0
    west, south, east, north = lines.bounds
    return east - west, north - south


def _remember(known: dict[K, T], key: K, value: T, *, most: int = REMEMBERED) -> None:
    # All are forgotten at once: to know which one was asked for last costs more at every point.
    if len(known) >= most:
        known.clear()
    known[key] = value
