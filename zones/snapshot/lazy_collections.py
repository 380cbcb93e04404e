"""The collections of a snapshot, some of which may still have to be read."""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Protocol

from zones.model import CollectionInfo
from zones.snapshot.collection import Collection


class History(Protocol):
    """What is read of a collection's history."""

    def collection(self, info: CollectionInfo, revision: int, *, at: int) -> Collection:
        """Return a collection that ``revision`` changed last, as of revision ``at``."""
        ...

    def first_revisions(self, collection_id: str) -> Mapping[str, int]:
        """Return every fid that there ever was, and the revision that first stored it."""
        ...


class CollectionOf(Protocol):
    """Reads one collection."""

    def __call__(self) -> Collection:
        """Return the collection, its features in the order first stored."""
        ...


class UnreadCollection:
    """A collection whose features are read when somebody asks for it, once for all threads.

    Parameters
    ----------
    is_read
        Called once they are.
    """

    def __init__(
        self,
        info: CollectionInfo,
        revision: int,
        read: CollectionOf,
        *,
        is_read: Callable[[], None] | None = None,
    ) -> None:
        self.info = info
        self.revision = revision
        self._read = read
        self._on_read = is_read
        self._lock = Lock()
        self._collection: Collection | None = None

    @property
    def is_read(self) -> bool:
        """Whether ``collection`` would answer at once."""
        return self._collection is not None

    def collection(self) -> Collection:
        """Return the collection itself."""
        if self._collection is None:
            with self._lock:
                if self._collection is None:
                    self._collection = self._read()
                    if self._on_read is not None:
                        self._on_read()
        return self._collection


class Collections(Mapping[str, Collection]):
    """Collections by id, in the order of ``info.order``, then id; read when they are asked for."""

    def __init__(self, collections: Mapping[str, Collection | UnreadCollection]) -> None:
        ordered = sorted(collections.values(), key=lambda c: (c.info.order, c.info.id))
        self._entries = {entry.info.id: entry for entry in ordered}

    def __getitem__(self, collection_id: str) -> Collection:
        entry = self._entries[collection_id]
        return entry.collection() if isinstance(entry, UnreadCollection) else entry

    def __contains__(self, collection_id: object) -> bool:
        return collection_id in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Mapping[str, Collection | UnreadCollection]:
        """What is there, without reading anything; what has been read by now as itself."""
        return {id_: self[id_] if self.is_read(id_) else e for id_, e in self._entries.items()}

    def is_read(self, collection_id: str) -> bool:
        """Return whether asking for the collection needs no waiting, be it that there is none."""
        entry = self._entries.get(collection_id)
        return not isinstance(entry, UnreadCollection) or entry.is_read
