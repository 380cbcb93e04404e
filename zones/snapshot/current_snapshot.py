"""What keeps a worker's snapshot at the store's current revision."""

from threading import Lock
from typing import Final

from zones.errors import PrunedRevisionError, StoreError, UnknownRevisionError
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.collection_loader import LARGE, CollectionLoader
from zones.snapshot.former_revisions import FormerRevisions
from zones.snapshot.lazy_collections import History, UnreadCollection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot
from zones.snapshot.read_into_memory import StoreHistory
from zones.snapshot.segment_renewal_rule import Folding
from zones.store.protocol import Store

MANY_CHANGES: Final = 5_000
"""Features of one collection; more are read when they are asked for, so that whoever asks for
another collection need not wait for a second."""


GONE: Final = "store-unreachable"
"""The fault of a store whose database is not there: what it holds is not in doubt."""


class SnapshotFollower:
    """Holds a worker's snapshot and keeps it at the store's revision; for any number of threads.

    A reader gets the old snapshot or the new one, whole. One thread reads what changed, those
    that come meanwhile wait for it: an answer is never older than the last commit before it. While
    the store's database cannot be reached, what was read last is the current snapshot.

    Parameters
    ----------
    loader
        Where large collections are read from; None to have all of them in memory.
    """

    def __init__(self, store: Store, plan: Plan, loader: CollectionLoader | None = None) -> None:
        self._store = store
        self._loader = loader
        self._history: History = loader or StoreHistory(store)
        self._empty = Snapshot(0, {}, plan)
        self._snapshot = self._empty
        self._refreshing = Lock()
        self._folding = Folding()
        self.former = FormerRevisions(
            store,
            make=lambda revision, parts: Snapshot(revision, parts, plan),
            now=lambda: self._snapshot.parts,
        )

    def is_current(self) -> bool:
        """Return whether ``current`` would answer at once; costs what ``store.revision`` costs."""
        return self._revision() == self._snapshot.revision

    def _revision(self) -> int:
        """Return the store's revision; while its database is gone, that which was read last."""
        try:
            return self._store.revision()
        except StoreError as fault:
            if fault.code != GONE or self._snapshot is self._empty:
                raise
            return self._snapshot.revision

    def cached(self) -> Snapshot | None:
        """Return the snapshot if it is that of the current revision, else None; never waits."""
        snapshot = self._snapshot
        return snapshot if self._revision() == snapshot.revision else None

    @property
    def latest(self) -> Snapshot:
        """The snapshot that was read last, without asking the store whether there is a newer one.

        For what must not fail nor wait: the words at the foot of a page that says the store is
        broken.
        """
        return self._snapshot

    def current(self) -> Snapshot:
        """Return the snapshot at the store's current revision, reading what changed since."""
        if not self.is_current():
            with self._refreshing:
                if not self.is_current():
                    self._renew_snapshot()
        return self._snapshot

    def _renew_snapshot(self) -> None:
        try:
            self._snapshot = self._refreshed()
        except StoreError as fault:
            if fault.code != GONE or self._snapshot is self._empty:
                raise
            return
        self.former.count_anew()

    def at(self, revision: int) -> Snapshot:
        """Return the snapshot as of ``revision``; those asked for last are remembered.

        Raises
        ------
        UnknownRevisionError
            If ``revision`` is not a committed one.
        """
        now = self.current()
        if revision == now.revision:
            return now
        if not 1 <= revision < now.revision:
            raise UnknownRevisionError(revision=revision, current=now.revision)
        return self.former.at(revision)

    def _refreshed(self) -> Snapshot:
        before = self._snapshot
        # A store put back from a backup counts from an earlier revision: begin again.
        if self._store.revision() < before.revision:
            before = self._empty
            self.former.cache.clear()
        if before is not self._empty:
            try:
                delta = self._store.delta(before.revision, most=MANY_CHANGES)
                return before.with_delta(delta, self._history)
            except PrunedRevisionError:  # while this worker was far behind
                before = self._empty
        most = None if self._loader is None else LARGE
        delta = self._store.delta(0, most=most)
        return self._with_segments(before.with_delta(delta, self._history))

    def _with_segments(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose large collections are there, as far as they have segments."""
        if self._loader is not None:
            for part in snapshot.parts.values():
                if isinstance(part, UnreadCollection):
                    found = self._loader.opened(part.info, part.revision, at=snapshot.revision)
                    snapshot = snapshot if found is None else snapshot.with_same(found)
        return snapshot

    def renew_segments(self) -> None:
        """Have segments made for large collections that have none, or one with much over it.

        May take long; meanwhile everything is answered from what there is. Of what nobody has
        asked for yet too, as after a start without segments: who asks then need not wait.
        """
        if self._loader is None:
            return
        for part in self._snapshot.parts.values():
            if isinstance(part, UnreadCollection):
                if self._loader.renew(part.info.id, part.revision):
                    part.collection()
            elif self._folding.is_due(part):
                self._renew(part, self._loader)
        self._loader.sweep([*self._snapshot.collections])

    def _renew(self, former: Collection, loader: CollectionLoader) -> None:
        if isinstance(former, MappedCollection) and former.segment.is_damaged:
            loader.discard(former)
        if not loader.renew(former.info.id, former.revision):
            return
        renewed = loader.opened(former.info, former.revision, at=former.revision)
        with self._refreshing:
            is_current = self._snapshot.parts.get(former.info.id) is former
            if renewed is not None and is_current:
                self._snapshot = self._snapshot.with_same(renewed)
