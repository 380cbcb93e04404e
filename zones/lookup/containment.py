"""Which polygons hold a point: exactly shapely's answers, at a cost that suits one request."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from zones.cover.grid_cover import build_cover

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Geometries = NDArray[np.object_]

_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Containment:
    """Polygons that may overlap and leave gaps, asked by points.

    A polygon holds a point that it ``intersects``: inside it or on its border. Members without
    a geometry hold nothing. Any number of threads may ask. Polygons are asked through a grid
    cover: 1 us a point whether they are 25 or 200,000. Whatever else a layer of staff may hold
    (lines, points) is asked through a tree.
    """

    def __init__(self, geometries: Iterable[BaseGeometry | None]) -> None:
        listed = list(geometries)
        whole = np.empty(len(listed), dtype=object)
        whole[:] = listed
        areal = areas_for_a_cover(whole)
        polygons = whole.copy()
        polygons[~areal] = None
        self._cover = build_cover(polygons)
        others = np.flatnonzero(~areal & ~shapely.is_missing(whole))
        self._others = _Tree(whole[others], others) if len(others) else None

    def members(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the positions, ascending, of the members that hold one point."""
        holders = self._cover.at(lon, lat)
        if self._others is None:
            return holders
        return tuple(sorted([*holders, *self._others.members(lon, lat)]))

    def members_of_many(self, lons: Floats, lats: Floats) -> list[list[int]]:
        """Return for each point what ``members`` returns."""
        found = self._cover.lookup(lons, lats)
        flat, ends = found.members.tolist(), found.offsets.tolist()
        holders = [flat[start:end] for start, end in pairwise(ends)]
        if self._others is None:
            return holders
        pairs = zip(holders, lons.tolist(), lats.tolist(), strict=True)
        return [sorted(own + self._others.members(lon, lat)) for own, lon, lat in pairs]


class _Tree:
    """Geometries of any kind, known by numbers of the caller's."""

    def __init__(self, geometries: Geometries, numbers: Indices) -> None:
        self._geometries, self._numbers = geometries, numbers
        self._tree = STRtree(geometries)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        self._tree.query(shapely.Point(0, 0))

    def members(self, lon: float, lat: float) -> list[int]:
        near = self._tree.query(shapely.Point(lon, lat))
        holders = shapely.intersects_xy(self._geometries[near], lon, lat)
        numbers: list[int] = self._numbers[near[holders]].tolist()
        return numbers


def areas_for_a_cover(geometries: Geometries) -> NDArray[np.bool_]:
    """Return which are polygons with finite coordinates, as ``build_cover`` takes them."""
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    broken = owner[~np.isfinite(coordinates).all(axis=1)]
    areal = np.isin(shapely.get_type_id(geometries), _AREAL)
    areal[broken] = False
    return areal


def points_on(geometries: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return longitude and latitude of a point on each geometry; NaN where there is none."""
    points = shapely.point_on_surface(geometries)
    points[shapely.is_empty(points)] = None
    return shapely.get_x(points), shapely.get_y(points)
