"""Former revisions that were asked for last, up to so many bytes of memory."""

from collections.abc import Callable
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import Final, Generic, Protocol, TypeVar

from zones.memory.bounded_cache import BoundedCache
from zones.model import CollectionInfo
from zones.snapshot.collection import Collection
from zones.snapshot.feature_memory_size import memory_of
from zones.snapshot.lazy_collections import UnreadCollection
from zones.snapshot.read_into_memory import StoreHistory
from zones.store.protocol import Store

DEFAULT_MAX_BYTES: Final = 256 * 2**20
SNAPSHOT_BYTES: Final = 2 * 2**20
"""What is worked out of a snapshot as a whole, as where the zones lie, and its own parts."""
READ_AT_ONCE: Final = 2
"""Collections that are read at the same time: each takes memory before it can be counted."""

Entries = dict[str, Collection | UnreadCollection]


class HasCollections(Protocol):
    """A snapshot, as far as its memory is concerned."""

    @property
    def parts(self) -> Entries:
        """Its collections, read or not."""
        ...


S = TypeVar("S", bound=HasCollections)


class FormerRevisions(Generic[S]):
    """Snapshots of former revisions; what a request does not ask for of them is not read.

    Threads that ask for the same revision wait for one of them, those that ask for others do not.

    Parameters
    ----------
    make
        Makes a snapshot of a revision and its collections.
    now
        Returns the current collections: what a former revision shares with them is not counted.
    """

    def __init__(
        self, store: Store, make: Callable[[int, Entries], S], now: Callable[[], Entries]
    ) -> None:
        self._store = store
        self._history = StoreHistory(store)
        self._make = make
        self._now = now
        self._reading = BoundedSemaphore(READ_AT_ONCE)
        self._turns: dict[int, Lock] = {}
        self._lock = Lock()
        self.cache = BoundedCache[int, S](DEFAULT_MAX_BYTES, self._bytes_of)

    def at(self, revision: int) -> S:
        """Return the snapshot as of a committed revision."""
        found = self.cache.get(revision)
        if found is not None:
            return found
        with self._turn(revision):
            found = self.cache.get(revision)
            if found is None:
                found = self._make(revision, self._entries(revision))
                self.cache.put(revision, found)
        return found

    def count_anew(self) -> None:
        """Count what the former revisions no longer share with the current one."""
        for revision in self.cache:
            self.cache.resize(revision)

    def _turn(self, revision: int) -> Lock:
        with self._lock:
            if len(self._turns) > 1000:  # noqa: PLR2004 - whoever waits has its lock in hand
                self._turns.clear()
            return self._turns.setdefault(revision, Lock())

    def _bytes_of(self, snapshot: S) -> int:
        now = self._now()
        own = (part for id_, part in snapshot.parts.items() if now.get(id_) is not part)
        read = (part for part in own if isinstance(part, Collection))
        return SNAPSHOT_BYTES + sum(part.derived(memory_of) for part in read)

    def _entries(self, revision: int) -> Entries:
        changed: dict[str, int] = {}
        for entry in self._store.revisions():
            if entry.number <= revision:
                changed = dict.fromkeys(entry.collections, entry.number) | changed
        infos = self._store.collections(revision=revision)
        now = self._now()
        return {
            info.id: self._entry(info, changed.get(info.id, revision), revision, now.get(info.id))
            for info in infos
        }

    def _entry(
        self,
        info: CollectionInfo,
        changed: int,
        revision: int,
        today: Collection | UnreadCollection | None,
    ) -> Collection | UnreadCollection:
        """Return a collection as of ``revision``: today's if nothing changed it since."""
        if today is not None and (today.revision, today.info) == (changed, info):
            return today
        read = partial(self._read, info, changed, revision)
        return UnreadCollection(info, changed, read, is_read=partial(self.cache.resize, revision))

    def _read(self, info: CollectionInfo, changed: int, revision: int) -> Collection:
        with self._reading:
            return self._history.collection(info, changed, at=revision)
