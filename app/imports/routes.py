"""Files on their way into a collection."""

import secrets
from http import HTTPStatus
from typing import Annotated, Any

import anyio
import orjson
from fastapi import APIRouter, Depends, Path, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.role_comparison import check_may
from app.dependencies import (
    CollectionId,
    KeyDep,
    LangDep,
    LinksDep,
    SnapshotDep,
    StoreDep,
    text_of,
)
from app.http.fault_status import BusyError, NotFoundError
from app.http.links import Links
from app.http.negotiation import requested_form
from app.http.prefer import preferred_wait
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.imports.dependencies import JobsDep
from app.imports.form_to_options import FORM_FIELDS, REPEATED, options_of
from app.imports.import_as_json import import_document, problem_of
from app.imports.multipart_upload import receive_upload
from app.imports.queue import ImportJobs
from app.imports.run_to_end import ImportJob
from app.openapi.document import form_body
from app.pages.staff import import_page, imports_page
from app.problems.problem_document import PROBLEM_JSON
from app.revisions.routes import MOST_LISTED, most_listed
from app.revisions.version_numbers import versions_of
from app.visible_collections import hidden_from
from zones.errors import UnknownCollectionError
from zones.ingest.decisions_of_last_import import last_import
from zones.messages import Lang
from zones.store.sql.prepare_changes import check_collection_id
from zones.store.sql.records import RUNNING, ImportRecord, Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

CANCELLED_WITHIN_S = 5.0

FormOfState = Annotated[
    str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
]
ImportId = Annotated[str, Path(description="导入编号 / import")]


@router.post(
    "/collections/{collection_id}/imports",
    name="make-import",
    summary="导入文件 / Import a file",
    status_code=202,
    openapi_extra={"requestBody": form_body(dict(FORM_FIELDS), repeated=REPEATED)},
    responses={
        200: {"description": "试运行完成 / dry run done (Prefer: wait)"},
        201: {"description": "已写入 / stored (Prefer: wait)"},
    },
)
async def make_import(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    jobs: JobsDep,
    store: StoreDep,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Take a file and import it; with ``Prefer: wait=N`` answer once that is done."""
    is_known = collection_id in snapshot.collections
    if not is_known:
        check_collection_id(collection_id)
    job = await received_job(request, collection_id, jobs, key, is_known=is_known)
    record = await run_in_threadpool(jobs.begin, job)
    seconds = preferred_wait(request)
    if seconds is not None:
        record = await jobs.wait(job.id, seconds=seconds) or record
    return await run_in_threadpool(
        import_answer, record, jobs, store, links, lang=lang, waited=seconds
    )


async def received_job(
    request: Request, collection_id: str, jobs: ImportJobs, key: Key, *, is_known: bool
) -> ImportJob:
    """Return the import that the request's form asks for, its collection locked.

    Raises
    ------
    TooManyError, BusyError, MediaTypeError, RequestError, UnknownCollectionError, StoreError
        Nothing is left behind then.
    """
    import_id = secrets.token_hex(8)
    place = await run_in_threadpool(jobs.place_for, import_id, collection_id)
    try:
        upload = await receive_upload(request, place.upload)
        options = options_of(upload.fields)
        if not is_known and not options.create:
            raise UnknownCollectionError(collection=collection_id)
        return ImportJob(
            id=import_id,
            collection=collection_id,
            upload=upload,
            options=options,
            who=key.name,
            key_id=key.id,
            request_id=request.state.request_id,
            place=place,
            lock=await run_in_threadpool(jobs.lock_collection, collection_id),
        )
    except BaseException:
        # In a thread, though the request be given up: there may be much to remove.
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(place.remove)
        raise


def document_of(
    record: ImportRecord, jobs: ImportJobs, store: SqlStore, links: Links, *, lang: Lang
) -> dict[str, Any]:
    """Return an import as clients see it, with what can still be decided about it."""
    return import_document(
        record,
        links,
        lang=lang,
        expires_at=jobs.stored_uploads.expires_at(record.id),
        saved=store.mappings.get(record.collection),
        last=last_import(store, record.collection),
    )


def import_answer(
    record: ImportRecord,
    jobs: ImportJobs,
    store: SqlStore,
    links: Links,
    *,
    lang: Lang,
    waited: float | None,
) -> Response:
    """Return the answer to an upload: accepted, done, or why it came to nothing."""
    headers = {"Location": links.to("import", import_id=record.id)}
    if waited is not None:
        headers["Preference-Applied"] = f"wait={waited:.0f}"
    if record.revision is not None:
        headers |= {"ETag": f'"r{record.revision}"', "X-Revision": str(record.revision)}
    document = document_of(record, jobs, store, links, lang=lang)
    if (problem := problem_of(record, links, lang=lang)) is not None:
        body = orjson.dumps({**problem, "import": document})
        return Response(body, problem["status"], headers, media_type=PROBLEM_JSON)
    done = {"applied": HTTPStatus.CREATED, "ready": HTTPStatus.OK}
    status = done.get(record.state, HTTPStatus.ACCEPTED)
    return state_response(document, status=status, headers=headers)


@router.get("/imports", name="imports", summary="全部导入，新的在前 / Imports, newest first")
def imports(
    request: Request,
    snapshot: SnapshotDep,
    store: StoreDep,
    jobs: JobsDep,
    links: LinksDep,
    lang: LangDep,
    limit: Annotated[int, Depends(most_listed)],
    f: FormOfState = None,
) -> Response:
    """Return the latest imports of all workers."""
    found = [
        import_document(
            record, links, lang=lang, expires_at=jobs.stored_uploads.expires_at(record.id)
        )
        for record in visible_imports(request, store, limit)
    ]
    if requested_form(request, ("json", "html")) == "html":
        return imports_page(request, snapshot, lang, found, versions_of(store.revisions()))
    return state_response({"imports": found})


@router.get("/imports/{import_id}", name="import", summary="一次导入的状态 / State of an import")
def import_state(
    request: Request,
    import_id: ImportId,
    snapshot: SnapshotDep,
    jobs: JobsDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
    f: FormOfState = None,
) -> Response:
    """Return how far an import is, what was found, and how it ended."""
    record = visible_import(request, jobs, import_id)
    if requested_form(request, ("json", "html")) == "html":
        return import_page(request, snapshot, lang, record.id)
    return state_response(document_of(record, jobs, store, links, lang=lang))


@router.delete("/imports/{import_id}", name="cancel-import", summary="取消导入 / Cancel an import")
async def cancel_import(
    request: Request,
    import_id: ImportId,
    jobs: JobsDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """End an import that is under way or waits for a decision; what is stored stays as it was."""
    record = await run_in_threadpool(own_import, request, jobs, import_id)
    if record.state in RUNNING:
        await run_in_threadpool(jobs.cancel, import_id)
    elif jobs.stored_uploads.expires_at(record.id) is not None:
        await run_in_threadpool(jobs.discard, record)
    else:
        raise BusyError("import-over", id=import_id, state=record.state)
    record = await jobs.wait(import_id, seconds=CANCELLED_WITHIN_S) or record
    over = record.state not in RUNNING
    status = HTTPStatus.OK if over else HTTPStatus.ACCEPTED
    document = await run_in_threadpool(document_of, record, jobs, store, links, lang=lang)
    return state_response(document, status=status)


def visible_imports(request: Request, store: SqlStore, limit: int) -> list[ImportRecord]:
    """Return the latest imports into what the client may know of."""
    hidden = hidden_from(request)
    listed = store.imports.list(MOST_LISTED if hidden else limit)
    return [record for record in listed if record.collection not in hidden][:limit]


def visible_import(request: Request, jobs: ImportJobs, import_id: str) -> ImportRecord:
    """Return the import, if it goes into what the client may know of.

    Raises
    ------
    NotFoundError
    """
    record = stored_import(jobs, import_id)
    if record.collection in hidden_from(request):
        raise NotFoundError("import-unknown", id=import_id[:80])
    return record


def own_import(request: Request, jobs: ImportJobs, import_id: str) -> ImportRecord:
    """Return the import, if the client may change what it goes into.

    Raises
    ------
    NotFoundError, ForbiddenError
    """
    record = visible_import(request, jobs, import_id)
    check_may(request, record.collection, "editor")
    return record


def stored_import(jobs: ImportJobs, import_id: str) -> ImportRecord:
    """Return the import.

    Raises
    ------
    NotFoundError
    """
    record = jobs.record(import_id)
    if record is None:
        raise NotFoundError("import-unknown", id=import_id[:80])
    return record
