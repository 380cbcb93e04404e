"""The edges of polygons, each once however many polygons share it."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.cover.cell_tables import Bools, Filling, Floats, Ints, Ints32
from zones.cover.edges_on_grid import DistinctEdges

Geometries = NDArray[np.object_]
Hashes = NDArray[np.uint64]

AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
GEOMETRIES_AT_A_TIME = 2_000
"""Rings are taken out as objects of their own; so many polygons' rings are held at once."""
EDGES_AT_A_TIME = 100_000


def check_polygons(geometries: Geometries) -> None:
    """Refuse what no point can be located in.

    Raises
    ------
    TypeError
        If a geometry that is not empty is no polygon or multipolygon.
    ValueError
        If a coordinate is not finite.
    """
    nothing = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    wrong = np.flatnonzero(~nothing & ~np.isin(shapely.get_type_id(geometries), AREAL))
    if wrong.size:
        kind = geometries[wrong[0]].geom_type
        raise TypeError(f"only polygons can be located in; number {wrong[0]} is a {kind}")
    for at in range(0, len(geometries), GEOMETRIES_AT_A_TIME):
        places = shapely.get_coordinates(geometries[at : at + GEOMETRIES_AT_A_TIME])
        if not np.isfinite(places).all():
            raise ValueError("polygons to be located in need finite coordinates")


def in_parts(geometries: Geometries) -> tuple[Geometries, Ints]:
    """Return the polygons, with multipolygons taken apart, and which polygon each is of.

    Boxes about the parts tell much more than one about places that may lie far from each other.
    """
    several = shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON
    single = np.flatnonzero(~several)
    parts, owner = shapely.get_parts(geometries[several], return_index=True)
    owners = np.concatenate([single, np.flatnonzero(several)[owner]])
    return np.concatenate([geometries[single], parts]), owners


def outlines_of(geometries: Geometries) -> DistinctEdges:
    """Return the distinct edges of polygons; those that are None or empty have none."""
    most = int(shapely.get_num_coordinates(geometries).sum())
    places = Filling((most, 2), np.float64)
    start, owner = Filling((most,), np.int32), Filling((most,), np.int32)
    for at in range(0, len(geometries), GEOMETRIES_AT_A_TIME):
        lonlat, edges, owners = _edges(geometries[at : at + GEOMETRIES_AT_A_TIME])
        start.add((edges + len(places)).astype(np.int32))
        owner.add((owners + at).astype(np.int32))
        places.add(lonlat)
    return _merged(places.filled(), start.filled(), owner.filled())


def _edges(geometries: Geometries) -> tuple[Floats, Ints, Ints]:
    """Return vertices (n, 2), the first vertex of each edge, and the polygon of each edge."""
    parts, part_owner = shapely.get_parts(geometries, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    start = start[_counts(lonlat, ring, start)]
    return lonlat, start, part_owner[ring_part[ring[start]]]


def _counts(lonlat: Floats, ring: Ints, start: Ints) -> Bools:
    """Return which edges count: all but repeated vertices, which add nothing to a ring.

    A ring that is a single place keeps one edge without length, for that place is a border.
    """
    moves = (lonlat[start] != lonlat[start + 1]).any(axis=1)
    moving = np.bincount(ring[start], weights=moves, minlength=1) > 0
    opens = np.r_[True, ring[start[1:]] != ring[start[:-1]]][: len(start)]
    counts: Bools = moves | (opens & ~moving[ring[start]])
    return counts


def _merged(places: Floats, start: Ints32, owner: Ints32) -> DistinctEdges:
    """Return the edges with those between the same two places, either way round, made one."""
    order = _likes_together(places, start)
    start, owner = start[order], owner[order]
    del order
    new = np.ones(len(start), bool)
    for part in _parts(len(start) - 1):
        # The hash only brings equal edges together; the coordinates decide.
        new[1:][part] = ~_same_places(places, start[1:][part], start[:-1][part])
    offsets = np.append(np.flatnonzero(new), len(start)).astype(np.int32)
    return DistinctEdges(places, start[new], offsets, owner)


def _likes_together(places: Floats, start: Ints32) -> Ints32:
    """Return an order of the edges in which equal ones are neighbours."""
    keys = _hashes(places, start)
    # The edge's number in the low bits: sorting in place costs half the time and memory.
    low = np.uint64((1 << len(start).bit_length()) - 1)
    keys &= ~low
    keys |= np.arange(len(start), dtype=np.uint64)
    keys.sort()
    keys &= low
    return keys.astype(np.int32)


def _hashes(places: Floats, start: Ints32) -> Hashes:
    """Return for each edge a number that is the same either way round."""
    bits = places.view(np.uint64)
    hashes = np.empty(len(start), np.uint64)
    for part in _parts(len(start)):
        one, other = bits[start[part]], bits[start[part] + 1]
        hashes[part] = _mixed(_mixed(one[:, 0]) + one[:, 1])
        hashes[part] += _mixed(_mixed(other[:, 0]) + other[:, 1])
    return hashes


def _same_places(places: Floats, one: Ints32, other: Ints32) -> Bools:
    def same(i: Ints32, j: Ints32) -> Bools:
        equal: Bools = (places[i] == places[j]).all(axis=1)
        return equal

    along = same(one, other) & same(one + 1, other + 1)
    return along | (same(one, other + 1) & same(one + 1, other))


def _parts(count: int) -> Iterator[slice]:
    return (slice(at, at + EDGES_AT_A_TIME) for at in range(0, count, EDGES_AT_A_TIME))


def _mixed(bits: Hashes) -> Hashes:
    """Return well-spread hashes of 64-bit values (the finaliser of SplitMix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
