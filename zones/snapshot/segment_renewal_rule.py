"""When a collection is to have another segment."""

import time
from collections.abc import Callable
from typing import Final

from zones.snapshot.collection import Collection
from zones.snapshot.collection_loader import LARGE
from zones.snapshot.mapped_collection import MappedCollection

QUIET_S: Final = 30.0
"""So long nobody changed a collection before its changes become part of a segment."""
MANY: Final = 2_000
"""Changes that are not waited with."""


class Folding:
    """Sees how long collections stay as they are; for the one thread that asks."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: dict[str, tuple[int, float]] = {}

    def is_due(self, collection: Collection) -> bool:
        """Return whether a segment is to be made of what a collection is now."""
        if not isinstance(collection, MappedCollection):
            return len(collection) > LARGE
        if collection.segment.is_damaged:
            return True
        if collection.is_as_in_segment:
            return False
        return len(collection.changed) > MANY or self._is_quiet(collection)

    def _is_quiet(self, collection: Collection) -> bool:
        revision, since = self._seen.get(collection.info.id, (-1, 0.0))
        if revision != collection.revision:
            self._seen[collection.info.id] = (collection.revision, self._now())
            return False
        return self._now() - since >= QUIET_S
