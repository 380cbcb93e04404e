"""A collection at one revision, in memory: ids, geometries, properties, and their GeoJSON."""

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS, STORAGE
from zones.errors import CoordinateError, UnknownFeatureError
from zones.geojson.published_geometry import published
from zones.memory.memo import Memo
from zones.model import JSON, BBox, CollectionInfo, Feature
from zones.properties.value_kinds import ValueKind, kinds_of
from zones.segment_files.derived_files import DerivedArrays
from zones.snapshot.box_geometry import extent_of, probes, touching
from zones.snapshot.encode_features import FeatureTexts
from zones.snapshot.encoded_feature_cache import forget, take_over
from zones.snapshot.geodataframe import features_of, frame_of
from zones.snapshot.geometry_arrays import Geometries, array_of, frozen, taken_over
from zones.snapshot.spatial_index_protocol import Tree

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

T = TypeVar("T")

Indices = NDArray[np.int64]
FirstRevisions = Callable[[], Mapping[str, int]]
MANY: Final = 1_000
"""Features, or parts of the extent, of which a box is asked for in another way than of a few."""
_NOTHING = np.empty(0, dtype=np.int64)
_TOKENS = itertools.count()


class Collection(FeatureTexts):
    """Features of one collection as of one revision; immutable, for any number of threads.

    ``geometries``, and all that is asked of places, are as published
    (``zones.geojson.published_geometry``); the features themselves have the stored digits. Where
    these are no more, both are one object.

    Parameters
    ----------
    revision
        The last revision that changed the collection.
    features
        With distinct fids, geometries in EPSG:4490 or none, in the order to be kept.
    first_revisions
        Reads every fid that the collection ever had, with the revision that first stored it;
        without it only the features given are known.
    """

    def __init__(
        self,
        info: CollectionInfo,
        revision: int,
        features: Iterable[Feature],
        *,
        first_revisions: FirstRevisions | None = None,
    ) -> None:
        self._begin(info, revision, first_revisions)
        self._features = tuple(features)
        self.fids: Sequence[str] = tuple(f.fid for f in self._features)
        self.properties: Sequence[Mapping[str, JSON]] = tuple(f.properties for f in self._features)
        self._geometries: Geometries | None = None
        self._positions = {fid: i for i, fid in enumerate(self.fids)}

    def _begin(
        self, info: CollectionInfo, revision: int, first_revisions: FirstRevisions | None
    ) -> None:
        self.info = info
        self.revision = revision
        self._first_revisions = first_revisions
        self._token = next(_TOKENS)
        weakref.finalize(self, forget, self._token).atexit = False
        self._derived = Memo(self)

    def __len__(self) -> int:
        return len(self._features)

    def __iter__(self) -> Iterator[Feature]:
        return iter(self._features)

    def __repr__(self) -> str:
        return f"<Collection {self.info.id!r}: {len(self)} features, revision {self.revision}>"

    def __reduce__(self) -> tuple[type["Collection"], tuple[object, ...]]:
        return Collection, (self.info, self.revision, self._features)

    def __contains__(self, fid: object) -> bool:
        return fid in self._positions

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all properties that any feature has, in the order of the features."""
        return tuple(dict.fromkeys(itertools.chain.from_iterable(self.properties)))

    def values(self, name: str) -> list[JSON]:
        """Return a property of all features, None where one lacks it."""
        return [each.get(name) for each in self.properties]

    def value_kinds(self, name: str) -> frozenset[ValueKind]:
        """Return which kinds of values a property has."""
        return kinds_of(self.values(name))

    def feature(self, fid: str) -> Feature:
        """Return the feature of that id, as ``index_of`` finds it."""
        return self._features[self.index_of(fid)]

    def index_of(self, fid: str) -> int:
        """Return where the feature stands.

        Raises
        ------
        UnknownFeatureError
        """
        try:
            return self._positions[fid]
        except KeyError:
            raise UnknownFeatureError(collection=self.info.id, fid=fid) from None

    def first_revisions(self) -> Mapping[str, int]:
        """Return every fid that the collection ever had, with the revision that first stored it.

        Read from the store at each call. Without one: those of now, with the revision 0.
        """
        read = self._first_revisions
        return dict.fromkeys(self.fids, 0) if read is None else read()

    @property
    def geometries(self) -> Geometries:
        """The geometries as published, in EPSG:4490, made when first asked for; or None each."""
        if self._geometries is None:
            self._geometries = frozen(published(self._stored(range(len(self))), STORAGE))
        return self._geometries

    def published(self, indices: Sequence[int] | Indices, crs: CRS) -> Geometries:
        """Return the geometries at ``indices`` as they are published in ``crs``, x first."""
        if crs.is_lonlat:
            return self.geometries[indices]
        return published(self._stored(indices), crs)

    def _stored(self, indices: Iterable[int]) -> Geometries:
        return array_of([self._features[i].geometry for i in indices])

    @cached_property
    def extent(self) -> BBox | None:
        """West, south, east, north of all features in degrees; None if no feature has a place."""
        return extent_of(self.bounds)

    @cached_property
    def tree(self) -> Tree:
        """The spatial index of the geometries; features without one are never found."""
        tree: Tree = STRtree(self.geometries)
        # GEOS sorts the tree at its first query; made here, no two threads sort at once.
        tree.query(shapely.Point(0, 0))
        return tree

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Of each geometry shapely's number of its type, -1 for none."""
        return np.asarray(shapely.get_type_id(self.geometries), np.int8)

    def to_geodataframe(self, crs: CRS = STORAGE) -> "GeoDataFrame":
        """Return the features as a GeoDataFrame; see ``zones.snapshot.geodataframe.frame_of``."""
        return frame_of(self._features, crs)

    @classmethod
    def from_geodataframe(
        cls, frame: "GeoDataFrame", info: CollectionInfo, *, crs: CRS | None = None
    ) -> "Collection":
        """Return a frame's rows as revision 1; see ``zones.snapshot.geodataframe.features_of``."""
        return cls(info, 1, features_of(frame, crs))

    def derived(self, builder: Callable[["Collection"], T]) -> T:
        """Return ``builder(self)``, built once and kept with the collection.

        A collection that a new revision did not touch stays the same object, so that what was
        derived from it need not be built again.
        """
        return self._derived.get(builder)

    def shared(self, name: str, work_out: Callable[[], DerivedArrays]) -> DerivedArrays:
        """Return arrays worked out of all features, shared with other processes where that can be.

        Parameters
        ----------
        name
            See ``zones.segment_files.derived_files.DerivedFiles``.
        """
        return work_out()

    def has_derived(self, builder: Callable[["Collection"], object]) -> bool:
        """Return whether ``derived`` would answer at once."""
        return self._derived.has(builder)

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
        return np.unique(np.concatenate([_NOTHING, *found])).astype(np.int64)

    def _touching(self, probe: BaseGeometry) -> Indices:
        """Return the features that touch a point, line or box, in any order."""
        if not self._is_wide(probe):
            return np.asarray(self.tree.query(probe, predicate="intersects"), np.int64)
        near = self.tree.query(probe)
        return touching(probe, near, self._sides_at(near), self.geometries)

    def _is_wide(self, probe: BaseGeometry) -> bool:
        """Return whether a box likely holds so many that looking at bounds first pays."""
        if self.extent is None or len(self) < MANY:
            return False
        west, south, east, north = self.extent
        return bool(probe.area * MANY > (east - west) * (north - south))

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of each feature in degrees, NaN for one without a place."""
        return np.asarray(shapely.bounds(self.geometries), np.float64)

    def bounds_at(self, indices: Sequence[int] | Indices) -> NDArray[np.float64]:
        """Return ``bounds`` of the features at ``indices`` alone."""
        return self.bounds[indices]

    def _sides_at(self, indices: Indices) -> tuple[NDArray[np.float64], ...]:
        """Return west, south, east and north of the features at ``indices``."""
        return tuple(side[indices] for side in self._sides)

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
        return "tree" in self.__dict__ and int(self.vertex_counts.max(initial=0)) <= vertices

    def with_delta(
        self,
        put: Sequence[Feature] = (),
        remove: Iterable[str] = (),
        *,
        revision: int,
        info: CollectionInfo | None = None,
    ) -> "Collection":
        """Return the collection after a change; this one stays as it is.

        ``remove`` ends features, then ``put`` replaces those of the same fid where they stand
        and adds the others at the end. Encoded bytes and published geometries of untouched
        features are taken over.
        """
        features = {feature.fid: feature for feature in self._features}
        for fid in remove:
            features.pop(fid, None)
        features |= {feature.fid: feature for feature in put}
        changed = Collection(
            info or self.info, revision, features.values(), first_revisions=self._first_revisions
        )
        changed._take_over_geometries(self)
        take_over(self._token, changed._token, partial(self._moved_to, changed))
        return changed

    def _moved_to(self, other: "Collection", positions: Sequence[int]) -> dict[int, int]:
        """Return where features that are the same in another collection stand here and there."""
        here = [id(self._features[i]) for i in positions]
        there = {id(feature): i for i, feature in enumerate(other._features)}
        return {i: there[key] for i, key in zip(positions, here, strict=True) if key in there}

    def _take_over_geometries(self, old: "Collection") -> None:
        if old._geometries is not None:
            geometries, fresh = taken_over(self._features, old._features, old._geometries)
            geometries[fresh] = published(self._stored(fresh), STORAGE)
            self._geometries = frozen(geometries)
