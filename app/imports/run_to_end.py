"""One import from its slot to its end; whatever becomes of it is kept and told."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from opentelemetry import trace

from app.http.fault_status import UnexpectedError
from app.imports.import_as_json import error_json
from app.imports.import_job import ImportWork
from app.imports.multipart_upload import Upload
from app.imports.upload_folder import Lock, UploadFolder
from app.imports.waiting_uploads import StoredUploads
from app.observe.prometheus_metrics import Metrics
from app.worker.fork_server import ForkServer
from app.worker.process_spans import continued, current_traceparent
from app.worker.run_in_process import run_in_worker
from zones.errors import SourceError, StoreError, ZonesError
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.run_import import ImportOptions, ImportReport, Limits
from zones.segment_files.segment_folder import SegmentFolder
from zones.store.sql.records import DECIDABLE, ImportFields
from zones.store.sql.store import SqlStore

_LOG = logging.getLogger("zones.imports")
_TRACER = trace.get_tracer(__name__)

_SLOT_LOOKED_FOR_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One import on its way: what came in, where it waits, who sent it, in which trace."""

    id: str
    collection: str
    upload: Upload
    options: ImportOptions
    who: str
    key_id: str | None
    request_id: str
    place: UploadFolder
    lock: Lock
    cancelled_here: threading.Event = field(default_factory=threading.Event)
    traceparent: str = field(default_factory=current_traceparent)
    interrupted: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    """Set once it was told how the import ended, or tried to."""

    def cancel(self) -> None:
        """Let the import end, since somebody wishes so."""
        self.cancelled_here.set()

    def interrupt(self) -> None:
        """Let the import stop here, since this process ends; another leads it on."""
        self.interrupted.set()

    def is_cancelled(self) -> bool:
        """Return whether the import is to stop here, for whatever reason."""
        return self.interrupted.is_set() or self._is_unwanted()

    def is_handed_over(self) -> bool:
        """Return whether another process is to lead the import on."""
        return self.interrupted.is_set() and not self._is_unwanted() and not self.ended.is_set()

    def _is_unwanted(self) -> bool:
        """Return whether somebody let it end, here or through the import's folder."""
        return self.cancelled_here.is_set() or self.place.is_cancelled()


class ImportRun:
    """Runs imports, one in each thread that calls it, as many in all processes as there are slots.

    Parameters
    ----------
    slots
        Returns locks, of which an import holds one while it runs.
    segments
        Where large collections get segments; None if they get none.
    """

    def __init__(
        self,
        store: SqlStore,
        store_url: str,
        limits: Limits,
        *,
        slots: Callable[[], Sequence[Lock]],
        stored_uploads: StoredUploads,
        forked: ForkServer,
        metrics: Metrics,
        segments: SegmentFolder | None = None,
    ) -> None:
        self._segments = segments
        self._store = store
        self._store_url = store_url
        self._limits = limits
        self._forked = forked
        self._stored_uploads = stored_uploads
        self._slots = slots
        self._metrics = metrics

    def run(self, job: ImportJob) -> None:
        """Import the job's file once there is a slot, and keep how it ended."""
        attributes = {"zones.import": job.id, "zones.collection": job.collection}
        attributes["zones.request_id"] = job.request_id
        span = _TRACER.start_as_current_span("import", attributes=attributes)
        with continued(job.traceparent), span:
            self._run(job)

    def _run(self, job: ImportJob) -> None:
        slot: Lock | None = None
        try:
            slot = self._wait_for_slot(job)
            if not self._store.imports.advance(job.id, state="reading"):
                return  # led on here, while the process before had just stored it
            report = self._ingest(job)
        except ZonesError as fault:
            trace.get_current_span().set_status(trace.StatusCode.ERROR, fault.code)
            self.fail(job, fault)
        except Exception as error:
            # Whatever it was, the import must not stay "reading" for ever.
            _LOG.exception({"import": job.id, "error": repr(error)[:1000]})
            self.fail(job, UnexpectedError("import-broken", id=job.id))
        else:
            self._finish(job, report)
        finally:
            if slot is not None:
                slot.release()

    def fail(self, job: ImportJob, fault: ZonesError) -> None:
        """Keep why the import stored nothing; only logged when the store cannot be written."""
        if fault.code == "import-cancelled" and job.is_handed_over():
            self._hand_over(job)
            return
        self._metrics.count_import(fault.code)
        ended: ImportFields = {
            "state": "failed",
            "error": error_json(fault),
            "finished_at": datetime.now(UTC),
        }
        self._keep_end(job, ended, outcome="failed", reason=fault.code)

    def _hand_over(self, job: ImportJob) -> None:
        """Tell that the import waits again; whoever leads it on begins anew."""
        _LOG.warning({"message": "import handed over, this process ends", "import": job.id})
        with suppress(StoreError):  # it is led on as well as it was told last
            self._store.imports.advance(job.id, state="queued", progress=0.0)

    def _wait_for_slot(self, job: ImportJob) -> Lock:
        slots = self._slots()
        while not job.is_cancelled():
            for slot in slots:
                if slot.take():
                    return slot
            time.sleep(_SLOT_LOOKED_FOR_EVERY_S)
        raise SourceError("import-cancelled")

    def _ingest(self, job: ImportJob) -> ImportReport:
        work = ImportWork(
            id=job.id,
            store=self._store_url,
            path=job.upload.path,
            collection=job.collection,
            file_name=job.upload.file_name,
            options=job.options,
            limits=self._limits,
            who=job.who,
            preview=job.place.folder,
            segments=self._segments,
            quotas=self._store.quotas,
        )
        return run_in_worker(work, self._forked, cancelled=job.is_cancelled)

    def _finish(self, job: ImportJob, report: ImportReport) -> None:
        self._metrics.count_import(report.state)
        trace.get_current_span().set_attribute("zones.outcome", report.state)
        outcome = "refused" if report.state == "rejected" else "ok"
        if report.state == "applied" and job.options.save_mapping and job.options.mapping:
            self._save_mapping(job, job.options.mapping)
        if report.state in DECIDABLE:
            # Before the state is told: whoever reads it may answer at once.
            self._stored_uploads.keep(job.id, job.place)
        self._keep_end(job, report.as_end(), outcome=outcome, reason=report.state)

    def _save_mapping(self, job: ImportJob, mapping: FieldMapping) -> None:
        try:
            self._store.mappings.put(
                job.collection, mapping.as_json(), key=job.options.key, who=job.who
            )
        except StoreError as error:
            # The data are stored; that must be told, whatever becomes of this.
            _LOG.error({"import": job.id, "mapping_not_kept": error.code})

    def _keep_end(self, job: ImportJob, ended: ImportFields, *, outcome: str, reason: str) -> None:
        job.ended.set()
        try:
            self._store.imports.end(job.id, **ended)
            self._note(job, outcome, revision=ended.get("revision"), reason=reason)
        except StoreError as error:
            _LOG.error({"import": job.id, "ended": reason, "not_kept": error.code})

    def _note(self, job: ImportJob, outcome: str, *, revision: int | None, reason: str) -> None:
        self._store.audit.add(
            "import",
            outcome=outcome,
            who=job.who,
            key_id=job.key_id,
            request_id=job.request_id,
            collection=job.collection,
            file_name=job.upload.file_name,
            file_sha256=job.upload.sha256,
            file_bytes=job.upload.size,
            revision=revision,
            reason=reason,
        )
