"""All collections at one revision: what every read is answered from."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TypeVar

from zones.errors import UnknownCollectionError, UnknownRevisionError
from zones.memory.memo import Memo
from zones.model import Change, CollectionInfo, Delta
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.lazy_collections import Collections, History, UnreadCollection

T = TypeVar("T")

MOST_VIEWS = 64
"""Sets of hidden collections that a snapshot remembers itself without."""


class Snapshot:
    """Everything that can be asked, as of one revision; immutable.

    Parameters
    ----------
    collections
        By id; kept in the order of ``info.order``, then id. One that is still to be read is read
        when somebody asks for it, who waits meanwhile.
    """

    def __init__(
        self, revision: int, collections: Mapping[str, Collection | UnreadCollection], plan: Plan
    ) -> None:
        self.revision = revision
        self.collections = Collections(collections)
        self.plan = plan
        self._derived = Memo(self)
        self._parts: dict[frozenset[str], Snapshot] = {}
        self._views: dict[frozenset[str], Snapshot] = {}
        self._whole: Snapshot | None = None
        self.hidden: frozenset[str] = frozenset()
        """What ``without`` left out."""

    def __reduce__(self) -> tuple[type["Snapshot"], tuple[object, ...]]:
        return Snapshot, (self.revision, dict(self.collections), self.plan)

    def only(self, collection_ids: Iterable[str]) -> "Snapshot":
        """Return the snapshot without any other collections."""
        chosen = {id_: self.collections[id_] for id_ in collection_ids if id_ in self.collections}
        return Snapshot(self.revision, chosen, self.plan)

    def part(self, collection_ids: frozenset[str]) -> "Snapshot":
        """Return ``only`` these collections; the same object for as long as none of them changes.

        What was derived from it is then taken over from revision to revision; its own number is
        that of the revision at which it was asked for first.
        """
        if self.collections.keys() <= collection_ids:
            return self
        if self._whole is not None:
            return self._whole.part(collection_ids - self.hidden)
        return self._parts.get(collection_ids) or self._parts.setdefault(
            collection_ids, self.only(collection_ids)
        )

    def without(self, hidden: frozenset[str]) -> "Snapshot":
        """Return the snapshot as it is for those who may not know of some collections.

        It has the same revision, and is the same object for as long as it is asked for again and
        again; what rests on parts of the snapshot that are not hidden is shared with it.
        """
        if hidden.isdisjoint(self.collections.keys()):
            return self
        if (view := self._views.get(hidden)) is not None:
            return view
        seen = {id_: each for id_, each in self.parts.items() if id_ not in hidden}
        view = Snapshot(self.revision, seen, self.plan)
        view._whole, view.hidden = self, hidden
        while len(self._views) >= MOST_VIEWS:
            self._views.pop(next(iter(self._views)), None)
        return self._views.setdefault(hidden, view)

    def is_read(self, collection_id: str) -> bool:
        """Return whether ``collection`` would answer at once."""
        return self.collections.is_read(collection_id)

    @property
    def parts(self) -> dict[str, Collection | UnreadCollection]:
        """The collections by id, those that are still to be read as such."""
        return dict(self.collections.entries)

    def read_all(self) -> None:
        """Read what is still to be read."""
        for collection_id in self.collections:
            self.collections.get(collection_id)

    def collection(self, collection_id: str) -> Collection:
        """Return the collection.

        Raises
        ------
        UnknownCollectionError
        """
        try:
            return self.collections[collection_id]
        except KeyError:
            raise UnknownCollectionError(collection=collection_id) from None

    def info(self, collection_id: str) -> CollectionInfo:
        """Return how a collection is described, without reading it; of none, just its id."""
        known = self.collections.entries.get(collection_id)
        if known is None:
            return CollectionInfo(collection_id, collection_id, collection_id)
        return known.info

    def collection_or_empty(self, collection_id: str) -> Collection:
        """Return the collection, or one without features if the snapshot has none of that id."""
        if collection_id in self.collections:
            return self.collections[collection_id]
        return Collection(self.info(collection_id), self.revision, ())

    def derived(self, builder: Callable[["Snapshot"], T]) -> T:
        """Return ``builder(self)``, built at most once for this snapshot, whichever thread asks."""
        return self._derived.get(builder)

    def has_derived(self, builder: Callable[["Snapshot"], object]) -> bool:
        """Return whether ``derived`` would answer at once."""
        return self._derived.has(builder)

    def with_same(self, collection: Collection) -> "Snapshot":
        """Return the snapshot with the same features of a collection in another form."""
        collections = {**self.collections.entries, collection.info.id: collection}
        return self._followed_by(
            Snapshot(self.revision, collections, self.plan), {collection.info.id}
        )

    def _followed_by(self, after: "Snapshot", touched: AbstractSet[str]) -> "Snapshot":
        """Return the snapshot that comes next, with the parts that nothing touched."""
        after._parts = {
            ids: part for ids, part in list(self._parts.items()) if ids.isdisjoint(touched)
        }
        return after

    def with_delta(self, delta: Delta, history: History | None = None) -> "Snapshot":
        """Return the snapshot at ``delta.to``; collections that did not change stay as they are.

        A collection both dropped and described began anew in between: its features are those of
        the delta alone.

        Parameters
        ----------
        history
            Reads the collections that the delta leaves unread, and the ids that there were.
        """
        entries = self.collections.entries
        remaining = {id_: entry for id_, entry in entries.items() if id_ not in delta.dropped}
        renewed = {info.id: info for info in delta.collections}
        changed = renewed.keys() | delta.put.keys() | delta.remove.keys() | delta.unread
        for id_ in changed:
            info, touched = renewed.get(id_), delta.touched.get(id_, delta.to)
            ids = partial(history.first_revisions, id_) if history else None
            before = (
                remaining[id_]
                if id_ in remaining
                else Collection(renewed[id_], delta.to, (), first_revisions=ids)
            )
            if id_ in delta.unread or isinstance(before, UnreadCollection):
                described = info or before.info
                read = partial(
                    history.collection if history else _unreadable, described, touched, at=delta.to
                )
                remaining[id_] = UnreadCollection(described, touched, read)
            else:
                remaining[id_] = before.with_delta(
                    delta.put.get(id_, ()), delta.remove.get(id_, ()), revision=touched, info=info
                )
        return self._followed_by(
            Snapshot(delta.to, remaining, self.plan), {*changed, *delta.dropped}
        )


def private_ids(snapshot: Snapshot) -> frozenset[str]:
    """Return the ids of the collections that are private; for ``snapshot.derived``."""
    return frozenset(id_ for id_, entry in snapshot.parts.items() if entry.info.private)


def _unreadable(info: CollectionInfo, revision: int, *, at: int) -> Collection:
    raise UnknownRevisionError(revision=at, current=at)


def snapshot_from(changes: Iterable[Change], plan: Plan) -> Snapshot:
    """Return the snapshot that a store would hold after these changes as its revision 1.

    For notebooks and checks, where the plan's files are read and nothing is kept.
    """
    collections = {
        change.collection_id: Collection(change.collection, 1, change.put)
        for change in changes
        if change.collection is not None
    }
    return Snapshot(1, collections, plan)
