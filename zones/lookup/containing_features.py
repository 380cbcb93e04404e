"""Which features of any collection of areas hold a point: overlaps and gaps as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zones.cover.grid_cover import GridCover, Memberships, build_cover
from zones.errors import ZonesError
from zones.lookup.containment_by_rtree import NamesOf, TreeCover, areas_of, has_areas
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot

MOST_COLLECTIONS: Final = 10
BYTES_PER_FEATURE: Final = 300
"""What the index of boxes and the lists of names take, measured with 200,000 areas."""


class MembersError(ZonesError):
    """Points cannot be located in what was asked for."""


class ContainingFeature(NamedTuple):
    """A feature that holds a point."""

    fid: str
    name: str | None

    def as_json(self) -> dict[str, str | None]:
        """Return what answers say of the feature."""
        return {"id": self.fid, "name": self.name}


@dataclass(frozen=True, slots=True)
class CollectionMembers:
    """A collection of areas, ready to be asked; made by ``members_of``.

    The borders of an area belong to it. What has no area, or coordinates that are not finite,
    holds no point.
    """

    collection_id: str
    fids: Sequence[str]
    names: Sequence[str | None]
    cover: GridCover | TreeCover

    @property
    def nbytes(self) -> int:
        """Memory that being ready takes, about; the features themselves are the collection's."""
        if isinstance(self.cover, TreeCover):
            return self.cover.nbytes
        return self.cover.nbytes + BYTES_PER_FEATURE * len(self.fids)

    def at(self, lon: float, lat: float) -> list[ContainingFeature]:
        """Return the features that hold one point (degrees of EPSG:4490), in their order."""
        return [self._member(index) for index in self.cover.at(lon, lat)]

    def at_many(self, lon: ArrayLike, lat: ArrayLike) -> list[list[ContainingFeature]]:
        """Return the same for each of n points."""
        found = self.lookup(lon, lat)
        return [
            [self._member(index) for index in found[point].tolist()] for point in range(len(found))
        ]

    def lookup(self, lon: ArrayLike, lat: ArrayLike) -> Memberships:
        """Return the positions in ``fids`` for each of n points; NaN lies in nothing."""
        return self.cover.lookup(lon, lat)

    def _member(self, index: int) -> ContainingFeature:
        return ContainingFeature(self.fids[index], self.names[index])


def members_of(collection: Collection) -> CollectionMembers:
    """Return the collection ready to be asked; use it as ``collection.derived(members_of)``.

    A collection that a new revision leaves alone stays the same object, so nothing is built anew.

    Raises
    ------
    MembersError
        ``members-no-areas`` if no feature is a polygon.
    """
    if not has_areas(collection):
        raise MembersError("members-no-areas", collection=collection.info.id)
    id_, fids, names = collection.info.id, collection.fids, NamesOf(collection)
    if isinstance(collection, MappedCollection):
        return CollectionMembers(id_, fids, names, TreeCover(collection))
    return CollectionMembers(id_, fids, [*names], build_cover(areas_of(collection)))


def requested_collections(snapshot: Snapshot, collection_ids: Iterable[str]) -> list[Collection]:
    """Return the collections that a request names, each once.

    Raises
    ------
    UnknownCollectionError
    MembersError
        If there are more than ten.
    """
    requested = list(dict.fromkeys(collection_ids))
    if len(requested) > MOST_COLLECTIONS:
        raise MembersError("members-too-many", limit=MOST_COLLECTIONS, count=len(requested))
    return [snapshot.collection(id_) for id_ in requested]


def requested_members(snapshot: Snapshot, collection_ids: Iterable[str]) -> list[CollectionMembers]:
    """Return the same made ready, kept with the collections from then on.

    Raises
    ------
    UnknownCollectionError
    MembersError
        Also if one has no areas.
    """
    requested = requested_collections(snapshot, collection_ids)
    return [collection.derived(members_of) for collection in requested]


def members_json(
    members: Sequence[CollectionMembers], lon: ArrayLike, lat: ArrayLike
) -> list[dict[str, Any]]:
    """Return for each point what answers say of further collections; nothing if none is asked."""
    if not members:
        return [{}] * np.size(lon)
    found = {each.collection_id: each.at_many(lon, lat) for each in members}
    return [
        {
            "members": {
                id_: [one.as_json() for one in of_points[row]] for id_, of_points in found.items()
            }
        }
        for row in range(np.size(lon))
    ]
