"""Edges on a grid: which cells they touch, and where they cross the cells' reference lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zones.cover.cell_tables import (
    REFERENCE_X,
    REFERENCE_Y,
    CoverGrid,
    Floats,
    Ints,
    Ints32,
    owned_ranges,
)

PADDING = 1e-5
"""How far, in cells, an edge reaches beyond itself. Rounding moves places by less than 1e-6 of a
cell, so that an edge that could be met from within a cell is always listed there."""

BATCH = 100_000
"""How many cells are worked out at a time, to bound memory."""


@dataclass(frozen=True, slots=True)
class DistinctEdges:
    """The distinct edges of all polygons, in degrees.

    ``places`` (n, 2) are the vertices of all rings, one after the other; an edge goes from
    vertex ``start`` to the next one. An edge that several polygons share is there once: its
    owners are ``owners[offsets[i]:offsets[i + 1]]``.
    """

    places: Floats
    start: Ints32
    offsets: Ints32
    owners: Ints32

    @property
    def owners_per_edge(self) -> float:
        """Return how many polygons have an edge in common, on average."""
        return len(self.owners) / max(len(self.start), 1)

    def ends(self, edges: Ints | slice, grid: CoverGrid) -> tuple[Floats, Floats, Floats, Floats]:
        """Return both ends of each edge on the grid: ua, va, ub, vb."""
        start = self.start[edges]
        one, other = self.places[start], self.places[start + 1]
        return (*grid.place(one[:, 0], one[:, 1]), *grid.place(other[:, 0], other[:, 1]))

    def owned(self, edges: Ints) -> tuple[Ints, Ints]:
        """Return pairs: position in ``edges``, and each owner of that edge."""
        first = self.offsets[edges].astype(np.int64)
        piece, at = owned_ranges(first, self.offsets[edges + 1] - first)
        return piece, self.owners[at].astype(np.int64)


def touched_cells(outlines: DistinctEdges, grid: CoverGrid) -> Iterator[tuple[Ints, Ints]]:
    """Yield, batch by batch, pairs of edge and cell: every cell that the edge touches.

    Nothing is missed; cells that the edge passes within ``PADDING`` are there too.
    """
    for batch in _batches(outlines, grid):
        ua, va, ub, vb = outlines.ends(batch, grid)
        edge, row = _spread(np.minimum(va, vb), np.maximum(va, vb), grid.rows)
        west, east = _within_row(row, ua[edge], va[edge], ub[edge], vb[edge])
        piece, column = _spread(west, east, grid.columns)
        yield edge[piece] + batch.start, row[piece] * grid.columns + column


def reference_crossings(
    outlines: DistinctEdges, grid: CoverGrid
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield, batch by batch, edge, row and column of each crossing with a line of references.

    The lines go through the reference points of each row of cells; those in the column told
    and in all further ones lie east of the crossing. The column may be one past the last.
    A vertex upon a line counts as above it for both its edges, so that a ring crosses each line
    an even number of times.
    """
    for batch in _batches(outlines, grid):
        ua, va, ub, vb = outlines.ends(batch, grid)
        low, high = (_line_above(v, grid.rows) for v in (np.minimum(va, vb), np.maximum(va, vb)))
        edge, row = owned_ranges(low, high - low)
        u = _u_at(row + REFERENCE_Y, ua[edge], va[edge], ub[edge], vb[edge])
        column = np.clip(np.ceil(u - REFERENCE_X), 0, grid.columns).astype(np.int64)
        yield edge + batch.start, row, column


def _line_above(v: Floats, rows: int) -> Ints:
    row: Ints = np.clip(np.ceil(v - REFERENCE_Y), 0, rows).astype(np.int64)
    return row


def _batches(outlines: DistinctEdges, grid: CoverGrid) -> Iterator[slice]:
    """Yield runs of edges that touch about ``BATCH`` cells together, or a single edge."""
    most = grid.columns + grid.rows
    work = np.cumsum(np.minimum(2 + lengths(outlines) * grid.scale, most))
    begin = 0
    while begin < len(work):
        done = work[begin - 1] if begin else 0.0
        end = max(begin + 1, int(np.searchsorted(work, done + BATCH)))
        yield slice(begin, end)
        begin = end


def lengths(outlines: DistinctEdges) -> Floats:
    """Return each edge's extent in longitude plus that in latitude, in degrees."""
    total = np.zeros(len(outlines.start))
    for place in outlines.places.T:
        total += np.abs(place[outlines.start + 1] - place[outlines.start])
    return total


def _spread(low: Floats, high: Floats, limit: int) -> tuple[Ints, Ints]:
    """Return the cells from ``low`` to ``high``, of those from 0 up to ``limit``."""
    first = np.maximum(np.floor(low - PADDING), 0).astype(np.int64)
    last = np.minimum(np.floor(high + PADDING), limit - 1).astype(np.int64)
    return owned_ranges(first, np.maximum(last - first + 1, 0))


def _within_row(row: Ints, ua: Floats, va: Floats, ub: Floats, vb: Floats) -> tuple[Floats, Floats]:
    """Return the west and east end of what each edge has within its row, padded."""
    one = _u_at(row - PADDING, ua, va, ub, vb)
    other = _u_at(row + 1 + PADDING, ua, va, ub, vb)
    # A level edge has no place at another height: all of it is in the row.
    level = va == vb
    one[level], other[level] = ua[level], ub[level]
    return np.minimum(one, other), np.maximum(one, other)


def _u_at(
    height: NDArray[np.floating[Any]], ua: Floats, va: Floats, ub: Floats, vb: Floats
) -> Floats:
    """Return where the edge is at that height; beyond its ends, the nearer end."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.clip((height - va) / (vb - va), 0, 1)
    # Weighted so that both ends are met exactly.
    u: Floats = ua * (1 - share) + ub * share
    return u
