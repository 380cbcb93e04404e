"""The spatial index of geometries as they are published, of which it makes none by itself."""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.geojson.published_geometry import DEGREE_DECIMALS
from zones.snapshot.geometry_arrays import sides_of
from zones.snapshot.published_on_demand import PublishedOnDemand

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

REACH: Final = 10.0**-DEGREE_DECIMALS
"""Further than rounding moves a vertex, in degrees."""
_MANY: Final = 2_000
"""Geometries of which only those at the edge of a shape are published, in which most may lie."""
_PIECES: Final = 100
"""Into which the longer side of a shape's box is cut."""


class PublishedTree:
    """Finds geometries by the boxes that their stored digits have, then looks at what it found."""

    def __init__(self, geometries: PublishedOnDemand) -> None:
        self._published = geometries.at
        self._stored = shapely.STRtree(geometries.stored)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        self._stored.query(shapely.Point(0, 0))

    def query(self, geometry: Any, predicate: Any = None, distance: float | None = None) -> Any:
        """Return positions, in any order; see ``zones.snapshot.spatial_index_protocol.Tree``."""
        near = self._stored.query(_grown(geometry, REACH + (distance or 0.0)))
        if predicate is None or not near.size:
            return near
        shapely.prepare(geometry)
        if near.ndim == 1:
            return near[self._related(geometry, near, predicate, distance)]
        return near[:, self._related(geometry[near[0]], near[1], predicate, distance)]

    def _related(
        self, geometry: Any, positions: Indices, predicate: str, distance: float | None
    ) -> Flags:
        if distance is None and len(positions) > _MANY and _is_area(geometry):
            return self._related_around(geometry, positions, predicate)
        found = self._published(positions)
        related = getattr(shapely, predicate)
        flags: Flags = related(geometry, found, *([] if distance is None else [distance]))
        return flags

    def _related_around(self, area: BaseGeometry, positions: Indices, predicate: str) -> Flags:
        """Return the same of a polygon: by all digits, but what lies at its edge as published."""
        related = getattr(shapely, predicate)
        flags: Flags = related(area, self._stored.geometries[positions])
        at_edge = np.isin(positions, self._at_edge(area))
        flags[at_edge] = related(area, self._published(positions[at_edge]))
        return flags

    def _at_edge(self, area: BaseGeometry) -> Indices:
        """Return what may lie otherwise to a polygon once it is published, again and again."""
        length = max(np.ptp(np.reshape(area.bounds, (2, 2)), axis=0)) / _PIECES
        # The box of a short side holds little else.
        sides = sides_of(shapely.get_parts(shapely.segmentize(area.boundary, length)))
        found: Indices = self._stored.query(sides, predicate="dwithin", distance=REACH)[1]
        return found


def _is_area(geometry: Any) -> bool:
    """Return whether it is one geometry that has an area."""
    return isinstance(geometry, BaseGeometry) and geometry.area > 0


def _grown(geometry: Any, reach: float) -> Any:
    """Return the boxes of geometries, ``reach`` larger on each side, in degrees."""
    if isinstance(geometry, BaseGeometry):  # as most are; arrays of none take longer than numbers
        west, south, east, north = geometry.bounds
    else:
        west, south, east, north = shapely.bounds(geometry).T
    return shapely.box(west - reach, south - reach, east + reach, north + reach)
