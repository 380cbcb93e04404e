"""A collection whose rows lie in a segment; what changed since lies over them in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.errors import UnknownFeatureError
from zones.geojson.published_geometry import published
from zones.model import JSON, BBox, CollectionInfo, Feature
from zones.properties.value_kinds import ValueKind
from zones.segment_files.derived_files import DerivedArrays
from zones.segment_files.segment_rows import SegmentRows
from zones.snapshot.box_geometry import extent_of
from zones.snapshot.changes_over_segment import Overlay
from zones.snapshot.collection import Collection, FirstRevisions
from zones.snapshot.encoded_feature_cache import KNOWN_COST, QUICK_BYTES, take_over
from zones.snapshot.feature_places import Indices
from zones.snapshot.geometry_arrays import Geometries, array_of
from zones.snapshot.mapped_property_names import names_of
from zones.snapshot.mapped_rows import MappedGeometries, MappedProperties, NamesOfRows
from zones.snapshot.mapped_tree import MappedTree

AT_ONCE: Final = 1_000
"""Rows read together where all are walked through."""


class MappedCollection(Collection):
    """A collection in a segment, and the features that differ from it, the *changed* ones.

    It answers what a ``Collection`` of the same features answers. Geometries, properties and
    features are made for each answer; nothing of them stays.

    Parameters
    ----------
    segment
        The rows at some revision, this one or an earlier.
    overlay
        Where features stand that are not just the rows.
    changed
        The features that are not in the segment as they are now.
    first_revisions
        See ``Collection``.
    """

    def __init__(
        self,
        info: CollectionInfo,
        revision: int,
        segment: SegmentRows,
        *,
        overlay: Overlay | None = None,
        changed: Sequence[Feature] = (),
        first_revisions: FirstRevisions | None = None,
    ) -> None:
        self._begin(info, revision, first_revisions)
        self.segment = segment
        self._overlay = overlay or Overlay(len(segment))
        self.changed = Collection(info, revision, changed)
        self.fids = NamesOfRows(self._fid, self._every_fid, len(self))
        if self.is_as_in_segment:
            self.fids = segment.fids
        self.properties = MappedProperties(self.properties_of, len(self))

    def __len__(self) -> int:
        return len(self._overlay)

    def __iter__(self) -> Iterator[Feature]:
        for begin in range(0, len(self), AT_ONCE):
            yield from self.features_at(range(begin, min(begin + AT_ONCE, len(self))))

    def __reduce__(self) -> tuple[type[Collection], tuple[object, ...]]:
        return Collection, (self.info, self.revision, tuple(self))

    def __contains__(self, fid: object) -> bool:
        return isinstance(fid, str) and self._position(fid) is not None

    @property
    def is_as_in_segment(self) -> bool:
        """Whether all rows of the segment, and no others, are the features."""
        return self._overlay.is_plain

    def features_at(self, indices: Sequence[int] | Indices) -> list[Feature]:
        """Return the features at these positions."""
        geometries, properties = self._stored(indices), self.properties_of(indices)
        fids = [self.fids[i] for i in np.asarray(indices).tolist()]
        return [*map(Feature, fids, geometries, properties)]

    def feature(self, fid: str) -> Feature:
        """Return the feature of that id, as ``index_of`` finds it."""
        return self.features_at([self.index_of(fid)])[0]

    def index_of(self, fid: str) -> int:
        """Return where the feature stands.

        Raises
        ------
        UnknownFeatureError
        """
        position = self._position(fid)
        if position is None:
            raise UnknownFeatureError(collection=self.info.id, fid=fid)
        return position

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all properties that any feature has, in the order of the features."""
        return names_of(self.segment, self._overlay, self.changed)

    def has_name(self, name: str) -> bool:
        """Return whether ``names`` has it."""
        return name in self.names

    def values(self, name: str) -> list[JSON]:
        """Return a property of all features, None where one lacks it."""
        return self._overlay.listed(self.segment.values(name), self.changed.values(name))

    def value_kinds(self, name: str) -> frozenset[ValueKind]:
        """Return which kinds of values a property has, or had when the segment was made."""
        return self.changed.value_kinds(name).union(self.segment.value_kinds.get(name, ()))

    @property
    def geometries(self) -> Geometries:
        """The geometries as published, in EPSG:4490, each made when it is asked for."""
        # It is asked as an array is, and is one to numpy and shapely.
        return cast(Geometries, MappedGeometries(self._shown, len(self)))

    def published(self, indices: Sequence[int] | Indices, crs: CRS) -> Geometries:
        """Return the geometries at ``indices`` as they are published in ``crs``, x first."""
        if crs.is_lonlat:
            return self._shown(indices)
        return published(self._stored(indices), crs)

    @cached_property
    def tree(self) -> MappedTree:
        """The spatial index of the geometries; features without one are never found."""
        overlay = self._overlay
        return MappedTree(self.segment.tree, overlay, self.changed, self._shown, self._sides_at)

    def _is_wide(self, probe: BaseGeometry) -> bool:
        """Return whether to look at bounds first, which saves reading geometries."""
        return bool(probe.area > 0)

    @cached_property
    def are_placed(self) -> NDArray[np.bool_]:
        """Which features have a geometry."""
        return self.kinds >= 0

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Of each geometry shapely's number of its type, -1 for none."""
        return self._overlay.joined(self.segment.kinds, lambda: self.changed.kinds)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of each feature in degrees, NaN for one without a place."""
        return self._overlay.joined(self.segment.bounds.T, lambda: self.changed.bounds)

    def bounds_at(self, indices: Sequence[int] | Indices) -> NDArray[np.float64]:
        """Return ``bounds`` of the features at ``indices`` alone."""
        return self._overlay.some(indices, self.segment.bounds.T, lambda: self.changed.bounds)

    bounds_around = bounds_at  # which are at hand

    def _sides_at(self, indices: Indices) -> tuple[NDArray[np.float64], ...]:
        if self.is_as_in_segment:
            return tuple(side[indices] for side in self.segment.bounds)
        sides = zip(self.segment.bounds, self.changed.bounds.T, strict=True)
        some = self._overlay.some
        return tuple(some(indices, rows, partial(np.asarray, changed)) for rows, changed in sides)

    @cached_property
    def extent(self) -> BBox | None:
        """West, south, east, north of all features in degrees; None if no feature has a place."""
        whole, more = self.segment.extent, self.changed.extent
        gone = extent_of(self.segment.bounds.T[self._overlay.hidden])
        if whole is not None and gone is not None and np.equal(whole, gone).any():
            return extent_of(self.bounds)
        return extent_of(np.array([each for each in (whole, more) if each], float).reshape(-1, 4))

    @cached_property
    def vertex_counts(self) -> NDArray[np.int32]:
        """Vertices of every feature."""
        return self._overlay.joined(self.segment.vertex_counts, lambda: self.changed.vertex_counts)

    def features_json(self, indices: Sequence[int] | Indices, crs: CRS = CRS.CRS84) -> list[bytes]:
        """Return the features at ``indices`` as GeoJSON bytes; see ``Collection``."""
        if crs is not CRS.CRS84:
            return super().features_json(indices, crs)
        texts = self.segment.texts, self.changed.features_json
        return list(self._overlay.gathered(indices, *texts))

    def shared(self, name: str, work_out: Callable[[], DerivedArrays]) -> DerivedArrays:
        """Return arrays worked out of all features: from a file beside the segment if it is so."""
        if self.segment.derived is None or not self.is_as_in_segment:
            return work_out()
        return self.segment.derived.get(name, work_out)

    def has_shared(self, name: str) -> bool:
        """Return whether ``shared`` would find a file under a name."""
        files = self.segment.derived
        return files is not None and self.is_as_in_segment and files.has(name)

    def is_quick(self, indices: Sequence[int], crs: CRS) -> bool:
        """Return whether ``features_json`` of these takes but a millisecond or two."""
        if crs is not CRS.CRS84:
            return False
        rows = self._overlay.sources(indices)
        texts = int(self.segment.text_sizes(rows[rows >= 0]).sum())
        others = (-1 - rows[rows < 0]).tolist()
        is_much = texts > QUICK_BYTES * KNOWN_COST
        return not is_much and (not others or self.changed.is_quick(others, crs))

    def is_quick_to_search(self, vertices: int) -> bool:
        """Return whether no feature has more than so many vertices; nor had one that is gone."""
        changed = self.changed.vertex_counts.max(initial=0)
        return max(self.segment.most_vertices, int(changed)) <= vertices

    def properties_of(self, indices: Sequence[int] | Indices) -> list[Any]:
        """Return the properties at these positions."""
        changed = self.changed.properties
        found: list[Any] = self._overlay.gathered(
            indices, self.segment.properties, lambda some: [changed[i] for i in some]
        )
        return found

    def with_delta(
        self,
        put: Sequence[Feature] = (),
        remove: Iterable[str] = (),
        *,
        revision: int,
        info: CollectionInfo | None = None,
    ) -> "MappedCollection":
        """Return the collection after a change; see ``Collection.with_delta``."""
        new, gone = {feature.fid: feature for feature in put}, list(remove)
        if not new and not gone:
            return self._followed_by(info, revision, self._overlay, [*self.changed])
        ended = {place for fid in gone if (place := self._position(fid)) is not None}
        places = [None if place in ended else place for place in map(self._position, new)]
        overlay, still = self._overlay.changed_by(places, sorted(ended), changed=len(self.changed))
        changed = [*self.changed, *new.values()]
        return self._followed_by(info, revision, overlay, [changed[i] for i in still])

    def _followed_by(
        self, info: CollectionInfo | None, revision: int, overlay: Overlay, changed: list[Feature]
    ) -> "MappedCollection":
        after = MappedCollection(
            info or self.info,
            revision,
            self.segment,
            overlay=overlay,
            changed=changed,
            first_revisions=self._first_revisions,
        )
        take_over(self._token, after._token, partial(self._moved_to, after))
        return after

    def _moved_to(self, other: Collection, positions: Sequence[int]) -> dict[int, int]:
        assert isinstance(other, MappedCollection)  # noqa: S101 - made by this one
        sources = self._overlay.sources(positions)
        places = other._overlay.places_of(np.maximum(sources, 0))
        changed, of_changed = [*self.changed], other._overlay.of_changed.tolist()
        others = dict(zip(map(id, other.changed), of_changed, strict=True))
        moved = {}
        for position, source, place in zip(positions, sources.tolist(), places, strict=True):
            now = int(place) if source >= 0 else others.get(id(changed[-1 - source]), -1)
            if now >= 0:
                moved[position] = now
        return moved

    def _position(self, fid: str) -> int | None:
        if fid in self.changed:
            return int(self._overlay.of_changed[self.changed.index_of(fid)])
        row = self.segment.fids.row_of(fid)
        if row is None:
            return None
        places = self._overlay.of_rows(np.array([row], np.int64))
        return int(places[0]) if len(places) else None

    def _every_fid(self) -> Iterable[str]:
        return self._overlay.listed(self.segment.fids, self.changed.fids)

    def _fid(self, position: int) -> str:
        (source,) = self._overlay.sources([position]).tolist()
        return str(self.segment.fids[source] if source >= 0 else self.changed.fids[-1 - source])

    def _stored(self, indices: Iterable[int]) -> Geometries:
        found = self._overlay.gathered(indices, self.segment.stored, self.changed._stored)
        return found if isinstance(found, np.ndarray) else array_of(found)

    def _shown(self, indices: Sequence[int] | Indices) -> Geometries:
        of_changed = self.changed.geometries
        found = self._overlay.gathered(indices, self.segment.shown, lambda at: of_changed[at])
        return found if isinstance(found, np.ndarray) else array_of(found)
