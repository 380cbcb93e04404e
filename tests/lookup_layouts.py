"""Layouts of any number of polygons for the locator at full size, and points hard to place."""

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.bench.partitions import partition, points_in_box
from tests.polygon_shapes import Floats, Geometries, Points, on_edges, vertices
from zones.cover.cell_tables import CoverGrid

NUDGE = 1e-12
"""Degrees; a ten-millionth of a metre, and some tens of steps of a longitude's last bit."""
BENDS = {6: (400, 0.02), 10: (120, 0.02), 5000: (6, 0.05), 50_000: (2, 0.08)}
"""How often the sides of so many parcels are bent, and how far."""
FILLED, OUTER, HALF = 0.3, 1.6, 0.5
"""How large copies are beside the polygons that they are made from."""


def plain(polygons: int) -> Geometries:
    """Return a partition into wiggly parcels, which share all borders."""
    bends, wiggle = BENDS[polygons]
    return partition(polygons, bends=bends, wiggle=wiggle)


def mixed(polygons: int) -> Geometries:
    """Return parcels, of which some have holes, and upon them what else polygons may be.

    A tenth each are islands that fill the holes, larger copies that overlap their neighbours,
    pairs of smaller ones as one multipolygon, and slivers along an edge of a parcel.
    """
    tenth = max(1, polygons // 10)
    bends, wiggle = BENDS[polygons]
    parcels = partition(polygons - 4 * tenth, bends=bends, wiggle=wiggle, seed=2)
    holed = parcels[:tenth]
    islands = scaled(holed, FILLED)
    with_holes = [
        shapely.Polygon(outer.exterior, [inner.exterior])
        for outer, inner in zip(holed, islands, strict=True)
    ]
    halves = scaled(parcels, HALF)
    pairs = [shapely.MultiPolygon([halves[i], halves[-1 - i]]) for i in range(tenth)]
    return np.concatenate(
        [
            np.array(with_holes, dtype=object),
            parcels[tenth:],
            islands,
            scaled(parcels[-tenth:], OUTER),
            np.array(pairs, dtype=object),
            slivers_along(parcels[:tenth]),
        ]
    )


def scaled(polygons: Geometries, size: float) -> Geometries:
    """Return polygons without holes, each made larger or smaller about its centroid."""
    lonlat, which = shapely.get_coordinates(polygons, return_index=True)
    middle = shapely.get_coordinates(shapely.centroid(polygons))[which]
    rings = shapely.linearrings(middle + (lonlat - middle) * size, indices=which)
    return np.asarray(shapely.polygons(rings))


def slivers_along(polygons: Geometries) -> Geometries:
    """Return triangles upon each polygon's first edge, from 1e-13 to 1e-6 degrees high."""
    lonlat, which = shapely.get_coordinates(polygons, return_index=True)
    first = np.searchsorted(which, np.arange(len(polygons)))
    start, end = lonlat[first], lonlat[first + 1]
    height = np.geomspace(1e-13, 1e-6, len(polygons))[:, None]
    top = (start + end) / 2 + height * (1, -1)
    return np.asarray(shapely.polygons(np.stack([start, end, top], axis=1)))


def hard_points(geometries: Geometries, grid: CoverGrid, *, count: int, seed: int) -> Points:
    """Return random points, and points on vertices, edges and the grid's lines.

    A quarter each; of the last three kinds two in three lie a last bit or 1e-12 degrees beside.
    """
    rng = np.random.default_rng(seed)
    quarter = count // 4
    lonlat = [np.column_stack(points_in_box(count - 3 * quarter, seed=seed))]
    for kind in (vertices(geometries), on_edges(geometries, seed=seed)):
        chosen = rng.integers(len(kind[0]), size=quarter)
        lonlat.append(beside(np.column_stack(kind)[chosen], rng))
    lonlat.append(beside(on_grid_lines(grid, quarter, rng), rng))
    lon, lat = np.concatenate(lonlat).T.copy()
    return lon, lat


def on_grid_lines(grid: CoverGrid, count: int, rng: np.random.Generator) -> Floats:
    """Return points on lines of the grid, half of them at its nodes, as rows of lon and lat."""
    corner, last = np.array([grid.west, grid.south]), (grid.columns + 1, grid.rows + 1)
    lonlat: Floats = corner + rng.integers(0, last, (count, 2)) / grid.scale
    free = corner + rng.uniform(0, last, (count, 2)) / grid.scale
    lonlat[::4, 0], lonlat[1::4, 1] = free[::4, 0], free[1::4, 1]
    return lonlat


def beside(lonlat: Floats, rng: np.random.Generator) -> Floats:
    """Return rows of lon and lat, some as they are, some moved by next to nothing."""
    way = rng.integers(-1, 2, lonlat.shape)
    steps: NDArray[np.float64] = np.where(
        rng.random((len(lonlat), 1)) < 0.5,
        lonlat + NUDGE * way,
        np.nextafter(lonlat, lonlat + way),
    )
    kept = rng.random(len(lonlat)) < 1 / 3
    steps[kept] = lonlat[kept]
    return steps
