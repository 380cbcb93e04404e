"""Which collections' tiles were asked for lately, and so will be asked for again."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot
from zones.tiles import TileMatrixSet

LATELY_S: Final = 3600.0
MOST_FEATURES: Final = 500_000
"""So many features in all are made ready beforehand: some 250 MB, on the grid of one set."""


class TileDemand:
    """Remembers when tiles of each collection were asked for; for any number of threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._requested: dict[tuple[str, TileMatrixSet], float] = {}
        self._lock = Lock()

    def note(self, collection_id: str, tms: TileMatrixSet) -> None:
        """Say that a tile of the collection is asked for."""
        with self._lock:
            self._requested[collection_id, tms] = self._now()

    def of(self, snapshot: Snapshot) -> list[tuple[Collection, TileMatrixSet]]:
        """Return the snapshot's collections that were asked for lately, the last one first.

        What would take more memory than is meant for it is left out.
        """
        requested: list[tuple[Collection, TileMatrixSet]] = []
        left = MOST_FEATURES
        for collection_id, tms in self._lately():
            collection = snapshot.collections.get(collection_id)
            if collection is None:
                continue
            # Of what lies in files, little stays in memory.
            size = 0 if isinstance(collection, MappedCollection) else len(collection)
            if size <= left:
                requested.append((collection, tms))
                left -= size
        return requested

    def _lately(self) -> list[tuple[str, TileMatrixSet]]:
        with self._lock:
            since = self._now() - LATELY_S
            self._requested = {key: at for key, at in self._requested.items() if at >= since}
            return sorted(self._requested, key=lambda key: self._requested[key], reverse=True)
