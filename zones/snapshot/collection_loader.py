"""Where collections are read from: large ones from their segments, the others from the store."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from zones.errors import ZonesError
from zones.model import CollectionInfo, Feature
from zones.segment_files.derived_files import DerivedFiles
from zones.segment_files.segment_folder import Made, SegmentFolder
from zones.segment_files.segment_rows import SegmentRows
from zones.segment_files.write_segment import write_segment
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.read_into_memory import StoreHistory
from zones.store.protocol import Store

_LOG = logging.getLogger("zones.segment_files")

LARGE: Final = 10_000
"""Features; a collection of more is served from a segment where there is room for one."""
MOST_CHANGED: Final = 20_000
"""Features that lie over a segment; of more, another segment is made."""
_AGAIN_S: Final = 60.0
_LOOKED_EVERY: Final = 1_000


class SegmentStore(Store, Protocol):
    """A store, and what segments need of it besides."""

    def each_feature(self, collection_id: str, *, revision: int) -> Iterator[Feature]:
        """Yield the same."""
        ...

    def changes_between(
        self, collection_id: str, *, since: int, to: int, most: int
    ) -> tuple[list[Feature], list[str]] | None:
        """Return what was put and what was removed, None if it is much."""
        ...

    def time_of_revision(self, number: int) -> datetime | None:
        """Return when a revision was committed."""
        ...


class CollectionLoader:
    """Reads collections for one process; for any number of threads.

    Parameters
    ----------
    make
        Has the segment of a collection as of a revision made, and returns when that was tried; in
        a process of its own, since it takes time and memory.
    """

    def __init__(
        self, source: SegmentStore, folder: SegmentFolder, make: Callable[[str, int], None]
    ) -> None:
        self._source = source
        self._folder = folder
        self._make = make
        self._failed: dict[tuple[str, int], float] = {}

    def opened(self, info: CollectionInfo, revision: int, *, at: int) -> MappedCollection | None:
        """Return a collection from its newest segment; None if there is none that would do.

        Parameters
        ----------
        revision
            That changed the collection last.
        at
            The store's revision at which it is asked for.
        """
        for earlier in self._folder.revisions_of(info.id):
            if earlier > revision:
                continue
            rows = self._rows(info.id, earlier)
            if rows is None:
                continue
            ids = partial(self._source.first_revisions, info.id)
            whole = MappedCollection(info, earlier, rows, first_revisions=ids)
            if earlier == revision:
                return whole
            changes = self._source.changes_between(info.id, since=earlier, to=at, most=MOST_CHANGED)
            return changes and whole.with_delta(*changes, revision=revision)
        return None

    def collection(self, info: CollectionInfo, revision: int, *, at: int) -> Collection:
        """Return a large collection: from a segment, made if need be, else from the store."""
        found = self.opened(info, revision, at=at)
        if found is None and self.renew(info.id, revision):
            found = self.opened(info, revision, at=at)
        return found or StoreHistory(self._source).collection(info, revision, at=at)

    def first_revisions(self, collection_id: str) -> Mapping[str, int]:
        """Return every fid that there ever was, and the revision that first stored it."""
        return self._source.first_revisions(collection_id)

    def renew(self, collection_id: str, revision: int) -> bool:
        """Have a segment made; return whether that worked. What failed is not tried again soon."""
        key = collection_id, revision
        if time.monotonic() - self._failed.get(key, -_AGAIN_S) < _AGAIN_S:
            return False
        try:
            self._make(collection_id, revision)
        except (ZonesError, OSError) as fault:
            _LOG.warning({"message": "no segment", "collection": collection_id, "why": str(fault)})
        if revision in self._folder.revisions_of(collection_id):
            self._failed.pop(key, None)
            return True
        self._failed[key] = time.monotonic()
        return False

    def sweep(self, collection_ids: Sequence[str]) -> None:
        """Remove segments that nobody needs any more."""
        self._folder.sweep(collection_ids)

    def discard(self, collection: MappedCollection) -> None:
        """Take the segment of a collection away, since it is damaged."""
        self._folder.remove(collection.info.id, collection.segment.revision)

    def _rows(self, collection_id: str, revision: int) -> SegmentRows | None:
        made = made_of(self._source, collection_id, revision)
        file = None if made is None else self._folder.opened(made)
        if made is None or file is None:
            return None
        truth = _Truth(self._source, collection_id, revision)
        return SegmentRows(file, truth, DerivedFiles(self._folder, made))


def make_segment(
    source: SegmentStore,
    folder: SegmentFolder,
    collection_id: str,
    revision: int,
    *,
    is_cancelled: Callable[[], bool],
) -> None:
    """Make the segment of a collection as of the revision that changed it last.

    Raises
    ------
    OSError
        If there is no room for it, or it is cancelled.
    """
    made = made_of(source, collection_id, revision)
    if made is None:
        return

    def features() -> Iterator[Feature]:
        for number, feature in enumerate(source.each_feature(collection_id, revision=revision)):
            if number % _LOOKED_EVERY == 0 and is_cancelled():
                raise InterruptedError("was cancelled")
            yield feature

    folder.make(
        made,
        lambda file, most_bytes: write_segment(
            file, features(), made.as_json(), most_bytes=most_bytes
        ),
    )


def made_of(source: SegmentStore, collection_id: str, revision: int) -> Made | None:
    """Return what a segment is of; None if the store knows no such revision."""
    at = source.time_of_revision(revision)
    return None if at is None else Made(collection_id, revision, at.isoformat())


class _Truth:
    """The features that a segment was made of, read once if that is needed."""

    def __init__(self, source: SegmentStore, collection_id: str, revision: int) -> None:
        self._read = partial(source.features, collection_id, revision=revision)
        self._features: list[Feature] | None = None

    def __call__(self, begin: int, end: int) -> Sequence[Feature]:
        if self._features is None:
            self._features = self._read()
        return self._features[begin:end]
