"""Points in a grid cover: most are answered by their cell, some by the edges in it."""

from dataclasses import dataclass

import numpy as np

from zones.cover.cell_tables import (
    REFERENCE_X,
    REFERENCE_Y,
    Bools,
    Codes,
    CoverTables,
    Floats,
    Floats32,
    Ints,
    Ints32,
    Masks,
    owned_ranges,
)
from zones.cover.exact_by_shapely import PointTest
from zones.ragged_arrays import run_starts

SLACK = np.float32(2.0**-20)


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of some points.

    Point ``border[i]`` lies in a border cell, in those polygons that ``masks[i]`` picks from the
    list beginning at ``lists[i]``. Point ``tested[i]`` lies in polygon ``holders[i]``; these
    pairs ascend. The others lie in the polygons of set ``sets[i]``.
    """

    sets: Ints32
    border: Ints
    masks: Masks
    lists: Ints32
    tested: Ints
    holders: Ints


def whole_sets(tables: CoverTables, lon: Floats, lat: Floats) -> Codes:
    """Return the number of the set that holds each point's whole cell; below 0 in border cells.

    What ``answers`` says of points in border cells takes several times as long.
    """
    u, v = _within_grid(tables, lon, lat)
    return _codes(tables, u.astype(np.int32), v.astype(np.int32))


def answers(tables: CoverTables, exact: PointTest, lon: Floats, lat: Floats) -> Answers:
    """Return what ``shapely.intersects_xy`` would say of the points.

    Points that are not finite lie in no polygon.
    """
    u, v = _within_grid(tables, lon, lat)
    column, row = u.astype(np.int32), v.astype(np.int32)
    codes = _codes(tables, column, row)
    border = np.flatnonzero(codes < 0)
    x = (u[border] - column[border] - REFERENCE_X).astype(np.float32)
    y = (v[border] - row[border] - REFERENCE_Y).astype(np.float32)
    cells = tables.border_cells.take(~codes[border], axis=0)
    masks, sure = _by_edges(tables, cells, x, y)
    doubtful = border[~sure]
    tested, holders = exact.pairs(lon[doubtful], lat[doubtful])
    return Answers(
        sets=np.maximum(codes, 0),
        border=border[sure],
        masks=masks[sure],
        lists=cells[sure, 2],
        tested=doubtful[tested],
        holders=holders,
    )


def lowest_members(tables: CoverTables, found: Answers) -> Ints32:
    """Return for each point the lowest polygon that it lies in, or -1."""
    lowest = tables.set_first.take(found.sets)
    some = np.flatnonzero(found.masks)
    place = found.lists[some] + _lowest_bits(found.masks[some])
    lowest[found.border[some]] = tables.border_members[place]
    first = run_starts(found.tested)
    lowest[found.tested[first]] = found.holders[first]
    return lowest


def all_members(tables: CoverTables, found: Answers) -> tuple[Ints, Ints32]:
    """Return how many polygons each point lies in, and which: point by point, ascending."""
    size = tables.set_offsets.take(found.sets + 1) - tables.set_offsets.take(found.sets)
    counts = size.astype(np.int64)
    counts[found.border] = np.bitwise_count(found.masks)
    counts += np.bincount(found.tested, minlength=len(counts))
    begin = np.cumsum(counts) - counts
    members = np.empty(int(counts.sum()), np.int32)
    one, several = np.flatnonzero(size == 1), np.flatnonzero(size > 1)
    members[begin[one]] = tables.set_first.take(found.sets[one])
    _put_sets(members, begin[several], tables, found.sets[several])
    _put_masked(members, begin[found.border], tables, found)
    members[begin[found.tested] + _ranks(found.tested)] = found.holders
    return counts, members


def _put_sets(members: Ints32, begin: Ints, tables: CoverTables, sets: Ints32) -> None:
    """Write all members of the sets."""
    first = tables.set_offsets.take(sets).astype(np.int64)
    point, at = owned_ranges(first, tables.set_offsets.take(sets + 1) - first)
    members[begin[point] + at - first[point]] = tables.set_members[at]


def _put_masked(members: Ints32, begin: Ints, tables: CoverTables, found: Answers) -> None:
    """Write the polygons that the masks pick, one bit of all masks at a time."""
    masks, lists = found.masks, found.lists
    while masks.size:
        some = np.flatnonzero(masks)
        masks, lists, begin = masks[some], lists[some], begin[some]
        members[begin] = tables.border_members[lists + _lowest_bits(masks)]
        masks, begin = masks & (masks - np.uint32(1)), begin + 1


def _ranks(ascending: Ints) -> Ints:
    """Return how many equal values stand before each one."""
    first = run_starts(ascending)
    counts = np.diff(first, append=len(ascending))
    return np.arange(len(ascending)) - np.repeat(first, counts)


def _lowest_bits(masks: Masks) -> Ints:
    """Return the place of each mask's lowest bit, from 0."""
    places: Ints = np.bitwise_count((masks & -masks) - np.uint32(1)).astype(np.int64)
    return places


def _codes(tables: CoverTables, column: Ints32, row: Ints32) -> Codes:
    return tables.codes.take(row * np.int32(tables.grid.columns) + column)


def _within_grid(tables: CoverTables, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the points' places on the grid; what lies outside, or nowhere, in its ring."""
    grid = tables.grid
    with np.errstate(over="ignore", invalid="ignore"):
        u, v = grid.place(lon, lat)
    # fmax and fmin take the number when the other is none.
    np.fmin(np.fmax(u, 0, out=u), grid.columns - 1, out=u)
    np.fmin(np.fmax(v, 0, out=v), grid.rows - 1, out=v)
    return u, v


def _by_edges(tables: CoverTables, cells: Ints32, x: Floats32, y: Floats32) -> tuple[Masks, Bools]:
    """Return the polygons that hold each point of a border cell, and whether that is sure.

    The way from the cell's reference point, here the origin, to the point q crosses an edge ab
    if a and b lie on either side of the way, and its two ends on either side of the edge. Each
    crossing changes what the point lies in. Nothing is said where a sign is not certain.

    Coordinates and sums are rounded to 24 bits, d = 2**-24. With |p| for |x| + |y|, and neither
    coordinate of q above 1, q x a is wrong by less than 4.1 d |a|, a x b by less than
    4.1 d |a| |b|, and a x b + q x a - q x b by less than 6.2 d (|a| |b| + |a| + |b|), places on
    the grid included, which are right to 1e-9. ``SLACK`` (1 + |a|) (1 + |b|) is twice all that.
    It also covers the reference point, should that lie on an edge.
    """
    masks = cells[:, 3].view(np.uint32)
    point, edge = owned_ranges(cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64))
    ax, ay, bx, by = tables.edges.take(edge, axis=0).T
    x, y = x[point], y[point]
    side_a, side_b = x * ay - y * ax, x * by - y * bx
    reference = ax * by - ay * bx
    beyond = reference + side_a - side_b
    slack = SLACK * (1 + np.abs(ax) + np.abs(ay)) * (1 + np.abs(bx) + np.abs(by))
    straddled = (side_a > 0) != (side_b > 0)
    doubt = np.minimum(np.abs(side_a), np.abs(side_b)) <= slack
    doubt |= straddled & (np.minimum(np.abs(beyond), np.abs(reference)) <= slack)
    crossed = np.flatnonzero(straddled & ((beyond > 0) != (reference > 0)))
    np.bitwise_xor.at(masks, point[crossed], tables.edge_owners[edge[crossed]])
    sure = cells[:, 1] > 0
    sure[point[doubt]] = False
    return masks, sure
