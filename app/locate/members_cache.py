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

from zones.lookup.members import CollectionMembers, MembersError, asked_collections, members_of
from zones.memory.give_back import give_back_memory
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

IN_USE_S: Final = 3600.0
"""So long after it was asked for a collection is made ready again when it changes."""
Key = tuple[str, int]
"""A collection's id, and the revision that changed it last."""


@dataclass(slots=True)
class _Kept:
    collection: Collection
    members: CollectionMembers
    asked_at: float


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
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = Lock()
        self._building = Lock()

    @property
    def nbytes(self) -> int:
        """Memory of all that is kept, about."""
        with self._lock:
            return sum(kept.members.nbytes for kept in self._kept.values())

    def has(self, collection: Collection) -> bool:
        """Return whether a look-up in the collection would be answered at once."""
        with self._lock:
            kept = self._kept.get(_key(collection))
            return kept is not None and kept.collection is collection

    def asked(self, snapshot: Snapshot, collection_ids: Iterable[str]) -> list[CollectionMembers]:
        """Return the collections that a request names, made ready where they are not.

        Raises
        ------
        UnknownCollectionError
        MembersError
            If there are more than ten, or one has no areas.
        """
        return [self._ready(each) for each in asked_collections(snapshot, collection_ids)]

    def prepare(self, snapshot: Snapshot) -> None:
        """Make ready what the snapshot changed of collections in use; forget what is gone.

        What is kept of the former revision goes once its successor is there.
        """
        with self._lock:
            kept = list(self._kept.values())
        since = self._now() - IN_USE_S
        for each in kept:
            current = snapshot.collections.get(each.collection.info.id)
            if current is each.collection:
                continue
            if current is not None and each.asked_at >= since:
                with suppress(MembersError):  # no areas any more: who asks is told
                    self._built(current, asked_at=each.asked_at)
            self._forget(each)

    def _ready(self, collection: Collection) -> CollectionMembers:
        return self._found(collection, self._now()) or self._built(collection, asked_at=self._now())

    def _found(self, collection: Collection, asked_at: float) -> CollectionMembers | None:
        with self._lock:
            kept = self._kept.get(_key(collection))
            # Revisions count anew in a store that was put back from a backup.
            if kept is None or kept.collection is not collection:
                return None
            kept.asked_at = max(kept.asked_at, asked_at)
            self._kept.move_to_end(_key(collection))
            return kept.members

    def _built(self, collection: Collection, *, asked_at: float) -> CollectionMembers:
        # One at a time: building takes several times the memory of what is built.
        with self._building:
            found = self._found(collection, asked_at)
            if found is None:
                found = members_of(collection)
                self._keep(_Kept(collection, found, asked_at))
                give_back_memory()
            return found

    def _keep(self, kept: _Kept) -> None:
        with self._lock:
            self._kept[_key(kept.collection)] = kept
            self._kept.move_to_end(_key(kept.collection))
            size = sum(each.members.nbytes for each in self._kept.values())
            while size > self._max_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                size -= dropped.members.nbytes

    def _forget(self, kept: _Kept) -> None:
        key = _key(kept.collection)
        with self._lock:
            if self._kept.get(key) is kept:
                del self._kept[key]


def _key(collection: Collection) -> Key:
    return collection.info.id, collection.revision
