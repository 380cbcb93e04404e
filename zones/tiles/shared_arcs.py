"""Arcs: the stretches of lines and rings between the places where features part.

Two neighbours that share a border share its arcs, vertex for vertex. What is decided for an arc
from its own vertices alone, whichever way it is walked, is thus decided alike for both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import (
    Flags,
    Integers,
    next_in_run,
    offsets_of,
    previous_in_run,
    ranges,
    run_starts,
)
from zones.tiles.paths import Floats, Paths

Marks = NDArray[np.uint64]

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Arcs:
    """A walk over all vertices of many paths, cut into arcs.

    Attributes
    ----------
    vertices
        Which vertex each step of the walk stands on. A ring is walked from one of its ends of
        arcs, and that vertex stands in the walk twice.
    first, last
        Of each arc, the steps it begins and ends with; the last of one may be the first of the
        next.
    """

    vertices: Integers
    first: Integers
    last: Integers


def vertex_marks(x: Floats, y: Floats) -> Marks:
    """Return a number for each vertex, the same for vertices at the same place.

    Two places among three million share a number with a chance of one in four million. Then a
    vertex more is kept; nothing else depends on it.
    """
    # Adding zero makes -0.0 the same as 0.0, as it is on the map.
    east, north = (x + 0.0).view(np.uint64), (y + 0.0).view(np.uint64)
    mixed = (east ^ (east >> _HALF)) * _MIX[0]
    mixed ^= (mixed >> _HALF) ^ north ^ (north >> _HALF)
    mixed *= _MIX[1]
    marks: Marks = mixed ^ (mixed >> _HALF)
    return marks


def ring_arcs(rings: Paths, marks: Marks) -> Arcs:
    """Return the arcs of rings, none of them empty.

    A ring that parts from no other has one arc: all of it, from the vertex of the smallest mark,
    so that an island and the hole it lies in begin at one place.
    """
    before, after = previous_in_run(rings.offsets), next_in_run(rings.offsets)
    node = _nodes(marks, marks[before], marks[after])
    node[_anchors(rings, marks, node)] = True
    ring = rings.path_of_vertex
    start = np.flatnonzero(node)[run_starts(ring[node])]
    counts = rings.counts + 1  # the first vertex closes the walk
    steps = ranges(start, counts)
    vertices = np.where(
        steps < np.repeat(rings.offsets[1:], counts), steps, steps - np.repeat(counts - 1, counts)
    )
    return _cut(vertices, node[vertices], offsets_of(counts))


def line_arcs(lines: Paths, marks: Marks) -> Arcs:
    """Return the arcs of lines, none of them empty."""
    before, after = previous_in_run(lines.offsets), next_in_run(lines.offsets)
    node = _nodes(marks, marks[before], marks[after])
    node[lines.offsets[:-1]] = True
    node[lines.offsets[1:] - 1] = True
    return _cut(np.arange(len(marks)), node, lines.offsets)


def _nodes(marks: Marks, before: Marks, after: Marks) -> Flags:
    """Return which vertices have other neighbours in one path than in another."""
    order = np.argsort(marks, kind="stable")
    low, high = np.minimum(before, after)[order], np.maximum(before, after)[order]
    grouped = marks[order]
    first = run_starts(grouped)
    parts = _differ(low, first) | _differ(high, first)
    node = np.empty(len(marks), dtype=bool)
    node[order] = np.repeat(parts, np.diff(np.append(first, len(marks))))
    return node


def _differ(values: Marks, first: Integers) -> Flags:
    differ: Flags = np.minimum.reduceat(values, first) != np.maximum.reduceat(values, first)
    return differ


def _anchors(rings: Paths, marks: Marks, node: Flags) -> Integers:
    """Return a vertex of each ring without nodes: the one with the smallest mark."""
    begin = rings.offsets[:-1]
    lonely = ~np.logical_or.reduceat(node, begin)
    least = np.minimum.reduceat(marks, begin)
    hits = np.flatnonzero(lonely[rings.path_of_vertex] & (marks == np.repeat(least, rings.counts)))
    anchors: Integers = hits[run_starts(rings.path_of_vertex[hits])]
    return anchors


def _cut(vertices: Integers, node: Flags, offsets: Integers) -> Arcs:
    ends = np.flatnonzero(node)
    path = np.searchsorted(offsets, ends, side="right")
    same = path[1:] == path[:-1]
    return Arcs(vertices, ends[:-1][same], ends[1:][same])
