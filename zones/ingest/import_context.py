"""What surrounds one import: who follows and may end it, what is kept of it, how it commits."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zones.ingest.field_mapping import FieldMapping
from zones.model import Change, Revision, RevisionNote
from zones.store.protocol import Store
from zones.store.sql.records import ImportEnd
from zones.store.sql.rows import FeatureRow

READING_ENDS: Final = 0.8
COMPARING_ENDS: Final = 0.9

Progress = Callable[[str, float], None]
"""Called with stage (``reading``, ``comparing``, ``applying``) and fraction of the whole."""

Apply = Callable[[Store, Change, list[FeatureRow], RevisionNote, int, ImportEnd | None], Revision]
"""Commits a change, of which the rows that it puts are given, expected at a revision, with the end
of its import; see ``Store.apply``."""


def apply_alone(
    store: Store,
    change: Change,
    put: list[FeatureRow],
    note: RevisionNote,
    expected: int,
    ending: ImportEnd | None,
) -> Revision:
    """Commit a change by the store itself."""
    rows = {change.collection_id: put}
    return store.apply([change], note, expected=expected, ending=ending, rows=rows)


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What surrounds one import; nothing of it need be given.

    Attributes
    ----------
    progress
        Called in the importing thread with stage and fraction.
    cancelled
        Set from another thread, it ends the import unless storing has begun.
    preview
        A folder into which a dry run writes what it would bring; see ``zones.ingest.preview``.
    import_id
        The import in ``store.imports`` that this is; its end is kept with the revision it makes.
    mapping_before
        The mapping of the last import, for options that ask for it.
    apply
        Commits the change; by the store alone unless there is more to commit with it.
    """

    progress: Progress = lambda stage, fraction: None
    cancelled: threading.Event | None = None
    preview: Path | None = None
    import_id: str | None = None
    mapping_before: FieldMapping | None = None
    apply: Apply = apply_alone

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has ended the import."""
        return self.cancelled is not None and self.cancelled.is_set()

    def while_reading(self, fraction: float) -> None:
        """Pass on how much of the file is read, as a fraction of the whole import."""
        self.progress("reading", READING_ENDS * fraction)
