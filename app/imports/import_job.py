"""One import, as it is asked of a process of its own.

It writes to the store by itself, the end of the import in the same transaction as the revision;
whatever becomes of it or of the server, both are told or neither.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.imports.segment_of_import import applying
from zones.errors import StoreError
from zones.ingest.decisions_of_last_import import last_import
from zones.ingest.import_context import ImportContext
from zones.ingest.import_options import ImportOptions
from zones.ingest.import_report import ImportReport
from zones.ingest.run_import import ingest
from zones.sandbox.limits import Limits
from zones.segment_files.segment_folder import SegmentFolder
from zones.store.open_store import NO_QUOTAS, open_store
from zones.store.sql.quotas import Quotas
from zones.store.sql.records import ImportState
from zones.store.sql.store import SqlStore

_LOG = logging.getLogger("zones.imports")

_PROGRESS_SAVED_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class ImportWork:
    """What to import; see ``zones.ingest.run_import.ingest``."""

    id: str
    store: str
    path: Path
    collection: str
    file_name: str
    options: ImportOptions
    limits: Limits
    who: str
    preview: Path
    segments: SegmentFolder | None = None
    quotas: Quotas = NO_QUOTAS

    def run(self, cancelled: threading.Event) -> ImportReport:
        """Return what ``ingest`` reports.

        Raises
        ------
        ZonesError
        """
        store = open_store(self.store, quotas=self.quotas)
        try:
            return self._ingested(store, cancelled)
        finally:
            store.close()

    def _ingested(self, store: SqlStore, cancelled: threading.Event) -> ImportReport:
        last = last_import(store, self.collection) if self.options.as_before else None
        return ingest(
            self.path,
            self.collection,
            store,
            file_name=self.file_name,
            options=self.options,
            limits=self.limits,
            who=self.who,
            context=ImportContext(
                progress=_Progress(store, self.id).save,
                cancelled=cancelled,
                preview=self.preview,
                import_id=self.id,
                mapping_before=last.mapping if last else None,
                apply=applying(store, self.segments, cancelled),
            ),
        )


@dataclass(slots=True)
class _Progress:
    """Keeps how far an import is, now and then."""

    store: SqlStore
    id: str
    saved_at: float = field(default=0.0)

    def save(self, stage: str, share: float) -> None:
        """Keep the stage and the fraction done; another one will follow if that cannot be."""
        if time.monotonic() - self.saved_at < _PROGRESS_SAVED_EVERY_S:
            return
        self.saved_at = time.monotonic()
        state: ImportState = "applying" if stage == "applying" else "reading"
        try:
            self.store.imports.advance(self.id, state=state, progress=round(share, 3))
        except StoreError as error:
            _LOG.warning({"import": self.id, "progress_not_kept": error.code})
