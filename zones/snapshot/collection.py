"""A collection at one revision, in memory: ids, geometries, properties, and their GeoJSON."""

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from zones.crs.transform import CRS, STORAGE
from zones.errors import UnknownFeatureError
from zones.memory.memo import Memo
from zones.model import JSON, CollectionInfo, Feature
from zones.properties.value_kinds import ValueKind, kinds_of
from zones.segment_files.derived_files import DerivedArrays
from zones.snapshot.encode_features import FeatureTexts
from zones.snapshot.encoded_feature_cache import forget, take_over
from zones.snapshot.geodataframe import features_of, frame_of
from zones.snapshot.geometry_arrays import Geometries, array_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

T = TypeVar("T")

Indices = NDArray[np.int64]
FirstRevisions = Callable[[], Mapping[str, int]]
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

    def has_name(self, name: str) -> bool:
        """Return whether any feature has a property; sooner told than all ``names``."""
        return any(name in each for each in self.properties)

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

    def _stored(self, indices: Iterable[int]) -> Geometries:
        return array_of([self._features[i].geometry for i in indices])

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
        if "_as_published" in old.__dict__:
            known = {id(feature): at for at, feature in enumerate(old._features)}
            sources = [known.get(id(feature), -1) for feature in self._features]
            self._as_published.take_over(old._as_published, np.array(sources, np.int64))
