"""Which polygons of a layer have edges that no neighbour shares.

Where every edge is shared by one neighbour that runs along it the other way, nothing can overlap
and nothing can gape: only polygons with loose edges need a closer look. That is told from
coordinates alone, without geometry, in the time that sorting takes.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.quality.vertex_hash import Hashes, edge_hashes, vertex_hashes

Geometries = NDArray[np.object_]
Owners = NDArray[np.int32]

_AT_ONCE = 20_000  # polygons whose vertices are held beside them, to bound memory


@dataclass(frozen=True)
class UnsharedEdges:
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
        vertices, start, _ = _edges_of(polygons[self.polygons])
        begin = start[self.among]
        return np.stack([vertices[begin], vertices[begin + 1]], axis=1)


def with_unshared_edges(polygons: Geometries) -> NDArray[np.bool_]:
    """Return for each polygon whether it has loose edges; see ``unshared_edges``."""
    return unshared_edges(polygons).polygons


def unshared_edges(polygons: Geometries) -> UnsharedEdges:
    """Return the edges that are not shared with exactly one neighbour.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, none of them empty, shells counter-clockwise and holes
        clockwise, so that neighbours run along a common edge in opposite directions.
    """
    if not len(polygons):
        return UnsharedEdges(np.zeros(0, bool), np.zeros(0, np.int32), np.zeros(0, bool))
    owner, loose = _owners_and_loose(polygons)
    with_some = np.zeros(len(polygons), bool)
    with_some[owner[loose]] = True
    return UnsharedEdges(with_some, owner[loose], loose[with_some[owner]])


def _owners_and_loose(polygons: Geometries) -> tuple[Owners, NDArray[np.bool_]]:
    """Return whose every edge is, and whether it is loose."""
    keys, forward, owners = [], [], []
    for at in range(0, len(polygons), _AT_ONCE):
        vertices, begin, owner = _edges_of(polygons[at : at + _AT_ONCE])
        places = vertex_hashes(vertices)
        start, end = places[begin], places[begin + 1]
        there, back = edge_hashes(start, end), edge_hashes(end, start)
        keys.append(there + back)
        forward.append(there < back)
        owners.append(owner + np.int32(at))
    shared = _shared_once(np.concatenate(keys), np.concatenate(forward))
    return np.concatenate(owners), ~shared


def _edges_of(polygons: Geometries) -> tuple[NDArray[np.float64], NDArray[np.int64], Owners]:
    """Return vertices, at which of them an edge to the next begins, and whose each edge is."""
    parts, whose = polygons, np.arange(len(polygons))
    if not (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON).all():
        parts, whose = shapely.get_parts(polygons, return_index=True)
    rings, of = shapely.get_rings(parts, return_index=True)
    counts = shapely.get_num_coordinates(rings)
    begins = np.ones(counts.sum(), bool)
    begins[np.cumsum(counts) - 1] = False  # the last of each ring repeats its first
    owners = np.repeat(whose[of].astype(np.int32), counts - 1)
    return shapely.get_coordinates(rings), np.flatnonzero(begins), owners


def _shared_once(keys: Hashes, forward: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which edges occur once, and once in the opposite direction."""
    # A key's first bits and an edge's place in one number: to sort these takes a sixth of the time
    # that it takes to find their order.
    bits = np.uint64(len(keys).bit_length())
    places = (np.uint64(1) << bits) - np.uint64(1)
    marked = (keys & ~places) | np.arange(len(keys), dtype=np.uint64)
    marked.sort()
    is_next = np.zeros(len(keys) + 1, bool)
    np.equal(marked[1:] >> bits, marked[:-1] >> bits, out=is_next[1:-1])
    order = (marked & places).astype(np.int64)
    before, after = is_next[:-1], is_next[1:]
    first = np.flatnonzero(after[:-1] & ~before[:-1] & ~after[1:])
    shared = np.zeros(len(keys), bool)
    _mark_opposite(shared, keys, forward, order[first], order[first + 1])
    crowded = before & after
    crowded[1:] |= crowded[:-1]
    crowded[:-1] |= before[1:] & crowded[1:]
    _mark_among_several(shared, keys, forward, order[crowded])
    return shared


def _mark_opposite(
    shared: NDArray[np.bool_],
    keys: Hashes,
    forward: NDArray[np.bool_],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> None:
    opposite = (keys[one] == keys[other]) & (forward[one] != forward[other])
    shared[one[opposite]] = shared[other[opposite]] = True


def _mark_among_several(
    shared: NDArray[np.bool_], keys: Hashes, forward: NDArray[np.bool_], edges: NDArray[np.int64]
) -> None:
    """Mark edges that are shared once, though three or more keys begin alike."""
    order = edges[np.argsort(keys[edges])]
    ends = np.flatnonzero(np.diff(keys[order])) + 1
    begins = np.concatenate([[0], ends])
    pairs = begins[np.diff(np.append(begins, len(order))) == 2]  # noqa: PLR2004 - two sides
    _mark_opposite(shared, keys, forward, order[pairs], order[pairs + 1])
