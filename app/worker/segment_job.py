"""A segment to be made, as it is asked of a process of its own."""

import logging
import os
import threading
from dataclasses import dataclass

from zones.segment_files.segment_folder import SegmentFolder
from zones.snapshot.collection_loader import CollectionLoader, make_segment
from zones.snapshot.mapped_collection import MappedCollection
from zones.store.open_store import open_store
from zones.tiles import prepare_tiles, tile_matrix_set

_LOG = logging.getLogger("zones.segment_files")


@dataclass(frozen=True, slots=True)
class SegmentOrder:
    """Which segment; see ``zones.snapshot.collection_loader.make_segment``."""

    id: str
    store: str
    folder: SegmentFolder
    collection: str
    revision: int

    def run(self, cancelled: threading.Event) -> bool:
        """Return whether the segment was made; the log says why not."""
        _give_way()
        store = open_store(self.store)
        try:
            make_segment(
                store, self.folder, self.collection, self.revision, is_cancelled=cancelled.is_set
            )
        except OSError as fault:
            _LOG.warning({"message": "no room for a segment", "why": str(fault)[:200]})
            return False
        finally:
            store.close()
        return True


@dataclass(frozen=True, slots=True)
class TilesOrder:
    """What tiles of a collection in a segment are made from, to be worked out for all workers."""

    id: str
    store: str
    folder: SegmentFolder
    collection: str
    revision: int
    tms: str

    def run(self, cancelled: threading.Event) -> bool:
        """Return whether there was such a segment; what was worked out lies beside it then."""
        _give_way()
        store = open_store(self.store)
        try:
            loader = CollectionLoader(store, self.folder, lambda *_: None)
            infos = (info for info in store.collections() if info.id == self.collection)
            found = [loader.opened(info, self.revision, at=self.revision) for info in infos]
            for each in found:
                if isinstance(each, MappedCollection) and each.is_as_in_segment:
                    prepare_tiles(each, tile_matrix_set(self.tms))
            return any(found)
        finally:
            store.close()


def _give_way() -> None:
    """Let those who answer requests go first."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)
