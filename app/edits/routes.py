"""OGC API Features, Part 4: single features made, replaced, changed and deleted."""

from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import CollectionId, FeatureId, KeyDep, LangDep, LinksDep
from app.edits.feature_body import (
    MERGE_PATCH_TYPE,
    GeoJSON,
    content_crs_of,
    id_of_body,
    read_feature,
    read_patch,
)
from app.edits.store_edit import Edit, Edited, Verb
from app.features.items_as_geojson import content_crs, feature_with_links
from app.http.links import Links
from app.http.responses import GEOJSON_TYPE
from app.http.route_classes import StrictRoute
from app.http.table_reading_notes import NOTES_HEADER, notes_header
from app.openapi.described_answers import answers
from zones.crs.transform import CRS
from zones.messages import Lang
from zones.store.sql.records import Key

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

ITEM: Final = "/collections/{collection_id}/items/{feature_id:path}"

CONTENT_CRS: Final[dict[str, Any]] = {
    "name": "Content-Crs",
    "in": "header",
    "required": False,
    "description": "坐标的坐标系，缺省 CRS84 / CRS of the coordinates, <uri>",
    "schema": {"type": "string"},
}
IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "所见版本的 ETag / the ETag that was seen",
    "schema": {"type": "string"},
}
FEATURE_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": ["string", "integer"]},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": ["object", "null"]},
    },
}
PATCH_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": ["object", "null"]},
    },
}
FEATURE_BODY: Final = {
    "required": True,
    "content": {GEOJSON_TYPE: {"schema": FEATURE_SCHEMA}},
}
PATCH_BODY: Final = {
    "required": True,
    "content": {MERGE_PATCH_TYPE: {"schema": PATCH_SCHEMA}},
}
STALE: Final[dict[int | str, dict[str, Any]]] = {
    412: {"description": "要素已被改动 / the feature changed since it was seen"}
}
CHANGED: Final = {
    **answers(
        GEOJSON_TYPE,
        "Feature",
        description="现在的要素，改动之处见 X-Notes "
        "/ the feature now; X-Notes tells what is changed",
    ),
    **STALE,
}


@router.post(
    "/collections/{collection_id}/items",
    name="create-item",
    summary="新建一个要素 / Make a feature",
    status_code=201,
    responses=answers(
        GEOJSON_TYPE,
        "Feature",
        status=201,
        description="新要素，改动之处见 X-Notes / the new feature; X-Notes tells what is changed",
    ),
    openapi_extra={"parameters": [CONTENT_CRS], "requestBody": FEATURE_BODY},
)
async def create(
    request: Request, collection_id: CollectionId, key: KeyDep, links: LinksDep, lang: LangDep
) -> Response:
    """Make a feature; it gets a running number for its id unless it brings one."""
    document = await read_feature(request)
    fid = id_of_body(document)
    edited = await _made(request, "create", collection_id, fid, document=document, key=key)
    location = links.to("item", collection_id=collection_id, feature_id=edited.fid)
    return await feature_answer(edited, links, lang, status=201, headers={"Location": location})


@router.put(
    ITEM,
    name="replace-item",
    summary="替换一个要素 / Replace a feature",
    responses=CHANGED,
    openapi_extra={"parameters": [CONTENT_CRS, IF_MATCH], "requestBody": FEATURE_BODY},
)
async def replace(
    request: Request,
    collection_id: CollectionId,
    feature_id: FeatureId,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Put another geometry and other properties in the place of a feature's own."""
    document = await read_feature(request)
    edited = await _made(request, "replace", collection_id, feature_id, document=document, key=key)
    return await feature_answer(edited, links, lang)


@router.patch(
    ITEM,
    name="update-item",
    summary="修改一个要素(RFC 7396)/ Change parts of a feature",
    responses=CHANGED,
    openapi_extra={"parameters": [CONTENT_CRS, IF_MATCH], "requestBody": PATCH_BODY},
)
async def update(
    request: Request,
    collection_id: CollectionId,
    feature_id: FeatureId,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Change what a merge patch names of a feature; null takes a property away."""
    document = await read_patch(request)
    edited = await _made(request, "update", collection_id, feature_id, document=document, key=key)
    return await feature_answer(edited, links, lang)


@router.delete(
    ITEM,
    name="delete-item",
    summary="删除一个要素 / Delete a feature",
    status_code=204,
    responses=STALE,
    openapi_extra={"parameters": [IF_MATCH]},
)
async def delete(
    request: Request, collection_id: CollectionId, feature_id: FeatureId, key: KeyDep
) -> Response:
    """Delete a feature; former revisions still have it."""
    edited = await _made(request, "delete", collection_id, feature_id, document={}, key=key)
    return Response(status_code=204, headers={"X-Revision": str(edited.revision)})


async def _made(
    request: Request,
    verb: Verb,
    collection_id: str,
    fid: str | None,
    *,
    document: GeoJSON,
    key: Key,
) -> Edited:
    edit = Edit(
        verb=verb,
        collection_id=collection_id,
        fid=fid,
        document=document,
        crs=content_crs_of(request),
        if_match=request.headers.get("if-match"),
        key=key,
        request_id=request.state.request_id,
    )
    return await services_of(request).edits.make(edit)


async def feature_answer(
    edited: Edited,
    links: Links,
    lang: Lang,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the feature as it is stored now, with its ETag, and notes on what was not kept."""
    headers_of_answer = {
        "ETag": f'"r{edited.revision}"',
        "X-Revision": str(edited.revision),
        "Cache-Control": "no-store",
        **content_crs(CRS.CRS84),
        **(headers or {}),
    }
    if edited.notes:
        headers_of_answer[NOTES_HEADER.decode()] = notes_header(edited.notes, lang).decode()
    text = await anyio.to_thread.run_sync(edited.collection.feature_json, 0)
    body = feature_with_links(text, links, edited.collection.info.id)
    return Response(body, status, headers_of_answer, media_type=GEOJSON_TYPE)
