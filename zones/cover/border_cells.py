"""Border cells: which polygons may hold their points, and the edges that decide it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from zones.cover.cell_tables import (
    MASK_BITS,
    REFERENCE_X,
    REFERENCE_Y,
    Bools,
    CoverGrid,
    Filling,
    Floats32,
    Ints,
    Ints32,
    Masks,
    distinct,
)
from zones.cover.edges_on_grid import DistinctEdges
from zones.cover.reference_points import Runs
from zones.ragged_arrays import run_starts

MOST_EDGES = 64
"""In a cell with more edges than that, the polygons' own indexes are quicker."""
PAIRS_AT_A_TIME = 1 << 16
"""Of a cell and a polygon with an edge in it, to bound memory."""


class BorderCells(NamedTuple):
    """The border cells, ascending, and their part of ``CoverTables``.

    The table has one row more than there are cells: that of a crowded cell.
    """

    cells: Ints32
    table: Ints32
    members: Ints32
    edges: Floats32
    edge_owners: Masks


def borders_of(
    outlines: DistinctEdges, grid: CoverGrid, runs: Runs, touches: Ints, polygons: int
) -> BorderCells:
    """Return the border cells: those that an edge touches.

    Parameters
    ----------
    touches
        cell * 2**32 + edge, ascending.
    """
    most = len(touches)
    cells, table = Filling((most,), np.int32), Filling((most + 1, 4), np.int32)
    edges, owners = Filling((most, 4), np.float32), Filling((most,), np.uint32)
    members = [np.empty(0, np.int32)]
    listed = 0
    for part in _parts(touches, outlines.owners_per_edge):
        batch = _batch(outlines, grid, runs, part, polygons)
        cells.add(batch.cells)
        table.add(batch.table + np.array([len(edges), 0, listed, 0], np.int32))
        edges.add(batch.edges)
        owners.add(batch.edge_owners)
        members.append(batch.members)
        listed += len(batch.members)
    table.add(np.zeros((1, 4), np.int32))
    return BorderCells(
        cells.filled(), table.filled(), np.concatenate(members), edges.filled(), owners.filled()
    )


def _parts(touches: Ints, owners_per_edge: float) -> Iterator[Ints]:
    """Yield the touches in parts that end where a cell ends."""
    most = max(1, int(PAIRS_AT_A_TIME / max(owners_per_edge, 1)))
    begin = 0
    while begin < len(touches):
        end = min(begin + most, len(touches))
        if end < len(touches):
            end = int(np.searchsorted(touches, ((touches[end] >> 32) + 1) << 32))
        yield touches[begin:end]
        begin = end


def _batch(
    outlines: DistinctEdges, grid: CoverGrid, runs: Runs, touches: Ints, polygons: int
) -> BorderCells:
    """Return the cells of some touches; their edges and lists count from 0."""
    cell, edge = touches >> 32, touches & 0xFFFFFFFF
    first = run_starts(cell)
    cells, edge_counts = cell[first], np.diff(first, append=len(cell))
    which = np.repeat(np.arange(len(cells)), edge_counts)
    piece, owner = outlines.owned(edge)
    covered, holder = runs.members_at(cells)
    touching, holding = (which[piece], owner), (covered, holder)
    lists = _Lists(touching, holding, cells=len(cells), polygons=polygons)
    clear = (lists.sizes <= MASK_BITS) & (edge_counts <= MOST_EDGES)
    is_clear = clear[which]
    flips = _combined(np.bitwise_xor, lists.bits(*touching), piece, len(edge))
    inside = _combined(np.bitwise_or, lists.bits(*holding), covered, len(cells))
    edge_counts, list_sizes = edge_counts * clear, lists.sizes * clear
    table = _before(edge_counts), edge_counts, _before(list_sizes), inside.view(np.int32)
    return BorderCells(
        cells=cells.astype(np.int32),
        table=np.stack(table, axis=1).astype(np.int32),
        members=lists.members(clear),
        edges=_seen_from_reference(outlines, grid, cell[is_clear], edge[is_clear]),
        edge_owners=flips[is_clear],
    )


class _Lists:
    """For each cell, ascending, the polygons that have an edge in it or hold its reference."""

    def __init__(
        self, touching: tuple[Ints, Ints], holding: tuple[Ints, Ints], *, cells: int, polygons: int
    ) -> None:
        self._polygons = polygons
        self._keys = distinct(np.concatenate([self._key(*touching), self._key(*holding)]))
        self._offsets = np.searchsorted(self._keys, np.arange(cells + 1) * polygons)
        self.sizes = np.diff(self._offsets)

    def bits(self, cell: Ints, polygon: Ints) -> Masks:
        """Return for each pair of cell and polygon the bit of the polygon's place in the list."""
        place = np.searchsorted(self._keys, self._key(cell, polygon)) - self._offsets[cell]
        # Places beyond the mask are in crowded cells, whose masks are not used.
        return np.uint32(1) << (place % MASK_BITS).astype(np.uint32)

    def members(self, cells: Bools) -> Ints32:
        """Return the lists of those cells, one after the other."""
        return (self._keys % self._polygons)[np.repeat(cells, self.sizes)].astype(np.int32)

    def _key(self, cell: Ints, polygon: Ints) -> Ints:
        return cell * self._polygons + polygon


def _before(counts: Ints) -> Ints:
    """Return how many came before each."""
    return np.cumsum(counts) - counts


def _combined(combine: np.ufunc, bits: Masks, group: Ints, groups: int) -> Masks:
    """Return each group's bits combined; ``group`` ascends, and may leave groups out."""
    combined = np.zeros(groups, np.uint32)
    if len(group):
        first = run_starts(group)
        combined[group[first]] = combine.reduceat(bits, first)
    return combined


def _seen_from_reference(
    outlines: DistinctEdges, grid: CoverGrid, cell: Ints, edge: Ints
) -> Floats32:
    """Return rows ax, ay, bx, by: the ends of each edge, in cells from the cell's reference."""
    row, column = np.divmod(cell, grid.columns)
    ua, va, ub, vb = outlines.ends(edge, grid)
    seen = np.empty((len(cell), 4), np.float32)
    seen[:, 0], seen[:, 1] = ua - column - REFERENCE_X, va - row - REFERENCE_Y
    seen[:, 2], seen[:, 3] = ub - column - REFERENCE_X, vb - row - REFERENCE_Y
    return seen
