"""Polygons of every kind that is hard to locate in, and points in and on them."""

from collections.abc import Callable
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.bench.partitions import partition, points_in_box

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]
Points = tuple[Floats, Floats]


def geometries_of(*shapes: BaseGeometry | None) -> Geometries:
    return np.array([*shapes, None], dtype=object)[:-1]


@cache
def zones() -> Geometries:
    return partition(6, bends=400, wiggle=0.02)


@cache
def subdistricts() -> Geometries:
    return partition(10, bends=120, wiggle=0.02)


@cache
def parcels() -> Geometries:
    return partition(5000, bends=6)


def squares(across: int = 12) -> Geometries:
    """Return squares with corners at round coordinates, side by side."""
    lines = np.arange(across + 1) / 100
    west, south = (grid.ravel() for grid in np.meshgrid(123 + lines[:-1], 41 + lines[:-1]))
    east, north = (grid.ravel() for grid in np.meshgrid(123 + lines[1:], 41 + lines[1:]))
    return np.asarray(shapely.box(west, south, east, north))


def with_holes() -> Geometries:
    cells = partition(30, bends=3)
    holes = shapely.buffer(shapely.centroid(cells), 0.003)
    islands = shapely.buffer(shapely.centroid(cells), 0.001)
    lakes = shapely.difference(cells, holes)
    return np.concatenate([lakes, islands[::2], shapely.union(lakes, islands)])


def multipolygons() -> Geometries:
    cells = partition(60, bends=4, seed=3)
    return np.array([shapely.multipolygons(cells[i::7].tolist()) for i in range(7)])


def overlapping() -> Geometries:
    lon, lat = points_in_box(150, seed=5)
    size = np.linspace(0.0002, 0.03, 150)
    return np.asarray(shapely.buffer(shapely.points(lon, lat), size, quad_segs=3))


def slivers() -> Geometries:
    lon, lat = points_in_box(200, seed=7)
    thin = np.geomspace(1e-13, 1e-5, 200)
    corners = [(lon, lat), (lon + 0.02, lat + 0.01), (lon + 0.01, lat + 0.005 + thin)]
    return np.asarray(shapely.polygons(np.stack(corners, axis=1).transpose(2, 1, 0)))


def pinwheel(blades: int = 300) -> Geometries:
    """Return triangles that all meet in one point."""
    turn = np.linspace(0, 2 * np.pi, blades + 1)
    lon, lat = 123.4 + 0.01 * np.cos(turn), 41.8 + 0.01 * np.sin(turn)
    centre = np.full(blades, 123.4), np.full(blades, 41.8)
    corners = [np.column_stack(c) for c in (centre, (lon[:-1], lat[:-1]), (lon[1:], lat[1:]))]
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def stacked() -> Geometries:
    return np.repeat(partition(5, bends=2), 40)


def with_a_stray() -> Geometries:
    return np.append(partition(300, bends=3), shapely.box(0, 0, 0.1, 0.1))


def around_one_place() -> Geometries:
    discs = shapely.Point(123.4, 41.8).buffer(np.geomspace(1e-4, 1, 40))
    return np.concatenate([discs, shapely.difference(discs[1:], discs[:-1])])


def tiny() -> Geometries:
    """Return a polygon of some hundred steps of a longitude's last bit."""
    return geometries_of(shapely.Point(123.4, 41.8).buffer(1e-11))


def invalid() -> Geometries:
    """Return polygons that cross, repeat, overlap or collapse in themselves."""
    return np.asarray(
        shapely.from_wkt(
            [
                "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
                "POLYGON ((3 0, 5 0, 5 2, 3 2, 3 0, 5 0, 5 2, 3 2, 3 0))",
                "POLYGON ((0 3, 1 3, 1 4, 0 4, 0 3), (2 3, 3 3, 3 4, 2 4, 2 3))",
                "MULTIPOLYGON (((0 5, 2 5, 2 7, 0 7, 0 5)), ((1 5, 3 5, 3 7, 1 7, 1 5)))",
                "POLYGON ((4 4, 6 4, 6 7, 6 5, 4 5, 4 4))",
                "POLYGON ((4 6, 6 6, 5 6, 4 6))",
                "POLYGON ((7 1, 7 1, 7 1, 7 1))",
                "MULTIPOLYGON (((7 3, 8 3, 8 4, 7 4, 7 3)), ((7 6, 7 6, 7 6, 7 6)))",
                "POLYGON ((6 0, 6.5 0, 6.5 0, 6.5 .5, 6.5 .5, 6 .5, 6 .5, 6 0, 6 0))",
            ]
        )
    )


SHAPES: dict[str, Callable[[], Geometries]] = {
    "six zones": zones,
    "ten subdistricts": subdistricts,
    "round squares": squares,
    "holes and islands": with_holes,
    "multipolygons": multipolygons,
    "overlaps": overlapping,
    "slivers": slivers,
    "a pinwheel": pinwheel,
    "a stack": stacked,
    "a stray": with_a_stray,
    "one far too small": tiny,
    "one square": lambda: geometries_of(shapely.box(123, 41, 124, 42)),
    "the world and a house": lambda: geometries_of(
        shapely.box(-180, -90, 180, 90), shapely.box(123.4, 41.8, 123.4001, 41.8001)
    ),
    "rings around one place": around_one_place,
    "invalid ones": invalid,
}


def around(geometries: Geometries, *, count: int = 2000, seed: int = 0) -> Points:
    """Return random points in and a little beyond the polygons' extent."""
    west, south, east, north = shapely.total_bounds(geometries)
    rng = np.random.default_rng(seed)
    wide, high = max(east - west, 1e-9), max(north - south, 1e-9)
    return (
        rng.uniform(west - wide / 10, east + wide / 10, count),
        rng.uniform(south - high / 10, north + high / 10, count),
    )


def vertices(geometries: Geometries) -> Points:
    lonlat = np.unique(shapely.get_coordinates(geometries), axis=0)
    return lonlat[:, 0].copy(), lonlat[:, 1].copy()


def on_edges(geometries: Geometries, *, seed: int = 0) -> Points:
    """Return a point of every edge, as near to it as numbers allow."""
    rings = shapely.get_rings(shapely.get_parts(geometries))
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    share = np.random.default_rng(seed).uniform(0, 1, (len(start), 1))
    share[::3] = 0.5
    lon, lat = (lonlat[start] * (1 - share) + lonlat[start + 1] * share).T
    return lon, lat
