"""Which polygons of a layer have edges that no neighbour shares.

Where every edge is shared by one neighbour that runs along it the other way, nothing can overlap
and nothing can gape: only polygons with loose edges need a closer look. That is told from
coordinates alone, without geometry, in the time that sorting takes.
"""

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


def with_loose_edges(polygons: Geometries) -> NDArray[np.bool_]:
    """Return for each polygon whether some edge is not shared with exactly one neighbour.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, none of them empty, shells counter-clockwise and holes
        clockwise, so that neighbours run along a common edge in opposite directions.
    """
    if not len(polygons):
        return np.zeros(0, bool)
    parts = [
        _edges_of(polygons[at : at + _AT_ONCE], at) for at in range(0, len(polygons), _AT_ONCE)
    ]
    keys, forward, owners = (np.concatenate(each) for each in zip(*parts, strict=True))
    del parts
    loose = np.zeros(len(polygons), bool)
    loose[owners[~_shared_once(keys, forward)]] = True
    return loose


def _edges_of(polygons: Geometries, first: int) -> tuple[Hashes, NDArray[np.bool_], Owners]:
    """Return of each edge a number for both directions, its direction, and whose it is."""
    _, vertices, (rings, parts, shapes) = shapely.to_ragged_array(
        np.append(polygons, shapely.MultiPolygon())  # one, so that all come as multipolygons
    )
    counts = np.diff(rings[parts[shapes]])
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    begins = np.ones(len(vertices), bool)
    begins[rings[1:] - 1] = False  # the last of each ring repeats its first
    start = np.flatnonzero(begins)
    places = _hashes(vertices)
    there, back = _edges(places[start], places[start + 1]), _edges(places[start + 1], places[start])
    return there + back, there < back, owners[start] + np.int32(first)


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
