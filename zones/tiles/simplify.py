"""How much each vertex matters: the Douglas-Peucker method, worked out once for all zooms.

A vertex's weight is how far the drawn line would stray without it. A tile keeps the vertices
whose weight is more than a fraction of its unit, so that one number for each vertex serves every
zoom, and what a zoom shows a deeper one shows too.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Integers, ranges, run_starts
from zones.tiles.paths import Floats, GeomType, Paths
from zones.tiles.shared_arcs import Arcs, Marks, line_arcs, ring_arcs, vertex_marks

Weights = NDArray[np.float32]

MAX_ROUNDS: Final = 32
"""A line of n vertices takes about log2(n) rounds, a spiral made to do harm n of them."""


def vertex_weights(paths: Paths, kind: GeomType) -> Weights:
    """Return the weight of every vertex, in the unit of ``x`` and ``y``.

    Ends of lines, and places where a border of features parts, weigh infinitely: neighbours keep
    one border at every zoom. So do points.
    """
    weights = np.full(len(paths.x), np.inf, dtype=np.float32)
    if kind is GeomType.POINT or not len(paths.x):
        return weights
    marks = vertex_marks(paths.x, paths.y)
    arcs = ring_arcs(paths, marks) if kind is GeomType.POLYGON else line_arcs(paths, marks)
    walked = _weights_along(arcs, paths.x[arcs.vertices], paths.y[arcs.vertices], marks)
    # A ring's first vertex is walked twice and has the same weight both times.
    weights[arcs.vertices] = walked
    return weights


def _weights_along(arcs: Arcs, x: Floats, y: Floats, marks: Marks) -> Floats:
    """Return the weight of every step of the walk; all arcs are divided at the same time."""
    walked = marks[arcs.vertices]
    weights = np.full(len(x), np.inf)
    first, last = arcs.first, arcs.last
    limit = np.full(len(first), np.inf)
    for _ in range(MAX_ROUNDS):
        long = last - first > 1
        first, last, limit = first[long], last[long], limit[long]
        if not len(first):
            break
        steps = ranges(first + 1, last - first - 1)
        chord = np.repeat(np.arange(len(first)), last - first - 1)
        away = _distances(x, y, walked, steps, (first[chord], last[chord]))
        # No vertex weighs more than the one that was chosen before it: zooms are nested.
        np.minimum(away, limit[chord], out=away)
        weights[steps] = away
        middle = _farthest(away, walked[steps], steps, chord)
        limit = np.tile(weights[middle], 2)
        first, last = np.concatenate([first, middle]), np.concatenate([middle, last])
    return weights


def _farthest(away: Floats, marks: Marks, steps: Integers, chord: Integers) -> Integers:
    """Return the step farthest from each chord; of several, the one of the smallest mark."""
    begin = run_starts(chord)
    most = np.maximum.reduceat(away, begin)
    marks = np.where(away == most[chord], marks, np.iinfo(np.uint64).max)
    least = np.minimum.reduceat(marks, begin)
    found: Integers = np.minimum.reduceat(
        np.where(marks == least[chord], steps, np.iinfo(np.int64).max), begin
    )
    return found


def _distances(
    x: Floats, y: Floats, marks: Marks, steps: Integers, chord: tuple[Integers, Integers]
) -> Floats:
    """Return how far each step is from its chord, to the last bit the same both ways round."""
    turned = marks[chord[0]] > marks[chord[1]]
    a, b = np.where(turned, chord[1], chord[0]), np.where(turned, chord[0], chord[1])
    dx, dy = x[b] - x[a], y[b] - y[a]
    px, py = x[steps] - x[a], y[steps] - y[a]
    squared = dx * dx + dy * dy
    # A chord of no length is a point: a whole ring is divided by its farthest vertex.
    scale = np.divide(1.0, squared, out=np.zeros_like(squared), where=squared > 0)
    along = np.clip((px * dx + py * dy) * scale, 0.0, 1.0)
    away: Floats = np.hypot(px - along * dx, py - along * dy)
    return away
