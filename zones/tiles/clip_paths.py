"""Cutting paths at the edges of a box, all paths of a tile at once.

Rings are cut side by side after Sutherland and Hodgman: a ring stays one ring, what lies outside
is drawn together onto the box's edge, and no part of the inside changes sides. Where a line
meets an edge is computed from its outer end, so that two neighbours that walk a common border in
opposite directions find the same place to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from zones.ragged_arrays import Flags, Integers, next_in_run, offsets_of
from zones.tiles.paths import Floats, Paths
from zones.tiles.shapes_on_grid import GridWindow


@dataclass(frozen=True, slots=True)
class _Cut:
    """What becomes of vertices at one side of a box.

    ``at`` is where each vertex's output begins: itself if it stays, then the place where the
    line from it to the next crosses the side. ``entered_at`` is where in the output lines come
    in from outside.
    """

    stays: Flags
    at: Integers
    entered_at: Integers
    x: Floats
    y: Floats


def clip_points(points: Paths, box: GridWindow) -> Paths:
    """Return the points in the box; some paths may be left with none."""
    inside = (points.x >= box.left) & (points.x <= box.right)
    inside &= (points.y >= box.top) & (points.y <= box.bottom)
    return points.vertices(inside)


def clip_rings(rings: Paths, box: GridWindow) -> Paths:
    """Return the rings cut at the box, as many as there were; some may be left with no vertex.

    A ring cut in two is one ring whose parts are joined along the box's edge.
    """
    for side in _SIDES:
        beyond = side(rings, box)
        if (beyond > 0).any():
            cut = _cut(rings, beyond, next_in_run(rings.offsets))
            rings = Paths(cut.x, cut.y, cut.at[rings.offsets], rings.owner, rings.shell)
    return rings


def clip_lines(lines: Paths, box: GridWindow) -> Paths:
    """Return the pieces of the lines in the box, in their order.

    A line that only touches the box may leave a piece of a single vertex.
    """
    for side in _SIDES:
        beyond = side(lines, box)
        if (beyond > 0).any():
            following = np.arange(1, len(lines.x) + 1)
            following[lines.offsets[1:] - 1] -= 1  # the last vertex of a line goes nowhere
            lines = _pieces(lines, _cut(lines, beyond, following))
    return lines


def _pieces(lines: Paths, cut: _Cut) -> Paths:
    """Return the pieces; one begins with a line, and wherever a line comes in from outside."""
    line = lines.path_of_vertex
    starts = np.zeros(len(cut.x), dtype=bool)
    first = lines.offsets[:-1]
    starts[cut.at[first[cut.stays[first]]]] = True
    starts[cut.entered_at] = True
    begin = np.flatnonzero(starts)
    source = np.searchsorted(cut.at, begin, side="right") - 1
    owner = lines.owner[line[source]]
    offsets = np.append(begin, len(cut.x))
    return Paths(cut.x, cut.y, offsets, owner, np.ones(len(owner), dtype=bool))


def _cut(paths: Paths, beyond: Floats, following: Integers) -> _Cut:
    """Return the cut at one side; ``beyond`` is how far outside it each vertex is."""
    stays = beyond <= 0
    crosses = stays != stays[following]
    at = offsets_of(stays + crosses.astype(np.int64))
    start = crosses.nonzero()[0]
    end, leaves = following[start], stays[start]
    outer, inner = np.where(leaves, end, start), np.where(leaves, start, end)
    share = beyond[outer] / (beyond[outer] - beyond[inner])
    stays_at, crossed_at = at[:-1][stays], at[start] + leaves
    cut = _Cut(stays, at, crossed_at[~leaves], np.empty(at[-1]), np.empty(at[-1]))
    for values, out in ((paths.x, cut.x), (paths.y, cut.y)):
        out[stays_at] = values[stays]
        out[crossed_at] = values[outer] + share * (values[inner] - values[outer])
    return cut


# How far outside a side each vertex is.
_SIDES: Final[tuple[Callable[[Paths, GridWindow], Floats], ...]] = (
    lambda paths, box: box.left - paths.x,
    lambda paths, box: paths.x - box.right,
    lambda paths, box: box.top - paths.y,
    lambda paths, box: paths.y - box.bottom,
)
