"""Segments of large collections: made in a process of their own, renewed while nobody waits."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from app.imports.upload_folder import work_folder_of
from app.server.body_size_limit import MEGABYTE
from app.settings import Settings
from app.tiles.recently_requested import TileDemand
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import run_in_worker
from app.worker.segment_job import SegmentOrder, TilesOrder
from zones.errors import ZonesError
from zones.segment_files.segment_folder import SegmentFolder
from zones.snapshot.collection_loader import Shelf
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.mapped_collection import MappedCollection
from zones.store.sql.store import SqlStore
from zones.tiles import TileMatrixSet, are_tiles_shared

_LOG = logging.getLogger("zones.segment_files")

INTERVAL_S: Final = 1.0


def segment_folder_of(settings: Settings) -> SegmentFolder:
    """Return the folder of a store's segments."""
    path = work_folder_of(settings) / "segments"
    return SegmentFolder(path, max_bytes=settings.segments_mb * MEGABYTE)


def shelf_of(
    store: SqlStore, settings: Settings, forked: ForkServer, closing: threading.Event
) -> Shelf | None:
    """Return where large collections are read from; None if all are to be in memory.

    Parameters
    ----------
    closing
        Once it is set no segment is made to its end.
    """
    if not settings.segments_mb:
        return None
    folder = segment_folder_of(settings)

    def make(collection_id: str, revision: int) -> None:
        order = SegmentOrder(
            id=f"segment of {collection_id}",
            store=settings.store,
            folder=folder.path,
            max_bytes=folder.max_bytes,
            collection=collection_id,
            revision=revision,
        )
        run_in_worker(order, forked, cancelled=closing.is_set)

    return Shelf(store, folder, make)


def tile_maker(
    settings: Settings, forked: ForkServer, closing: threading.Event
) -> Callable[[MappedCollection, TileMatrixSet], None]:
    """Return what has a process work out what tiles of a collection in a segment are made from."""
    folder = segment_folder_of(settings)

    def make(collection: MappedCollection, tms: TileMatrixSet) -> None:
        order = TilesOrder(
            id=f"tiles of {collection.info.id}",
            store=settings.store,
            folder=folder.path,
            max_bytes=folder.max_bytes,
            collection=collection.info.id,
            revision=collection.revision,
            tms=tms.id,
        )
        run_in_worker(order, forked, cancelled=closing.is_set)

    return make


class SegmentKeeper:
    """The thread of one worker that has segments renewed, and what tiles are made from.

    Parameters
    ----------
    make_tiles
        Works out what tiles of a collection are made from, for all workers.
    closing
        Set when the thread is to end.
    """

    def __init__(
        self,
        follower: SnapshotFollower,
        demand: TileDemand,
        make_tiles: Callable[[MappedCollection, TileMatrixSet], None],
        closing: threading.Event,
    ) -> None:
        self._follower = follower
        self._demand = demand
        self._make_tiles = make_tiles
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
            except (ZonesError, OSError) as fault:
                _LOG.warning({"message": "cannot renew segments", "why": str(fault)[:200]})

    def _prepare_tiles(self) -> None:
        """Have tiles prepared of large collections that they were asked of, each once."""
        for collection, tms in self._demand.of(self._follower.latest):
            key = collection.info.id, collection.revision, tms.id
            if (
                isinstance(collection, MappedCollection)
                and collection.is_as_in_segment
                and key not in self._tried
            ):
                self._tried.add(key)
                if not are_tiles_shared(collection, tms):
                    self._make_tiles(collection, tms)
