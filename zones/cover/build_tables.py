"""Building a grid cover's tables from polygons, by whole arrays."""

from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from zones.cover.border_cells import BorderCells, borders_of
from zones.cover.cell_tables import Codes, CoverGrid, CoverTables, Floats, Ints, Ints32
from zones.cover.edges_on_grid import PADDING, DistinctEdges, reference_crossings, touched_cells
from zones.cover.grid_size import grids
from zones.cover.reference_points import Runs, Spans
from zones.cover.unique_edges import Geometries, check_polygons, in_parts, outlines_of

MOST_PAIRS = 1 << 24
"""Of a cell and an edge, or a cell and a polygon, to be held in memory at once; see also next."""
PAIRS_AN_EDGE = 4
"""So many for each edge of each polygon in any case: that many there are on any useful grid."""


def build_tables(
    geometries: Geometries, ambiguous: Ints, *, cells: int | None = None
) -> CoverTables:
    """Return the tables of a cover of ``geometries``; see ``zones.cover.grid_cover.build_cover``.

    What lies in the bounds of parts of ``ambiguous`` polygons is left to shapely.
    """
    check_polygons(geometries)
    drawn = geometries.copy()
    drawn[ambiguous] = None
    outlines = outlines_of(drawn)
    choice = grids(shapely.bounds(geometries), outlines, cells)
    grid, runs, touches = _drawn(outlines, choice, len(geometries))
    borders = borders_of(outlines, grid, runs, touches, len(geometries))
    del outlines, touches  # most of the memory, at 200,000 polygons
    left = _left_to_shapely(grid, shapely.bounds(in_parts(geometries[ambiguous])[0]))
    return _tables(grid, runs, borders, left, polygons=len(geometries))


def _drawn(
    outlines: DistinctEdges, choice: Iterable[CoverGrid], polygons: int
) -> tuple[CoverGrid, Runs, Ints]:
    """Return the first grid on which the polygons do not take too much memory, and them on it.

    The last one is taken whatever it takes.
    """
    *finer, coarsest = choice
    most = max(MOST_PAIRS, PAIRS_AN_EDGE * len(outlines.owners))
    for grid in finer:
        spans = _spans(outlines, grid)
        if spans.pairs() > most:
            continue
        runs = spans.runs(polygons)
        del spans
        touches = _touches(outlines, grid)
        shared = len(touches) * outlines.owners_per_edge
        if runs.pairs_at(touches >> 32) + shared <= most:
            return grid, runs, touches
    return coarsest, _spans(outlines, coarsest).runs(polygons), _touches(outlines, coarsest)


def _spans(outlines: DistinctEdges, grid: CoverGrid) -> Spans:
    keys = [np.empty(0, np.int64)]
    stride = grid.columns + 1
    for edge, row, column in reference_crossings(outlines, grid):
        piece, owner = outlines.owned(edge)
        keys.append(owner * (grid.rows * stride) + (row * stride + column)[piece])
    # A ring crosses each line an even number of times, so that sorted keys come in pairs.
    crossings = np.concatenate(keys)
    crossings.sort()
    crossings = crossings.reshape(-1, 2)
    crossings = crossings[crossings[:, 0] < crossings[:, 1]]
    line, column = np.divmod(crossings, stride)
    polygon, row = np.divmod(line[:, 0], grid.rows)
    begin, end = (row * grid.columns + column[:, i] for i in (0, 1))
    return Spans(*(array.astype(np.int32) for array in (begin, end, polygon)))


def _touches(outlines: DistinctEdges, grid: CoverGrid) -> Ints:
    """Return cell * 2**32 + edge, ascending, for every cell that an edge touches."""
    keys = [np.empty(0, np.int64)]
    keys.extend((cell << 32) | edge for edge, cell in touched_cells(outlines, grid))
    touches = np.concatenate(keys)
    touches.sort()
    return touches


def _left_to_shapely(grid: CoverGrid, bounds: Floats) -> Iterator[tuple[slice, slice]]:
    """Yield rows and columns of cells without an answer of their own."""
    every, ends = slice(None), (slice(1), slice(-1, None))
    if not grid.whole:
        yield from ((end, every) for end in ends)
        yield from ((every, end) for end in ends)
    low = np.stack(grid.place(bounds[:, 0], bounds[:, 1]), axis=1) - PADDING
    high = np.stack(grid.place(bounds[:, 2], bounds[:, 3]), axis=1) + PADDING
    last = grid.columns - 1, grid.rows - 1
    for first, stop in zip(np.clip(low, 0, last), np.clip(high, 0, last) + 1, strict=True):
        columns, rows = map(slice, first.astype(int).tolist(), stop.astype(int).tolist())
        yield rows, columns


def _tables(
    grid: CoverGrid,
    runs: Runs,
    borders: BorderCells,
    left: Iterable[tuple[slice, slice]],
    *,
    polygons: int,
) -> CoverTables:
    code, first, offsets, members = _sets(runs, polygons)
    most = max(len(first), len(borders.cells) + 1)
    narrow = np.int16 if most <= np.iinfo(np.int16).max else np.int32
    codes: Codes = np.repeat(code.astype(narrow), np.diff(runs.begin, append=grid.cells))
    codes[borders.cells] = ~np.arange(len(borders.cells))
    crowded = len(borders.cells)
    for rows, columns in left:
        codes.reshape(grid.rows, grid.columns)[rows, columns] = ~crowded
    return CoverTables(
        grid=grid,
        codes=codes,
        set_first=first,
        set_offsets=offsets,
        set_members=members,
        border_cells=borders.table,
        border_members=borders.members,
        edges=borders.edges,
        edge_owners=borders.edge_owners,
    )


def _sets(runs: Runs, polygons: int) -> tuple[Ints, Ints32, Ints32, Ints32]:
    """Return each run's set, and all sets: first member, offsets, members.

    Set 0 is empty, set 1 + k holds polygon k alone; each run of several has a set of its own.
    """
    size = np.diff(runs.offsets)
    several = size > 1
    code = np.zeros(len(size), np.int64)
    code[size == 1] = 1 + runs.members[runs.offsets[:-1][size == 1]]
    code[several] = 1 + polygons + np.arange(several.sum())
    alone = np.arange(polygons)
    first = np.r_[-1, alone, runs.members[runs.offsets[:-1][several]]]
    sizes = np.r_[0, np.ones(polygons, np.int64), size[several]]
    members = np.r_[alone, runs.members[np.repeat(several, size)]]
    offsets = np.r_[0, np.cumsum(sizes)]
    return code, first.astype(np.int32), offsets.astype(np.int32), members.astype(np.int32)
