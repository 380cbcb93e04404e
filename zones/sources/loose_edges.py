"""Which polygons of a layer have edges that no neighbour shares.

Where every edge is shared by one neighbour that runs along it the other way, nothing can overlap
and nothing can gape: only polygons with loose edges need a closer look. That is told from
coordinates alone, without geometry, in the time that sorting takes.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
Hashes = NDArray[np.uint64]
Owners = NDArray[np.int32]

_AT_ONCE = 20_000  # polygons whose vertices are held beside them, to bound memory

_MIX_X, _MIX_Y, _MIX_END = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0xD6E8FEB86659FD93),
)
_SHIFT = np.uint64(29)


@dataclass(frozen=True)
class LooseEdges:
    """The edges of polygons that are not shared with exactly one neighbour.

    Attributes
    ----------
    polygons
        Shape (n,): whether a polygon has any.
    owner
        Shape (k,): whose each is, ascending.
    among
        Which of all edges of the polygons that have any are loose.
    """

    polygons: NDArray[np.bool_]
    owner: Owners
    among: NDArray[np.bool_]

    def vertices(self, polygons: Geometries) -> NDArray[np.float64]:
        """Return start and end of each edge, shape (k, 2, 2), along its ring; for few of them."""
        return _edges_of(polygons[self.polygons], 0)[0][self.among]


def with_loose_edges(polygons: Geometries) -> NDArray[np.bool_]:
    """Return for each polygon whether it has loose edges; see ``loose_edges``."""
    return loose_edges(polygons).polygons


def loose_edges(polygons: Geometries) -> LooseEdges:
    """Return the edges that are not shared with exactly one neighbour.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, none of them empty, shells counter-clockwise and holes
        clockwise, so that neighbours run along a common edge in opposite directions.
    """
    if not len(polygons):
        return LooseEdges(np.zeros(0, bool), np.zeros(0, np.int32), np.zeros(0, bool))
    owner, loose = _owners_and_loose(polygons)
    with_some = np.zeros(len(polygons), bool)
    with_some[owner[loose]] = True
    return LooseEdges(with_some, owner[loose], loose[with_some[owner]])


def _owners_and_loose(polygons: Geometries) -> tuple[Owners, NDArray[np.bool_]]:
    """Return whose every edge is, and whether it is loose."""
    keys, forward, owners = [], [], []
    for at in range(0, len(polygons), _AT_ONCE):
        vertices, owner = _edges_of(polygons[at : at + _AT_ONCE], at)
        start, end = _hashes(vertices[:, 0]), _hashes(vertices[:, 1])
        there, back = _edges(start, end), _edges(end, start)
        keys.append(there + back)
        forward.append(there < back)
        owners.append(owner)
    shared = _shared_once(np.concatenate(keys), np.concatenate(forward))
    return np.concatenate(owners), ~shared


def _edges_of(polygons: Geometries, first: int) -> tuple[NDArray[np.float64], Owners]:
    """Return start and end of each edge, shape (k, 2, 2), and whose it is."""
    _, vertices, (rings, parts, shapes) = shapely.to_ragged_array(
        np.append(polygons, shapely.MultiPolygon())  # one, so that all come as multipolygons
    )
    counts = np.diff(rings[parts[shapes]])
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    begins = np.ones(len(vertices), bool)
    begins[rings[1:] - 1] = False  # the last of each ring repeats its first
    start = np.flatnonzero(begins)
    edges = np.stack([vertices[start], vertices[start + 1]], axis=1)
    return edges, owners[start] + np.int32(first)


def _shared_once(keys: Hashes, forward: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which edges occur once, and once in the opposite direction."""
    # Edges that belong together lie together once sorted.
    order = np.argsort(keys)
    ends = np.flatnonzero(np.diff(keys[order])) + 1
    begins = np.concatenate([[0], ends])
    pairs = begins[np.diff(np.append(begins, len(order))) == 2]  # noqa: PLR2004 - two sides
    one, other = order[pairs], order[pairs + 1]
    opposite = forward[one] != forward[other]
    shared = np.zeros(len(keys), bool)
    shared[one[opposite]] = shared[other[opposite]] = True
    return shared


def _hashes(vertices: NDArray[np.float64]) -> Hashes:
    bits: Hashes = np.ascontiguousarray(vertices).view(np.uint64)
    x, y = bits.T
    mixed: Hashes = x * _MIX_X ^ np.right_shift(y * _MIX_Y, _SHIFT) ^ (y * _MIX_END)
    return np.asarray(mixed ^ np.right_shift(mixed, _SHIFT))


def _edges(start: Hashes, end: Hashes) -> Hashes:
    mixed = start * _MIX_X + (end ^ np.right_shift(end, _SHIFT)) * _MIX_Y
    return np.asarray(mixed ^ np.right_shift(mixed, _SHIFT))
