"""Layers of a waiting file, each on its way into a collection of its own."""

import os
import secrets
import shutil
from typing import Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.role_comparison import check_may
from app.dependencies import KeyDep, LangDep, LinksDep, SnapshotDep, StoreDep
from app.http.fault_status import BusyError, NotFoundError
from app.http.json_body import read_object, text_member
from app.http.prefer import preferred_wait
from app.http.route_classes import StrictRoute
from app.imports.dependencies import JobsDep
from app.imports.multipart_upload import Upload
from app.imports.queue import ImportJobs
from app.imports.routes import ImportId, import_answer, visible_import
from app.imports.run_to_end import ImportJob
from app.imports.stored_options import restored_options
from app.imports.upload_folder import Lock, UploadFolder
from app.openapi.document import json_body
from zones.ingest.import_options import ImportOptions
from zones.ingest.layer_collections import collection_title
from zones.store.sql.prepare_changes import check_collection_id
from zones.store.sql.records import DECIDABLE, ImportRecord, Key

router = APIRouter(route_class=StrictRoute, tags=["imports"])

LAYER_MEMBERS: Final = {
    "layer": "GHFQ",
    "collection": "ghfq",
    "title": "规划分区",
    "dry_run": "false",
}
_LONGEST_NAME, _LONGEST_TITLE = 400, 200


@router.post(
    "/imports/{import_id}/layers",
    name="import-layer",
    summary="把文件的一个图层导入自己的集合 / Import one layer of a waiting file by itself",
    status_code=202,
    openapi_extra={"requestBody": json_body(("layer", "collection"), LAYER_MEMBERS)},
    responses={
        200: {"description": "试运行完成 / dry run done (Prefer: wait)"},
        201: {"description": "已写入 / stored (Prefer: wait)"},
    },
)
async def import_layer(
    request: Request,
    import_id: ImportId,
    jobs: JobsDep,
    store: StoreDep,
    snapshot: SnapshotDep,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Begin an import of one layer, with the options of the waiting one, which stays as it is.

    The collection is made if it is not there, and called as the layer is. So a file of several
    layers becomes as many collections, each with a report of its own.
    """
    document = await read_object(request, known=LAYER_MEMBERS)
    layer = text_member(document, "layer", limit=_LONGEST_NAME)
    collection = text_member(document, "collection", limit=_LONGEST_NAME)
    title = text_member(document, "title", limit=_LONGEST_TITLE) if document.get("title") else ""
    record = await run_in_threadpool(visible_import, request, jobs, import_id)
    await run_in_threadpool(check_may, request, collection, "editor")
    is_known = collection in snapshot.collections
    if not is_known:
        check_collection_id(collection)
    changed = {
        "layer": layer,
        "create": not is_known,
        "title": "" if is_known else title or collection_title(layer)[:_LONGEST_TITLE],
        "title_en": "",
        "dry_run": document.get("dry_run", record.options.get("dry_run", False)),
        "base_revision": None,
    }
    options = restored_options(record.options, changed)
    job = await run_in_threadpool(_job_of, request, record, collection, options, key, jobs)
    begun = await run_in_threadpool(jobs.begin, job)
    seconds = preferred_wait(request)
    if seconds is not None:
        begun = await jobs.wait(job.id, seconds=seconds) or begun
    return await run_in_threadpool(
        import_answer, begun, jobs, store, links, lang=lang, waited=seconds
    )


def _job_of(
    request: Request,
    record: ImportRecord,
    collection: str,
    options: ImportOptions,
    key: Key,
    jobs: ImportJobs,
) -> ImportJob:
    """Return an import of the waiting one's file into a collection, which is locked for it."""
    new_id = secrets.token_hex(8)
    place = _place_with_copy(new_id, collection, record, jobs)
    return ImportJob(
        id=new_id,
        collection=collection,
        upload=Upload.of(record, place.upload),
        options=options,
        who=key.name,
        key_id=key.id,
        request_id=request.state.request_id,
        place=place,
        lock=_lock(collection, place, jobs),
    )


def _place_with_copy(
    new_id: str, collection: str, record: ImportRecord, jobs: ImportJobs
) -> UploadFolder:
    """Return a place for the new import with the waiting one's file, which both may read.

    Raises
    ------
    BusyError
        It waits for no decision, or another import goes into the collection.
    NotFoundError
        Its upload is no longer kept.
    """
    if record.state not in DECIDABLE:
        raise BusyError("import-not-waiting", id=record.id, state=record.state)
    stored = jobs.stored_uploads.path(record.id) / "upload"
    place = jobs.place_for(new_id, collection)
    try:
        try:
            os.link(stored, place.upload)
        except PermissionError:  # some file systems have no hard links
            shutil.copyfile(stored, place.upload)
    except OSError as error:
        place.remove()
        raise NotFoundError("import-not-kept", id=record.id) from error
    return place


def _lock(collection: str, place: UploadFolder, jobs: ImportJobs) -> Lock:
    try:
        return jobs.lock_collection(collection)
    except BusyError:
        place.remove()
        raise
