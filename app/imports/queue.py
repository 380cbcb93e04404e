"""Imports outside the request that sent them; their state is in the store, for every worker."""

import asyncio
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from app.http.fault_status import BusyError, TooManyError
from app.imports.import_as_json import error_json, options_json
from app.imports.import_limits import limits_of
from app.imports.resume_lost_import import resumed_job
from app.imports.run_to_end import ImportJob, ImportRun
from app.imports.segment_of_import import segment_folder_of
from app.imports.upload_folder import Lock, Sender, UploadFolder, WorkFolder
from app.imports.waiting_uploads import StoredUploads
from app.observe.prometheus_metrics import Metrics
from app.settings import Settings
from app.worker.fork_server import ForkServer
from zones.errors import SourceError, StoreError
from zones.store.sql.records import RUNNING, ImportFields, ImportRecord
from zones.store.sql.store import SqlStore

_LOG = logging.getLogger("zones.imports")

_RETRY_S = 30
_LONGEST_END_S = 5.0
_END_LOOKED_FOR_EVERY_S = 0.02


class ImportJobs:
    """The imports that this process leads.

    At most ``max_imports`` run at once over all processes, one for each collection.
    """

    def __init__(
        self,
        store: SqlStore,
        settings: Settings,
        *,
        folder: WorkFolder,
        forked: ForkServer,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._settings = settings
        self.folder = folder
        self.stored_uploads = StoredUploads(folder, settings)
        self._pool = ThreadPoolExecutor(settings.max_imports, thread_name_prefix="import")
        self._running: dict[str, tuple[ImportJob, Future[None]]] = {}
        self.closing = threading.Event()
        self._run = ImportRun(
            store,
            settings.store,
            limits_of(settings),
            slots=partial(folder.slots, settings.max_imports),
            stored_uploads=self.stored_uploads,
            forked=forked,
            metrics=metrics,
            segments=segment_folder_of(settings),
        )

    def check_room(self) -> None:
        """Refuse an upload that could not even wait.

        Raises
        ------
        TooManyError
        """
        limit = self._settings.import_queue
        if self.closing.is_set() or self.folder.waiting() >= self._settings.max_imports + limit:
            raise TooManyError("import-queue-full", limit=limit, seconds=_RETRY_S)

    def place_for(self, import_id: str, collection_id: str) -> UploadFolder:
        """Return where the file of a new import may go.

        Raises
        ------
        TooManyError, BusyError, StoreError
        """
        self.check_room()
        self.let_end(collection_id)
        self.check_free(collection_id)
        return self.folder.make_place(import_id)

    def let_end(self, collection_id: str) -> None:
        """Wait while an import into the collection, told as ended already, puts its things away."""
        lock = self.folder.collection_lock(collection_id)
        deadline = time.monotonic() + _LONGEST_END_S
        while not lock.take():
            if self._store.imports.has_running(collection_id) or time.monotonic() > deadline:
                return
            time.sleep(_END_LOOKED_FOR_EVERY_S)
        lock.release()

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

    def begin(self, job: ImportJob) -> ImportRecord:
        """Keep the import in the store as queued, and run it when there is a slot.

        Raises
        ------
        StoreError
            If the store cannot be written; the import's place and lock are given back then.
        """
        record_to_add = ImportRecord(
            id=job.id,
            collection=job.collection,
            who=job.who,
            file_name=job.upload.file_name,
            file_sha256=job.upload.sha256,
            file_bytes=job.upload.size,
            options=options_json(job.options),
        )
        try:
            job.place.note_sender(Sender(job.key_id, job.request_id, job.traceparent))
            record = self._store.imports.create(record_to_add)
        except BaseException:
            self._end(job)
            raise
        self._submit(job)
        return record

    def begin_again(self, job: ImportJob) -> ImportRecord:
        """Queue an import that a person has decided about, and run it when there is a slot.

        Raises
        ------
        StoreError
            If the store cannot be written; the upload is kept as before then.
        """
        options = options_json(job.options)
        try:
            job.place.note_sender(Sender(job.key_id, job.request_id, job.traceparent))
            record = self._store.imports.begin_again(job.id, options=options, who=job.who)
        except BaseException:
            self.stored_uploads.keep(job.id, job.place)
            self._end(job)
            raise
        self._submit(job)
        return record

    def _submit(self, job: ImportJob) -> None:
        try:
            future = self._pool.submit(self._run.run, job)
        except BaseException:
            self._end(job)
            raise
        self._running[job.id] = (job, future)
        future.add_done_callback(lambda _: self._end(job))

    def discard(self, record: ImportRecord) -> None:
        """Give up an import that waits for a decision; nothing is kept of its file."""
        self.stored_uploads.drop(record.id)
        if record.state != "rejected":
            error = error_json(SourceError("import-cancelled"))
            self._store.imports.update(record.id, state="failed", error=error)

    def record(self, import_id: str) -> ImportRecord | None:
        """Return an import; one that no process leads any more is led on, or has failed for good.

        So ends an import whose outcome could not be written, as on a full disk.
        """
        record = self._store.imports.get(import_id)
        if record is None or record.state not in RUNNING or self.folder.is_alive(import_id):
            return record
        return self._resumed(record) or self._interrupted(record)

    def take_up_abandoned(self) -> None:
        """Lead on imports whose process died, or tell that they failed; remove what is left.

        Raises
        ------
        StoreError
        """
        if abandoned := self.folder.abandoned():
            for import_id in abandoned:
                self.record(import_id)
            self.folder.remove_abandoned(spared=self._store.imports.running())

    def _resumed(self, record: ImportRecord) -> ImportRecord | None:
        """Return the import as it is led on, here or elsewhere; None if it cannot be."""
        if self.closing.is_set() and self.folder.can_resume(record.id):
            return record
        place = self.folder.adopt(record.id)
        if place is None:
            return record if self.folder.is_alive(record.id) else None
        lock = self.folder.collection_lock(record.collection)
        try:
            job = resumed_job(record, place, lock, self._store)
            if job is not None:
                place.mark_resumed()
                self._store.imports.advance(record.id, state="queued", progress=0.0)
        except StoreError:  # it is tried again
            place.release()
            lock.release()
            return record
        if job is None:
            place.remove()
            return None
        _LOG.warning({"message": "import led on after its process died", "import": record.id})
        self._submit(job)
        return replace(record, state="queued", progress=0.0)

    def _interrupted(self, record: ImportRecord) -> ImportRecord | None:
        """Tell that the import failed, unless it has ended by now; return how it ended."""
        ended: ImportFields = {
            "state": "failed",
            "error": error_json(SourceError("import-interrupted")),
            "finished_at": datetime.now(UTC),
        }
        try:
            if not self._store.imports.end(record.id, **ended):
                return self._store.imports.get(record.id)
        except StoreError:
            pass  # it will be told once the store can be written
        return replace(record, **ended)

    async def wait(self, import_id: str, *, seconds: float) -> ImportRecord | None:
        """Return the import as it is when it ends, or after so many seconds."""
        running = self._running.get(import_id)
        if running is not None:
            await asyncio.wait([asyncio.wrap_future(running[1])], timeout=seconds)
        return await asyncio.to_thread(self.record, import_id)

    def cancel(self, import_id: str) -> None:
        """Ask whichever process leads the import to end it; one that only waits ends at once."""
        running = self._running.get(import_id)
        if running is None:
            self.folder.request_cancel(import_id)
        else:
            job, future = running
            job.cancel()
            if future.cancel():
                self._run.fail(job, SourceError("import-cancelled"))

    def stop(self) -> None:
        """Stop all imports of this process soon, for another to lead them on; none begins."""
        self.closing.set()
        for job, future in list(self._running.values()):
            job.interrupt()
            future.cancel()

    def close(self) -> None:
        """Stop all imports of this process and wait for it; what they were to store is not."""
        self.stop()
        self._pool.shutdown(wait=True)

    def _end(self, job: ImportJob) -> None:
        self._running.pop(job.id, None)
        # The lock last: who takes it may take the kept upload to this very place again.
        if job.is_handed_over():
            job.place.hand_over()
        else:
            job.place.remove()
        job.lock.release()
