"""Paths: point sets, lines or rings of many features, in flat arrays."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.ragged_arrays import (
    Flags,
    Integers,
    kept_offsets,
    offsets_of,
    ranges,
    run_starts,
)

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]


class GeomType(IntEnum):
    """What the paths of a feature are; the numbers are those of a vector tile's GeomType."""

    POINT = 1
    LINE = 2
    POLYGON = 3


LEAST_VERTICES: Final = {GeomType.POINT: 1, GeomType.LINE: 2, GeomType.POLYGON: 3}
"""Of a path; one with fewer is nothing."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Points, lines or rings, one path after the other.

    Attributes
    ----------
    x, y
        Of every vertex. A ring does not repeat its first vertex at its end.
    offsets
        Where each path begins in ``x`` and ``y``, and the end of the last.
    owner
        Of each path: which feature it belongs to. The paths of a feature lie together.
    shell
        Of each path: whether it is the first ring of a polygon. The rings that follow, up to the
        next shell, are the polygon's holes. All true for points and lines.
    """

    x: Floats
    y: Floats
    offsets: Integers
    owner: Integers
    shell: Flags

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def counts(self) -> Integers:
        """How many vertices each path has."""
        return self.offsets[1:] - self.offsets[:-1]

    @property
    def path_of_vertex(self) -> Integers:
        """Which path each vertex is of."""
        return np.repeat(np.arange(len(self)), self.counts)

    @property
    def polygon(self) -> Integers:
        """Which polygon each ring is of, counted through all features."""
        return np.cumsum(self.shell) - 1

    @property
    def ends(self) -> tuple[Integers, Integers]:
        """First and last vertex of each path that has any."""
        filled = self.offsets[1:] > self.offsets[:-1]
        if filled.all():
            return self.offsets[:-1], self.offsets[1:] - 1
        return self.offsets[:-1][filled], self.offsets[1:][filled] - 1

    def vertices(self, keep: Flags) -> "Paths":
        """Return the paths with the vertices in ``keep`` alone; some may be left with none."""
        if keep.all():
            return self
        offsets = kept_offsets(keep, self.offsets)
        return replace(self, x=self.x[keep], y=self.y[keep], offsets=offsets)

    def take(self, paths: Integers) -> "Paths":
        """Return the paths at these positions, in their order."""
        starts = self.offsets[paths]
        counts = self.offsets[paths + 1] - starts
        vertices = ranges(starts, counts)
        return Paths(
            self.x[vertices],
            self.y[vertices],
            offsets_of(counts),
            self.owner[paths],
            self.shell[paths],
        )

    def only(self, keep: Flags) -> "Paths":
        """Return the paths in ``keep``."""
        return self if keep.all() else self.take(np.flatnonzero(keep))

    def without_repeats(self, kind: GeomType) -> "Paths":
        """Return the paths without vertices that stand where the one before them stands."""
        x, y = self.x, self.y
        moved = np.ones(len(x), dtype=bool)
        np.logical_or(x[1:] != x[:-1], y[1:] != y[:-1], out=moved[1:])
        first, last = self.ends
        closes = (x[first] == x[last]) & (y[first] == y[last])
        moved[first] = ~closes if kind is GeomType.POLYGON else True
        return self.vertices(moved)

    def with_shells(self, keep: Flags) -> Flags:
        """Return which rings to keep so that a hole goes when the ring around it goes."""
        return keep if keep.all() else keep & keep[self.shell][self.polygon]

    def split(self, path: int) -> tuple["Paths", "Paths"]:
        """Return the paths before that one, and it with all after it; nothing is copied."""
        vertex = self.offsets[path]
        return (
            Paths(
                self.x[:vertex],
                self.y[:vertex],
                self.offsets[: path + 1],
                self.owner[:path],
                self.shell[:path],
            ),
            Paths(
                self.x[vertex:],
                self.y[vertex:],
                self.offsets[path:] - vertex,
                self.owner[path:],
                self.shell[path:],
            ),
        )

    def reversed(self, turn: Flags) -> "Paths":
        """Return the paths, those in ``turn`` walked from their last vertex to their first."""
        if not turn.any():
            return self
        path = self.path_of_vertex
        here = np.arange(len(path))
        mirrored = (self.offsets[:-1] + self.offsets[1:] - 1)[path] - here
        vertices = np.where(turn[path], mirrored, here)
        return replace(self, x=self.x[vertices], y=self.y[vertices])


def joined(first: Paths, second: Paths) -> Paths:
    """Return the paths of both, those of the second after those of the first."""
    return Paths(
        np.concatenate([first.x, second.x]),
        np.concatenate([first.y, second.y]),
        np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]),
        np.concatenate([first.owner, second.owner]),
        np.concatenate([first.shell, second.shell]),
    )


def paths_from(parts: Any, owner: Integers, kind: GeomType) -> Paths:
    """Return the paths of simple geometries, all of one kind.

    Parameters
    ----------
    parts
        Array of points, lines or polygons, none of them of several parts.
    owner
        Which feature each is of; ascending. The points of a feature become one path.
    """
    if kind is GeomType.POINT:
        return _point_paths(parts, owner)
    if kind is GeomType.LINE:
        return _paths(parts, owner, np.ones(len(parts), dtype=bool))
    rings, polygon = shapely.get_rings(parts, return_index=True)
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = polygon[1:] != polygon[:-1]
    closed = _paths(rings, owner[polygon], shell)
    last = np.zeros(len(closed.x), dtype=bool)
    last[closed.offsets[1:] - 1] = True
    return closed.vertices(~last)


def _point_paths(points: Any, owner: Integers) -> Paths:
    xy, part = shapely.get_coordinates(points, return_index=True)
    first = run_starts(owner[part])
    owners, offsets = owner[part][first], np.append(first, len(xy))
    return Paths(xy[:, 0].copy(), xy[:, 1].copy(), offsets, owners, np.ones(len(owners), bool))


def _paths(lines: Any, owner: Integers, shell: Flags) -> Paths:
    xy = shapely.get_coordinates(lines)
    offsets = offsets_of(shapely.get_num_coordinates(lines))
    return Paths(xy[:, 0].copy(), xy[:, 1].copy(), offsets, owner, shell)
