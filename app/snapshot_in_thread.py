"""Snapshots made ready in threads, so that the event loop never reads the store itself."""

import anyio.to_thread

from zones.lookup.locator import build_locator
from zones.snapshot.collection import Collection
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot


async def fresh_snapshot(follower: SnapshotFollower) -> Snapshot:
    """Return the follower's snapshot; a thread renews it, with its locator, when it is old."""
    snapshot = follower.cached()
    if snapshot is not None and snapshot.has_derived(build_locator):
        return snapshot
    return await anyio.to_thread.run_sync(refreshed_snapshot, follower)


def refreshed_snapshot(follower: SnapshotFollower) -> Snapshot:
    """Read what changed in the store and make the look-up ready."""
    snapshot = follower.current()
    snapshot.derived(build_locator)
    return snapshot


async def collection_of(snapshot: Snapshot, collection_id: str) -> Collection:
    """Return a collection of the snapshot; a thread reads it if that is still to be done.

    Raises
    ------
    UnknownCollectionError
    """
    if snapshot.is_read(collection_id):
        return snapshot.collection(collection_id)
    return await anyio.to_thread.run_sync(snapshot.collection, collection_id)
