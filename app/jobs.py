"""Imports outside the request that sent them; their state is in the store, for every worker."""

import asyncio
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.errors import BusyError, TooManyError, UnexpectedError
from app.import_json import error_json, options_json
from app.metrics import Metrics
from app.settings import Settings
from app.uploads import Upload
from app.workfolder import Lock, Place, WorkFolder
from zones.errors import SourceError, ZonesError
from zones.ingest import ImportOptions, ImportReport, Limits, ingest
from zones.sql_records import ImportRecord, ImportState
from zones.sql_store import SqlStore

_LOG = logging.getLogger("zones.imports")

_SLOT_LOOKED_FOR_EVERY_S = 0.1
_PROGRESS_KEPT_EVERY_S = 0.5
_RETRY_S = 30


@dataclass(frozen=True, slots=True)
class Job:
    """One import on its way: what came in, where it waits, who sent it."""

    id: str
    collection: str
    upload: Upload
    options: ImportOptions
    who: str
    key_id: str | None
    request_id: str
    place: Place
    lock: Lock
    cancelled: "CancelFlag" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cancelled", CancelFlag(self.place))


class CancelFlag(threading.Event):
    """Set by this process, or by another one through the import's folder."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def is_set(self) -> bool:
        """Return whether the import shall end."""
        return super().is_set() or self._place.is_cancelled()


class ImportJobs:
    """The imports that this process leads.

    At most ``max_imports`` run at once over all processes, one for each collection.
    """

    def __init__(
        self, store: SqlStore, settings: Settings, *, folder: WorkFolder, metrics: Metrics
    ) -> None:
        self._store = store
        self._settings = settings
        self._limits = limits_of(settings)
        self._metrics = metrics
        self.folder = folder
        self._pool = ThreadPoolExecutor(settings.max_imports, thread_name_prefix="import")
        self._running: dict[str, tuple[Job, Future[None]]] = {}
        self._closing = threading.Event()

    def check_room(self) -> None:
        """Refuse an upload that could not even wait.

        Raises
        ------
        TooManyError
        """
        limit = self._settings.import_queue
        if self._closing.is_set() or self.folder.waiting() >= self._settings.max_imports + limit:
            raise TooManyError("import-queue-full", limit=limit, seconds=_RETRY_S)

    def check_free(self, collection_id: str) -> None:
        """Refuse an upload into a collection that another one goes into, before it is received.

        Raises
        ------
        BusyError
        """
        self.lock_collection(collection_id).release()

    def lock_collection(self, collection_id: str) -> Lock:
        """Return the lock of the collection, taken.

        Raises
        ------
        BusyError
            If another import into it is under way, in whichever process.
        """
        lock = self.folder.collection_lock(collection_id)
        if not lock.take():
            raise BusyError("import-busy", collection=collection_id)
        return lock

    def begin(self, job: Job) -> ImportRecord:
        """Keep the import in the store as queued, and run it when there is a slot."""
        record = self._store.imports.create(
            ImportRecord(
                id=job.id,
                collection=job.collection,
                who=job.who,
                file_name=job.upload.file_name,
                file_sha256=job.upload.sha256,
                file_bytes=job.upload.size,
                options=options_json(job.options),
            )
        )
        future = self._pool.submit(self._run, job)
        self._running[job.id] = (job, future)
        future.add_done_callback(lambda _: self._end(job))
        return record

    async def wait(self, import_id: str, *, seconds: float) -> ImportRecord | None:
        """Return the import as it is when it ends, or after so many seconds."""
        running = self._running.get(import_id)
        if running is not None:
            await asyncio.wait([asyncio.wrap_future(running[1])], timeout=seconds)
        return await asyncio.to_thread(self._store.imports.get, import_id)

    def cancel(self, import_id: str) -> None:
        """Ask whichever process leads the import to end it; one that only waits ends at once."""
        running = self._running.get(import_id)
        if running is None:
            self.folder.ask_to_cancel(import_id)
        else:
            self._cancel(*running)

    def _cancel(self, job: Job, future: "Future[None]") -> None:
        job.cancelled.set()
        if future.cancel():
            self._fail(job, SourceError("import-cancelled"))

    def stop(self) -> None:
        """End all imports of this process soon; nothing new begins."""
        self._closing.set()
        for job, future in list(self._running.values()):
            self._cancel(job, future)

    def close(self) -> None:
        """End all imports of this process and wait for it; what they were to store is not."""
        self.stop()
        self._pool.shutdown(wait=True)

    def _run(self, job: Job) -> None:
        try:
            slot = self._wait_for_slot(job)
        except ZonesError as fault:
            self._fail(job, fault)
            return
        try:
            self._store.imports.update(job.id, state="reading")
            self._finish(job, self._ingest(job))
        except ZonesError as fault:
            self._fail(job, fault)
        except Exception as error:
            # Whatever it was, the job must not stay "reading" for ever.
            _LOG.exception({"import": job.id, "error": repr(error)[:1000]})
            self._fail(job, UnexpectedError("import-broken", id=job.id))
        finally:
            slot.release()

    def _wait_for_slot(self, job: Job) -> Lock:
        slots = self.folder.slots(self._settings.max_imports)
        while not job.cancelled.is_set():
            for slot in slots:
                if slot.take():
                    return slot
            time.sleep(_SLOT_LOOKED_FOR_EVERY_S)
        raise SourceError("import-cancelled")

    def _ingest(self, job: Job) -> ImportReport:
        kept_at = 0.0

        def progress(stage: str, share: float) -> None:
            nonlocal kept_at
            if time.monotonic() - kept_at >= _PROGRESS_KEPT_EVERY_S:
                kept_at = time.monotonic()
                state: ImportState = "applying" if stage == "applying" else "reading"
                self._store.imports.update(job.id, state=state, progress=round(share, 3))

        return ingest(
            job.upload.path,
            job.collection,
            self._store,
            file_name=job.upload.file_name,
            options=job.options,
            limits=self._limits,
            who=job.who,
            progress=progress,
            cancelled=job.cancelled,
        )

    def _finish(self, job: Job, report: ImportReport) -> None:
        self._store.imports.update(
            job.id,
            state=report.state,
            progress=1.0,
            finished_at=datetime.now(UTC),
            revision=report.revision,
            report={"zh": report.as_json("zh"), "en": report.as_json("en")},
        )
        self._metrics.count_import(report.state)
        outcome = "refused" if report.state == "rejected" else "ok"
        self._note(job, outcome, revision=report.revision, reason=report.state)

    def _fail(self, job: Job, fault: ZonesError) -> None:
        if fault.code == "import-cancelled" and self._closing.is_set():
            fault = SourceError("import-interrupted")
        self._store.imports.update(
            job.id, state="failed", finished_at=datetime.now(UTC), error=error_json(fault)
        )
        self._metrics.count_import(fault.code)
        self._note(job, "failed", reason=fault.code)

    def _note(
        self, job: Job, outcome: str, *, revision: int | None = None, reason: str | None = None
    ) -> None:
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

    def _end(self, job: Job) -> None:
        self._running.pop(job.id, None)
        job.lock.release()
        job.place.remove()


def limits_of(settings: Settings) -> Limits:
    """Return the limits of one import."""
    return Limits(
        cpu_s=settings.import_cpu_s,
        wall_s=settings.import_wall_s,
        mem_mb=settings.import_mem_mb,
        file_mb=settings.import_file_mb,
        unzipped_mb=settings.max_unzipped_mb,
        max_features=settings.max_features,
        max_vertices=settings.max_vertices,
        max_vertices_per_feature=settings.max_vertices_per_feature,
    )
