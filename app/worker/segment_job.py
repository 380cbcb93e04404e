"""A segment to be made, as it is asked of a process of its own."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from zones.lookup.covers_in_file import make_covers
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
        return _work_out(self, lambda found: prepare_tiles(found, tile_matrix_set(self.tms)))


@dataclass(frozen=True, slots=True)
class CoversOrder:
    """Covers of the areas of a collection in a segment, by which very many points are looked up."""

    id: str
    store: str
    folder: SegmentFolder
    collection: str
    revision: int

    def run(self, cancelled: threading.Event) -> bool:
        """Return whether there was such a segment; the covers lie beside it then."""
        return _work_out(self, make_covers)


def _work_out(order: TilesOrder | CoversOrder, work: Callable[[MappedCollection], None]) -> bool:
    _give_way()
    store = open_store(order.store)
    try:
        loader = CollectionLoader(store, order.folder, lambda *_: None)
        infos = (info for info in store.collections() if info.id == order.collection)
        found = [loader.opened(info, order.revision, at=order.revision) for info in infos]
        for each in found:
            if isinstance(each, MappedCollection) and each.is_as_in_segment:
                work(each)
        return any(found)
    except OSError as fault:
        _LOG.warning({"message": "not kept beside a segment", "why": str(fault)[:200]})
        return False
    finally:
        store.close()


def _give_way() -> None:
    """Let those who answer requests go first."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)
