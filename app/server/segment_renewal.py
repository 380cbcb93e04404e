"""Segments of large collections: made in a process of their own, renewed while nobody waits."""

import logging
import threading
from typing import Final

from app.locate.collections_parameter_cache import MembersCache
from app.settings import Settings
from app.tiles.recently_requested import TileDemand
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import run_in_worker
from app.worker.segment_job import CoversOrder, SegmentOrder, TilesOrder
from zones.errors import ZonesError
from zones.segment_files.segment_folder import SegmentFolder
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.mapped_collection import MappedCollection
from zones.tiles import TileMatrixSet, are_tiles_shared

_LOG = logging.getLogger("zones.segment_files")

INTERVAL_S: Final = 1.0
MOST_PREPARED: Final = 500_000
"""Features of a collection whose tiles are prepared, which takes some 6 KB of memory for each while
it lasts; tiles of more are made from what lies near them."""


class SegmentMaker:
    """Has segments made, and what lies beside them, each in a process of its own.

    Parameters
    ----------
    closing
        Once it is set nothing is made to its end.
    """

    def __init__(
        self,
        settings: Settings,
        folder: SegmentFolder,
        forked: ForkServer,
        closing: threading.Event,
    ) -> None:
        self._store = settings.store
        self._folder = folder
        self._forked = forked
        self._closing = closing

    def make_segment(self, collection_id: str, revision: int) -> None:
        """Have the segment of a collection as of a revision made."""
        name = f"segment of {collection_id}"
        self._run(SegmentOrder(name, self._store, self._folder, collection_id, revision))

    def make_tiles(self, collection: MappedCollection, tms: TileMatrixSet) -> None:
        """Have what tiles of a collection in a segment are made from worked out."""
        of, at = collection.info.id, collection.revision
        self._run(TilesOrder(f"tiles of {of}", self._store, self._folder, of, at, tms.id))

    def make_covers(self, collection: MappedCollection) -> None:
        """Have covers of a collection's areas in a segment worked out."""
        of, at = collection.info.id, collection.revision
        self._run(CoversOrder(f"covers of {of}", self._store, self._folder, of, at))

    def _run(self, order: SegmentOrder | TilesOrder | CoversOrder) -> None:
        run_in_worker(order, self._forked, cancelled=self._closing.is_set)


class SegmentKeeper:
    """The thread of one worker that has segments renewed, and what is worked out of them.

    Parameters
    ----------
    covers
        Knows in which collections very many points are looked up.
    maker
        Makes what tiles are made from, and covers, for all workers; None if there are no segments.
    closing
        Set when the thread is to end.
    """

    def __init__(
        self,
        follower: SnapshotFollower,
        demand: TileDemand,
        covers: MembersCache,
        maker: SegmentMaker | None,
        closing: threading.Event,
    ) -> None:
        self._follower = follower
        self._demand = demand
        self._covers = covers
        self._maker = maker
        self._tried: set[tuple[str, int, str]] = set()
        self._closing = closing
        self._thread = threading.Thread(target=self._run, name="segments", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """End; of a segment that is being made nothing is left."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(INTERVAL_S):
            try:
                self._follower.renew_segments()
                self._prepare_tiles()
                self._make_covers()
            except (ZonesError, OSError) as fault:
                _LOG.warning({"message": "cannot renew segments", "why": str(fault)[:200]})

    def _prepare_tiles(self) -> None:
        """Have tiles prepared of large collections that they were asked of, each once."""
        for collection, tms in self._demand.of(self._follower.latest):
            key = collection.info.id, collection.revision, tms.id
            if (
                self._maker is not None
                and isinstance(collection, MappedCollection)
                and collection.is_as_in_segment
                and len(collection) <= MOST_PREPARED
                and key not in self._tried
            ):
                self._tried.add(key)
                if not are_tiles_shared(collection, tms):
                    self._maker.make_tiles(collection, tms)

    def _make_covers(self) -> None:
        """Have covers made of collections in which very many points were looked up, each once."""
        for collection in self._covers.wanting_covers():
            key = collection.info.id, collection.revision, "covers"
            if self._maker is not None and key not in self._tried:
                self._tried.add(key)
                self._maker.make_covers(collection)
