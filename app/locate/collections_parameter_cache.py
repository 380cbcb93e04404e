"""Collections of areas made ready for look-ups (``collections=``), up to so much memory.

Making one ready takes up to some seconds, so that it is kept; those that were not asked for the
longest time give way. A look-up is answered from the collection of its own revision and no other:
what a new revision changed is made ready ahead, by the thread that reads it, for collections in
use; a look-up that comes before that is done waits for it. Look-ups in other collections, and in
the plan alone, do not wait.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Final

from zones.lookup.containing_features import (
    CollectionMembers,
    MembersError,
    members_of,
    requested_collections,
)
from zones.lookup.containment_by_rtree import TreeCover
from zones.memory.release_memory import give_back_memory
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot

IN_USE_S: Final = 3600.0
"""So long after it was asked for a collection is made ready again when it changes."""
Key = tuple[str, int]
"""A collection's id, and the revision that changed it last."""


@dataclass(slots=True)
class _CachedMembers:
    collection: Collection
    members: CollectionMembers
    requested_at: float


class MembersCache:
    """What this process keeps ready; for any number of threads.

    Parameters
    ----------
    max_bytes
        Of all together; the one asked for last is kept however large it is.
    """

    def __init__(self, max_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._now = now
        self._cached: OrderedDict[Key, _CachedMembers] = OrderedDict()
        self._lock = Lock()
        self._building = Lock()

    @property
    def nbytes(self) -> int:
        """Memory of all that is kept, about."""
        with self._lock:
            return sum(cached.members.nbytes for cached in self._cached.values())

    def has(self, collection: Collection) -> bool:
        """Return whether a look-up in the collection would be answered at once."""
        with self._lock:
            cached = self._cached.get(_key(collection))
            return cached is not None and cached.collection is collection

    def requested(
        self, snapshot: Snapshot, collection_ids: Iterable[str]
    ) -> list[CollectionMembers]:
        """Return the collections that a request names, made ready where they are not.

        Raises
        ------
        UnknownCollectionError
        MembersError
            If there are more than ten, or one has no areas.
        """
        return [self._ready(each) for each in requested_collections(snapshot, collection_ids)]

    def wanting_covers(self) -> list[MappedCollection]:
        """Return the collections of which covers in a file would pay; see ``TreeCover``."""
        with self._lock:
            covers = [cached.members.cover for cached in self._cached.values()]
        wanting = [each.wants_covers for each in covers if isinstance(each, TreeCover)]
        return [each for each in wanting if each is not None]

    def prepare(self, snapshot: Snapshot) -> None:
        """Make ready what the snapshot changed of collections in use; forget what is gone.

        What is kept of the former revision goes once its successor is there.
        """
        with self._lock:
            cached = list(self._cached.values())
        since = self._now() - IN_USE_S
        for each in cached:
            current = snapshot.collections.get(each.collection.info.id)
            if current is each.collection:
                continue
            if current is not None and each.requested_at >= since:
                with suppress(MembersError):  # no areas any more: who asks is told
                    self._built(current, requested_at=each.requested_at)
            self._forget(each)

    def _ready(self, collection: Collection) -> CollectionMembers:
        return self._found(collection, self._now()) or self._built(
            collection, requested_at=self._now()
        )

    def _found(self, collection: Collection, requested_at: float) -> CollectionMembers | None:
        with self._lock:
            cached = self._cached.get(_key(collection))
            # Revisions count anew in a store that was put back from a backup.
            if cached is None or cached.collection is not collection:
                return None
            cached.requested_at = max(cached.requested_at, requested_at)
            self._cached.move_to_end(_key(collection))
            return cached.members

    def _built(self, collection: Collection, *, requested_at: float) -> CollectionMembers:
        # One at a time: building takes several times the memory of what is built.
        with self._building:
            found = self._found(collection, requested_at)
            if found is None:
                found = members_of(collection)
                self._keep(_CachedMembers(collection, found, requested_at))
                give_back_memory()
            return found

    def _keep(self, cached: _CachedMembers) -> None:
        with self._lock:
            self._cached[_key(cached.collection)] = cached
            self._cached.move_to_end(_key(cached.collection))
            size = sum(each.members.nbytes for each in self._cached.values())
            while size > self._max_bytes and len(self._cached) > 1:
                _, dropped = self._cached.popitem(last=False)
                size -= dropped.members.nbytes

    def _forget(self, cached: _CachedMembers) -> None:
        key = _key(cached.collection)
        with self._lock:
            if self._cached.get(key) is cached:
                del self._cached[key]


def _key(collection: Collection) -> Key:
    return collection.info.id, collection.revision
