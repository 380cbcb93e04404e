"""Which collections somebody may know of: those that are not private, and those of his rights.

A private collection is not refused but absent. All reads are answered from a snapshot; theirs is
one without what is hidden from them (`visible`). Lists that come from the store itself leave out
`hidden_from` them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import anyio.to_thread
from starlette.requests import Request

from app.app_state import services_of
from app.snapshot_in_thread import fresh_snapshot
from zones.errors import StoreError
from zones.lookup.locator import build_locator
from zones.model import Revision
from zones.snapshot.current_snapshot import GONE
from zones.snapshot.model import Snapshot, private_ids
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

TAG_LENGTH: Final = 10


class PrivateCollections:
    """The ids of what is private now, or was when it was dropped; read once a revision."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._read: tuple[int, frozenset[str], frozenset[str]] = (-1, frozenset(), frozenset())

    def ids(self) -> frozenset[str]:
        """Return the ids at the store's current revision; asks the disk when there is a new one."""
        return self._current()[1]

    def is_known(self, collection: str) -> bool:
        """Return whether there is, or ever was, a collection of that id; asks as ``ids`` does."""
        return collection in self._current()[2]

    def _current(self) -> tuple[int, frozenset[str], frozenset[str]]:
        read = self._read
        try:
            revision = self._store.revision()
        except StoreError as fault:
            if fault.code != GONE or read[0] < 0:
                raise
            return read  # as are the snapshots that are answered from meanwhile
        if read[0] != revision:
            private, known = self._store.private_collections(), self._store.known_collections()
            read = self._read = (revision, private, known)
        return read


def key_of(request: Request) -> Key | None:
    """Return the key or account that the request was let in with, None for anybody."""
    key: Key | None = getattr(request.state, "key", None)
    return key


def hidden_from(request: Request) -> frozenset[str]:
    """Return the private collections, also dropped ones, that the client may not know of."""
    return _hidden(request, services_of(request).private.ids())


def visible(request: Request, snapshot: Snapshot) -> Snapshot:
    """Return the current snapshot as the client may see it."""
    private = snapshot.derived(private_ids)
    return snapshot.without(_hidden(request, private)) if private else snapshot


def visible_then(request: Request, snapshot: Snapshot) -> Snapshot:
    """Return a former snapshot as the client may see it: what counts is what is private now."""
    return snapshot.without(hidden_from(request))


async def visible_now(request: Request) -> Snapshot:
    """Return the snapshot at the current revision as the client may see it, look-ups ready."""
    snapshot = await fresh_snapshot(services_of(request).follower)
    view = visible(request, snapshot)
    if view is not snapshot and not view.has_derived(build_locator):
        await anyio.to_thread.run_sync(view.derived, build_locator)
    return view


def snapshot_of_request(request: Request, revision: int | None) -> Snapshot:
    """Return the snapshot as of a revision, None for the current one; asks the store."""
    follower = services_of(request).follower
    if revision is None:
        return visible(request, follower.current())
    return visible_then(request, follower.at(revision))


def visible_revision(revision: Revision, hidden: frozenset[str]) -> Revision | None:
    """Return a revision without what is hidden; None if there is nothing else in it.

    Its note may tell of all its collections, and is left out when one of them is hidden.
    """
    if hidden.isdisjoint(revision.collections):
        return revision
    seen = tuple(id_ for id_ in revision.collections if id_ not in hidden)
    note = replace(revision.note, why="", source_name=None, source_sha256=None, source_bytes=None)
    return replace(revision, note=note, collections=seen) if seen else None


def _hidden(request: Request, private: Iterable[str]) -> frozenset[str]:
    """Return what of the private collections is hidden, and mark the answer as the client's own."""
    key = key_of(request)
    if key is None:
        return frozenset(private)
    seen = sorted(id_ for id_ in private if key.role_in(id_, private=True) is not None)
    if seen:
        digest = hashlib.sha256("\n".join(seen).encode()).hexdigest()
        request.state.seen = digest[:TAG_LENGTH]
    return frozenset(private).difference(seen)
