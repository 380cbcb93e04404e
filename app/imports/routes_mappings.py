"""The field mapping of a collection: offered for its next import."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, KeyDep, SnapshotDep, StoreDep
from app.http.fault_status import NotFoundError, RequestError
from app.http.json_body import read_object, text_member
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.imports.import_as_json import mapping_json
from app.openapi.document import json_body
from app.snapshot_in_thread import collection_of
from zones.errors import ValidationError
from zones.ingest.field_mapping import mapping_from

router = APIRouter(route_class=StrictRoute, tags=["imports"])

LONGEST_KEY: Final = 200
MEMBERS: Final = {"fields": '{"DKBH": "编号"}', "rest": "keep", "key": "DKBH"}


@router.get(
    "/collections/{collection_id}/mapping",
    name="mapping",
    summary="已保存的字段映射 / The saved field mapping",
)
def mapping(collection_id: CollectionId, snapshot: SnapshotDep, store: StoreDep) -> Response:
    """Return the mapping that is offered for the collection's next import."""
    snapshot.collection(collection_id)
    saved = store.mappings.get(collection_id)
    if saved is None:
        raise NotFoundError("mapping-none", collection=collection_id)
    return state_response(mapping_json(saved))


@router.put(
    "/collections/{collection_id}/mapping",
    name="save-mapping",
    summary="保存字段映射 / Save the field mapping",
    openapi_extra={"requestBody": json_body((), MEMBERS)},
)
async def save_mapping(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    key: KeyDep,
) -> Response:
    """Save a mapping in place of the one before."""
    await collection_of(snapshot, collection_id)
    document = await read_object(request, known=MEMBERS)
    field = text_member(document, "key", limit=LONGEST_KEY) if document.get("key") else None
    members: dict[str, Any] = {
        name: document[name] for name in ("fields", "rest") if name in document
    }
    try:
        found = mapping_from(members)
    except ValidationError as fault:
        raise RequestError(fault.code, loc=("body", "fields"), **fault.params) from fault
    saved = await run_in_threadpool(
        store.mappings.put, collection_id, found.as_json(), key=field, who=key.name
    )
    return state_response(mapping_json(saved))


@router.delete(
    "/collections/{collection_id}/mapping",
    name="forget-mapping",
    summary="删除字段映射 / Forget the field mapping",
    status_code=204,
)
def forget_mapping(collection_id: CollectionId, snapshot: SnapshotDep, store: StoreDep) -> Response:
    """Forget the mapping."""
    snapshot.collection(collection_id)
    if not store.mappings.remove(collection_id):
        raise NotFoundError("mapping-none", collection=collection_id)
    return Response(status_code=204)
