"""Where the features of a collection lie: geometries as published, bounds, a spatial index."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.errors import CoordinateError
from zones.geojson.published_geometry import published
from zones.model import BBox
from zones.ragged_arrays import distinct
from zones.snapshot.box_geometry import extent_of, probes, touching
from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.mapped_rows import MappedGeometries
from zones.snapshot.published_on_demand import PublishedOnDemand
from zones.snapshot.published_tree import REACH, PublishedTree
from zones.snapshot.spatial_index_protocol import Tree

Indices = NDArray[np.int64]
MANY: Final = 1_000
"""Features, or parts of the extent, of which a box is asked for in another way than of a few."""
MANY_PUBLISHED: Final = 20_000
"""Features of which only those geometries are published that are asked for: of fewer it is quicker
to have all, and whoever asks next does not wait for them."""
_NOTHING = np.empty(0, dtype=np.int64)


class FeaturePlaces:
    """What a collection knows of its features' places; the collection has the features.

    Of up to ``MANY_PUBLISHED`` features all geometries are published at once.
    """

    if TYPE_CHECKING:

        def __len__(self) -> int: ...

        def _stored(self, indices: Iterable[int]) -> Geometries:
            """Return the geometries at ``indices`` with all digits."""

    @property
    def geometries(self) -> Geometries:
        """The geometries as published, in EPSG:4490, made when first asked for; or None each."""
        if self._are_all_published:
            return self._as_published.every()
        # It is asked as an array is, and is one to numpy and shapely.
        return cast(Geometries, MappedGeometries(self._as_published.at, len(self)))

    @property
    def _are_all_published(self) -> bool:
        return len(self) <= MANY_PUBLISHED or self._as_published.are_made()

    @cached_property
    def _as_published(self) -> PublishedOnDemand:
        return PublishedOnDemand(self._stored(range(len(self))))

    def are_published(self, indices: Sequence[int]) -> bool:
        """Return whether the geometries at ``indices`` have been made."""
        return "_as_published" in self.__dict__ and self._as_published.are_made(indices)

    def published(self, indices: Sequence[int] | Indices, crs: CRS) -> Geometries:
        """Return the geometries at ``indices`` as they are published in ``crs``, x first."""
        if crs.is_lonlat:
            return self.geometries[indices]
        return published(self._stored(indices), crs)

    @cached_property
    def extent(self) -> BBox | None:
        """West, south, east, north of all features in degrees; None if no feature has a place."""
        return extent_of(self.bounds)

    @cached_property
    def tree(self) -> Tree:
        """The spatial index of the geometries; features without one are never found."""
        if not self._are_all_published:
            return PublishedTree(self._as_published)
        tree: Tree = STRtree(self.geometries)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        tree.query(shapely.Point(0, 0))
        return tree

    @cached_property
    def are_placed(self) -> NDArray[np.bool_]:
        """Which features have a geometry."""
        return ~np.asarray(shapely.is_missing(self._as_published.stored), bool)

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Of each geometry shapely's number of its type, -1 for none."""
        return np.asarray(shapely.get_type_id(self.geometries), np.int8)

    def select(self, bbox: BBox) -> Indices:
        """Return the positions, ascending, of the features that touch the box or lie in it.

        The test is exact: shapely's ``intersects`` with the closed box. A box without width or
        height is the line or point that it is, so that ``x, y, x, y`` finds what holds the point.
        A box whose west is greater than its east crosses the antimeridian.

        Raises
        ------
        CoordinateError
            If a bound is not finite, or south is greater than north.
        """
        if not np.isfinite(bbox).all() or bbox.south > bbox.north:
            raise CoordinateError("bbox-impossible", bbox=", ".join(map(str, bbox)))
        found = [self._touching(probe) for probe in probes(bbox)]
        if len(found) == 1:
            return np.sort(found[0])
        return distinct(np.concatenate([_NOTHING, *found])).astype(np.int64)

    def _touching(self, probe: BaseGeometry) -> Indices:
        """Return the features that touch a point, line or box, in any order."""
        if not self._is_wide(probe):
            return np.asarray(self.tree.query(probe, predicate="intersects"), np.int64)
        near = self.tree.query(probe)
        return touching(probe, near, self._sides_at(near), self.geometries)

    @cached_property
    def _stored_extent(self) -> BBox | None:
        return extent_of(self._stored_bounds)

    @cached_property
    def _stored_bounds(self) -> NDArray[np.float64]:
        return np.asarray(shapely.bounds(self._as_published.stored), np.float64)

    def _is_wide(self, probe: BaseGeometry) -> bool:
        """Return whether a box likely holds so many that looking at bounds first pays."""
        extent = self._stored_extent
        if extent is None or len(self) < MANY:
            return False
        west, south, east, north = extent
        return bool(probe.area * MANY > (east - west) * (north - south))

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of each feature in degrees, NaN for one without a place."""
        return np.asarray(shapely.bounds(self.geometries), np.float64)

    def bounds_at(self, indices: Sequence[int] | Indices) -> NDArray[np.float64]:
        """Return ``bounds`` of the features at ``indices`` alone."""
        if self._are_all_published:
            return self.bounds[indices]
        return np.asarray(shapely.bounds(self.geometries[indices]), np.float64)

    def bounds_around(self, indices: Sequence[int] | Indices) -> NDArray[np.float64]:
        """Return bounds that hold those of the features at ``indices``, and publish nothing."""
        if self._are_all_published:
            return self.bounds_at(indices)
        return self._stored_bounds[indices] + (-REACH, -REACH, REACH, REACH)

    def _sides_at(self, indices: Indices) -> tuple[NDArray[np.float64], ...]:
        """Return west, south, east and north of the features at ``indices``."""
        if self._are_all_published:
            return tuple(side[indices] for side in self._sides)
        return tuple(np.ascontiguousarray(side) for side in self.bounds_at(indices).T)

    @cached_property
    def _sides(self) -> tuple[NDArray[np.float64], ...]:
        """West, south, east and north of every feature."""
        return tuple(np.ascontiguousarray(side) for side in self.bounds.T)

    @cached_property
    def vertex_counts(self) -> NDArray[np.int32]:
        """Vertices of every feature."""
        counts: NDArray[np.int32] = shapely.get_num_coordinates(self._stored(range(len(self))))
        return counts

    def is_quick_to_search(self, vertices: int) -> bool:
        """Return whether ``tree`` is there, and no feature has more than so many vertices."""
        is_ready = "tree" in self.__dict__ and self._are_all_published
        return is_ready and self._most_vertices <= vertices

    @cached_property
    def _most_vertices(self) -> int:
        return int(self.vertex_counts.max(initial=0))
