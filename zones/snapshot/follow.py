"""What keeps a worker's snapshot at the store's current revision."""

from threading import Lock
from typing import Final

from zones.errors import UnknownRevisionError
from zones.plan_facts import Plan
from zones.snapshot.former import FormerRevisions
from zones.snapshot.model import Snapshot
from zones.store.protocol import Store

MANY_CHANGES: Final = 5_000
"""Features of one collection; more are read when they are asked for, so that whoever asks for
another collection need not wait for a second."""


class SnapshotFollower:
    """Holds a worker's snapshot and keeps it at the store's revision; for any number of threads.

    A reader gets the old snapshot or the new one, whole. One thread reads what changed, those
    that come meanwhile wait for it: an answer is never older than the last commit before it.
    """

    def __init__(self, store: Store, plan: Plan) -> None:
        self._store = store
        self._empty = Snapshot(0, {}, plan)
        self._snapshot = self._empty
        self._refreshing = Lock()
        self.former = FormerRevisions(
            store,
            make=lambda revision, parts: Snapshot(revision, parts, plan),
            now=lambda: self._snapshot.parts,
        )

    def is_current(self) -> bool:
        """Return whether ``current`` would answer at once; costs what ``store.revision`` costs."""
        return self._store.revision() == self._snapshot.revision

    def held(self) -> Snapshot | None:
        """Return the snapshot if it is that of the current revision, else None; never waits."""
        snapshot = self._snapshot
        return snapshot if self._store.revision() == snapshot.revision else None

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
                    self._snapshot = self._refreshed()
                    self.former.count_anew()
        return self._snapshot

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
        most = None if before is self._empty else MANY_CHANGES
        delta = self._store.delta(before.revision, most=most)
        return before.with_delta(delta, self._store)
