"""Partitions of a box into polygons with wiggly borders, for tests and measurements."""

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

BOX = (123.36, 41.68, 123.47, 41.83)
"""West, south, east, north; about the district."""
WAVES = (1, 5, 17)


def partition(polygons: int, *, bends: int, wiggle: float = 0.05, seed: int = 0) -> Geometries:
    """Return Voronoi cells of random places in ``BOX``, each side bent ``bends`` times.

    The bends of a side depend on nothing but its two ends, so that neighbours share all
    vertices exactly. Coordinates have 7 decimals.
    """
    lon, lat = points_in_box(polygons, seed=seed)
    places = shapely.multipoints(_mirrored(np.column_stack([lon, lat])))
    cells = shapely.get_parts(shapely.voronoi_polygons(places, ordered=True))[:polygons]
    corners, ring = shapely.get_coordinates(shapely.get_exterior_ring(cells), return_index=True)
    sides = np.flatnonzero(ring[1:] == ring[:-1])
    bent = _bent(np.round(corners[sides], 7), np.round(corners[sides + 1], 7), bends, wiggle)
    rings = shapely.linearrings(bent.reshape(-1, 2), indices=np.repeat(ring[sides], bends + 1))
    polygons_: Geometries = shapely.polygons(rings)
    return polygons_


def points_in_box(count: int, *, seed: int = 1) -> tuple[Floats, Floats]:
    """Return random longitudes and latitudes within ``BOX``."""
    west, south, east, north = BOX
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def _mirrored(places: Floats) -> Floats:
    """Return the places, then their images beyond each side: the box becomes a border."""
    west, south, east, north = BOX
    across = [np.array([2 * side, 0]) + places * (-1, 1) for side in (west, east)]
    along = [np.array([0, 2 * side]) + places * (1, -1) for side in (south, north)]
    return np.concatenate([places, *across, *along])


def _bent(start: Floats, end: Floats, bends: int, wiggle: float) -> Floats:
    """Return for each side its start and its bends, as (sides, bends + 1, 2)."""
    swapped = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(swapped[:, None], end, start)
    high = np.where(swapped[:, None], start, end)
    share = np.linspace(0, 1, bends + 2)[1:-1]
    along = low[:, None] + share[:, None] * (high - low)[:, None]
    across = (high - low)[:, ::-1] * (-1, 1)
    phase = np.modf(np.abs(np.sin((low + high).sum(axis=1) * 1e4)) * 1e4)[0] * 2 * np.pi
    swing = sum(np.sin(2 * np.pi * wave * share + wave * phase[:, None]) / wave for wave in WAVES)
    off = swing * np.sin(np.pi * share) * wiggle
    line = np.round(along + off[:, :, None] * across[:, None], 7)
    line[swapped] = line[swapped, ::-1]
    bent: Floats = np.concatenate([start[:, None], line], axis=1)
    return bent
