"""Paths as the command integers of a vector tile's geometry (specification 2.1, clause 4.3)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Integers, offsets_of, ranges, run_starts
from zones.tiles.paths import GeomType, Paths
from zones.tiles.varints import zigzag

MOVE_TO: Final = 1
LINE_TO: Final = 2
CLOSE_PATH: Final = 7 | 1 << 3
_COUNT_BITS: Final = 3


def geometry_commands(paths: Paths, kind: GeomType) -> tuple[NDArray[np.uint32], Integers]:
    """Return the command integers of all features, and where those of each owner begin.

    Parameters
    ----------
    paths
        On whole units, none empty; lines have two vertices or more, rings three.
    """
    moves = _moves(paths)
    if kind is GeomType.POINT:
        commands, at = _point_commands(paths, moves)
    else:
        commands, at = _line_commands(paths, moves, closed=kind is GeomType.POLYGON)
    return commands, at[np.append(run_starts(paths.owner), len(paths))]


def _moves(paths: Paths) -> NDArray[np.uint32]:
    """Return the step to each vertex from the one before, through all paths of a feature.

    The first step of a feature starts from the tile's corner. ClosePath does not move.
    """
    xy = np.empty((len(paths.x), 2), dtype=np.int32)
    xy[:, 0], xy[:, 1] = paths.x, paths.y
    steps = xy.copy()
    steps[1:] -= xy[:-1]
    starts = paths.offsets[run_starts(paths.owner)]
    steps[starts] = xy[starts]
    return zigzag(steps)


def _point_commands(
    points: Paths, moves: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], Integers]:
    """Return one MoveTo with all points of each path."""
    at = offsets_of(1 + 2 * points.counts)
    commands = np.empty(at[-1], dtype=np.uint32)
    commands[at[:-1]] = points.counts << _COUNT_BITS | MOVE_TO
    commands[ranges(at[:-1] + 1, 2 * points.counts)] = moves.ravel()
    return commands, at


def _line_commands(
    lines: Paths, moves: NDArray[np.uint32], *, closed: bool
) -> tuple[NDArray[np.uint32], Integers]:
    """Return for each path a MoveTo, a LineTo with all further vertices, and for rings the end."""
    counts, first = lines.counts, lines.offsets[:-1]
    at = offsets_of(2 * counts + 2 + closed)
    commands = np.empty(at[-1], dtype=np.uint32)
    start = at[:-1]
    further = 2 * np.arange(len(moves)) + (start + 2 - 2 * first).repeat(counts)
    commands[further], commands[further + 1] = moves.T
    # Each path's first vertex stands before the LineTo, one place earlier than by that rule.
    commands[start] = 1 << _COUNT_BITS | MOVE_TO
    commands[start + 1], commands[start + 2] = moves[first].T
    commands[start + 3] = (counts - 1) << _COUNT_BITS | LINE_TO
    if closed:
        commands[at[1:] - 1] = CLOSE_PATH
    return commands, at
