"""An import whose process died, taken up where its upload lies: once, and over nothing newer."""

import hashlib
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from app.http.fault_status import RequestFaultsError
from app.imports.multipart_upload import Upload
from app.imports.run_to_end import ImportJob
from app.imports.stored_options import restored_options
from app.imports.upload_folder import Lock, UploadFolder
from zones.store.sql.records import ImportRecord
from zones.store.sql.store import SqlStore

_LOCK_LOOKED_FOR_S: Final = 1.0
"""Others may look at this moment whether it is free."""
_EVERY_S: Final = 0.02


def resumed_job(
    record: ImportRecord, place: UploadFolder, lock: Lock, store: SqlStore
) -> ImportJob | None:
    """Return the import as it goes on, its collection locked; None if it must not.

    It must not when its file is not whole (the machine may have died as well), when another import
    goes into its collection, or when somebody has changed that since: what is newer would be lost.

    Raises
    ------
    StoreError
    """
    if not _is_whole(place.upload, record) or has_changed_after(
        store, record.collection, record.created_at
    ):
        return None
    try:
        options, sender = restored_options(record.options), place.sender()
    except RequestFaultsError:  # of another version of the program
        return None
    if not _taken(lock):
        return None
    return ImportJob(
        id=record.id,
        collection=record.collection,
        upload=Upload.of(record, place.upload),
        options=options,
        who=record.who,
        key_id=sender.key_id,
        request_id=sender.request_id,
        traceparent=sender.traceparent,
        place=place,
        lock=lock,
    )


def has_changed_after(store: SqlStore, collection_id: str, moment: datetime) -> bool:
    """Return whether there is a revision of the collection from after a moment."""
    return any(revision.at > moment for revision in store.revisions(collection_id)[:1])


def _is_whole(file: Path, record: ImportRecord) -> bool:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == record.file_sha256


def _taken(lock: Lock) -> bool:
    deadline = time.monotonic() + _LOCK_LOOKED_FOR_S
    while not lock.take():
        if time.monotonic() > deadline:
            return False
        time.sleep(_EVERY_S)
    return True
