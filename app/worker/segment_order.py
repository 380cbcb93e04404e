"""A segment to be made, as it is asked of a process of its own."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from zones.segments.folder import SegmentFolder
from zones.snapshot.shelf import make_segment
from zones.store.opening import open_store

_LOG = logging.getLogger("zones.segments")


@dataclass(frozen=True, slots=True)
class SegmentOrder:
    """Which segment; see ``zones.snapshot.shelf.make_segment``."""

    id: str
    store: str
    folder: Path
    max_bytes: int
    collection: str
    revision: int

    def run(self, cancelled: threading.Event) -> bool:
        """Return whether the segment was made; the log says why not."""
        store = open_store(self.store)
        try:
            folder = SegmentFolder(self.folder, max_bytes=self.max_bytes)
            make_segment(
                store, folder, self.collection, self.revision, is_cancelled=cancelled.is_set
            )
        except OSError as fault:
            _LOG.warning({"message": "no room for a segment", "why": str(fault)[:200]})
            return False
        finally:
            store.close()
        return True
