"""The segment of a large collection, made by the import that brings it, before it is to be seen.

Whoever asks for the new revision finds the segment there. What brings little to a large collection
needs none: that lies over the segment there is.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final, NamedTuple

from app.imports.upload_folder import work_folder_of
from app.settings import Settings
from zones.errors import SourceError
from zones.ingest.import_context import Apply
from zones.model import Change, Feature, Revision, RevisionNote
from zones.segment_files.segment_folder import Made, SegmentFolder
from zones.segment_files.write_segment import write_rows
from zones.snapshot.collection_loader import LARGE, MOST_CHANGED
from zones.store.protocol import Store
from zones.store.sql.records import ImportEnd
from zones.store.sql.rows import FeatureRow, feature_rows
from zones.store.sql.store import SqlStore

_LOG = logging.getLogger("zones.segment_files")

_AT_ONCE: Final = 1_000


def segment_folder_of(settings: Settings) -> SegmentFolder | None:
    """Return the folder of a store's segments; None if all collections are to be in memory."""
    if not settings.segments_mb:
        return None
    path = work_folder_of(settings) / "segments"
    return SegmentFolder(path, max_bytes=settings.segments_mb * 2**20)


def applying(store: SqlStore, folder: SegmentFolder | None, cancelled: threading.Event) -> Apply:
    """Return how an import commits its change to a store: with the segment, if one is due."""

    def apply(
        _: Store,
        change: Change,
        put: list[FeatureRow],
        note: RevisionNote,
        expected: int,
        ending: ImportEnd | None,
    ) -> Revision:
        with ExitStack() as stack:
            complete = None
            if folder is not None and len(change.put) > LARGE:
                encoded = _Encoded(change, put)
                complete = _drafted(stack, folder, store, encoded, expected, cancelled)
            return store.apply(
                [change],
                note,
                expected=expected,
                ending=ending,
                before_commit=complete,
                rows={change.collection_id: put},
            )

    return apply


class _Encoded(NamedTuple):
    """A change, and what it puts as rows."""

    change: Change
    put: list[FeatureRow]


def _drafted(
    stack: ExitStack,
    folder: SegmentFolder,
    store: SqlStore,
    encoded: _Encoded,
    expected: int,
    cancelled: threading.Event,
) -> Callable[[Revision], None] | None:
    """Return what completes the segment before the commit; None if there is to be none."""
    change = encoded.change
    current = _current(store, change, expected)
    if len(current) > LARGE and len(change.put) + len(change.remove) <= MOST_CHANGED:
        return None
    after = _after(current, encoded)
    rows = [row for _, row in after]
    try:
        complete = stack.enter_context(
            folder.draft(
                lambda file, most: write_rows(
                    file, _features(after, cancelled), most_bytes=most, rows=rows
                )
            )
        )
    except OSError as fault:
        _LOG.warning({"message": "no room for a segment", "why": str(fault)[:200]})
        return None

    def before_commit(revision: Revision) -> None:
        made = Made(change.collection_id, revision.number, revision.at.isoformat())
        try:
            path = complete(made)
        except OSError as fault:
            _LOG.warning({"message": "no room for a segment", "why": str(fault)[:200]})
        else:
            # It is of this revision alone: whatever prevents the commit, another will be made.
            stack.push(lambda kind, *_: path.unlink(missing_ok=True) if kind else None)

    return before_commit


def _current(store: SqlStore, change: Change, revision: int) -> list[Feature]:
    there = {info.id for info in store.collections()}
    if change.collection_id not in there:
        return []
    return store.features(change.collection_id, revision=revision)


def _after(current: list[Feature], encoded: _Encoded) -> list[tuple[Feature, FeatureRow]]:
    """Return what a collection holds after a change, in the order that the store gives it."""
    change, id_ = encoded.change, encoded.change.collection_id
    stored = feature_rows(current, collection_id=id_)
    after = {row.fid: (feature, row) for feature, row in zip(current, stored, strict=True)}
    for fid in change.remove:
        after.pop(fid, None)
    for feature, row in zip(change.put, encoded.put, strict=True):
        before = after.get(row.fid)
        if before is None or not row.same_as(before[1]):
            after[row.fid] = feature, row
    return [*after.values()]


def _features(
    after: list[tuple[Feature, FeatureRow]], cancelled: threading.Event
) -> Iterator[Feature]:
    for at, (feature, _) in enumerate(after):
        if at % _AT_ONCE == 0 and cancelled.is_set():
            raise SourceError("import-cancelled")
        yield feature
