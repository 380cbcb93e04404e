"""Imports that wait for a person's word: what they would bring, and the word itself."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import KeyDep, LangDep, LinksDep, SnapshotDep, StoreDep, text_of
from app.http.fault_status import BusyError, NotFoundError
from app.http.json_body import read_object
from app.http.negotiation import requested_form
from app.http.prefer import preferred_wait
from app.http.responses import GEOJSON_TYPE, data_response, json_response
from app.http.route_classes import StrictRoute
from app.imports.dependencies import ChangesPage, JobsDep, requested_page
from app.imports.form_to_options import REPEATED
from app.imports.import_as_json import import_stale
from app.imports.multipart_upload import Upload
from app.imports.queue import ImportJobs
from app.imports.routes import ImportId, import_answer, own_import, visible_import
from app.imports.run_to_end import ImportJob
from app.imports.stored_options import restored_options
from app.openapi.document import json_body
from app.revisions.revisions_as_json import change_json, changes_csv, changes_geojson, diff_document
from zones.ingest.preview import read_changes
from zones.ingest.run_import import ImportOptions
from zones.model import CollectionInfo
from zones.snapshot.model import Snapshot
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.records import DECIDABLE, ImportRecord, Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

DECISION_MEMBERS: Final = {
    "crs": "EPSG:4550",
    "datum": "gcj02",
    "angles": "dms",
    "map_scale": "500",
    "encoding": "gb18030",
    "layer": "地块",
    "mode": "replace",
    "key": "编号",
    "match": "auto",
    "mapping": '{"fields": {"DKBH": "编号"}, "rest": "keep"}',
    "save_mapping": "true",
    "as_before": "true",
    "repair": "true",
    "allow_empty": "false",
    "note": "第三季度更新",
    "dry_run": "false",
    "title": "地块",
    "title_en": "Parcels",
    "kinds": "polygon",
    "title_field": "地块名称",
    "official": "true",
    "accuracy_m": "0.5",
    "base_revision": "12",
}


@router.post(
    "/imports/{import_id}/decision",
    name="decide-import",
    summary="决定一次导入：补充选项，或提交 / Decide an import: more options, or commit",
    status_code=202,
    openapi_extra={"requestBody": json_body((), DECISION_MEMBERS, repeated=REPEATED)},
    responses={
        200: {"description": "试运行完成 / dry run done (Prefer: wait)"},
        201: {"description": "已写入 / stored (Prefer: wait)"},
    },
)
async def decide_import(
    request: Request,
    import_id: ImportId,
    jobs: JobsDep,
    store: StoreDep,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Read the kept upload again with the options given besides those of before.

    ``{"dry_run": false}`` stores what a dry run has shown.
    """
    document = await read_object(request, known=DECISION_MEMBERS)
    record = await run_in_threadpool(own_import, request, jobs, import_id)
    options = restored_options(record.options, document)
    job = await run_in_threadpool(decided_job, record, options, jobs, store, key, request)
    record = await run_in_threadpool(jobs.begin_again, job)
    seconds = preferred_wait(request)
    if seconds is not None:
        record = await jobs.wait(import_id, seconds=seconds) or record
    return await run_in_threadpool(
        import_answer, record, jobs, store, links, lang=lang, waited=seconds
    )


def decided_job(
    record: ImportRecord,
    options: ImportOptions,
    jobs: ImportJobs,
    store: SqlStore,
    key: Key,
    request: Request,
) -> ImportJob:
    """Return the import as it goes on, its collection locked and its upload taken up again.

    Raises
    ------
    BusyError
        It waits for no decision, or another import goes into its collection.
    NotFoundError
        Its upload is no longer kept.
    ConflictError
        The collection is no longer what the person has seen.
    """
    if record.state not in DECIDABLE:
        raise BusyError("import-not-waiting", id=record.id, state=record.state)
    if not options.create:
        import_stale(store, record.collection, options.base_revision)
    jobs.check_room()
    jobs.let_end(record.collection)
    lock = jobs.lock_collection(record.collection)
    place = jobs.stored_uploads.take_back(record.id)
    if place is None:
        lock.release()
        raise NotFoundError("import-not-kept", id=record.id)
    return ImportJob(
        id=record.id,
        collection=record.collection,
        upload=Upload.of(record, place.upload),
        options=options,
        who=key.name,
        key_id=key.id,
        request_id=request.state.request_id,
        place=place,
        lock=lock,
    )


@router.get(
    "/imports/{import_id}/changes",
    name="import-changes",
    summary="导入将带来的改动 / What an import would change",
)
def import_changes(
    request: Request,
    import_id: ImportId,
    jobs: JobsDep,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    page: Annotated[ChangesPage, Depends(requested_page)],
    f: Annotated[
        str | None,
        Query(description="格式 / form"),
        text_of("string", enum=["json", "geojson", "csv"]),
    ] = None,
) -> Response:
    """Return the features that a dry run found added, changed and removed, page by page."""
    form = requested_form(request, ("json", "geojson", "csv"))
    record = visible_import(request, jobs, import_id)
    try:
        changes = read_changes(
            jobs.stored_uploads.path(record.id), page.offset, page.offset + page.limit
        )
    except FileNotFoundError as error:
        raise NotFoundError("import-no-preview", id=record.id) from error
    revision, info = snapshot.revision, described(record, snapshot)
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{record.id}-changes.csv"'}
        body = changes_csv(changes, info, lang)
        return data_response(body, revision, media_type="text/csv", headers=headers)
    members = {
        "import": record.id,
        "collection": record.collection,
        **diff_document(counted(record), links, offset=page.offset, limit=page.limit),
    }
    if form == "geojson":
        return data_response(
            changes_geojson(changes, info, members), revision, media_type=GEOJSON_TYPE
        )
    listed = [change_json(change, info) for change in changes]
    return json_response({**members, "changes": listed}, revision)


def described(record: ImportRecord, snapshot: Snapshot) -> CollectionInfo:
    """Return how the collection is described, its features named as after the import."""
    report: Any = record.report.get("zh") or {}
    return replace(snapshot.info(record.collection), title_field=report.get("title_field"))


def counted(record: ImportRecord) -> RevisionCounts:
    """Return how many features an import would touch, as its report says."""
    report: Any = record.report.get("zh") or {}
    counts = report.get("counts", {})
    return RevisionCounts(*(counts.get(kind, 0) for kind in ("added", "changed", "removed")))
