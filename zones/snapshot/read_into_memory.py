"""Collections read from a store, into memory."""

from collections.abc import Mapping
from functools import partial

from zones.model import CollectionInfo
from zones.snapshot.collection import Collection
from zones.store.protocol import Store


class StoreHistory:
    """A ``zones.snapshot.lazy_collections.History`` of what a store holds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collection(self, info: CollectionInfo, revision: int, *, at: int) -> Collection:
        """Return the collection as of a revision, its features in the order first stored."""
        features = self._store.features(info.id, revision=at)
        ids = partial(self._store.first_revisions, info.id)
        return Collection(info, revision, features, first_revisions=ids)

    def first_revisions(self, collection_id: str) -> Mapping[str, int]:
        """Return every fid that there ever was, and the revision that first stored it."""
        return self._store.first_revisions(collection_id)
