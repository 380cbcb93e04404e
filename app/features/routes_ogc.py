"""The doors of OGC API Features: landing page, conformance, collections."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, LangDep, LinksDep, SnapshotDep, text_of
from app.features.html_ogc_documents import collection_page, collections_page, conformance_page
from app.features.ogc_documents import (
    collection_document,
    collections_document,
    conformance_document,
    landing_document,
)
from app.http.negotiation import requested_form
from app.http.responses import JSON_TYPE, json_response
from app.http.route_classes import StrictRoute
from app.map_page.routes import map_page
from app.openapi.described_answers import answers

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

FormatOfDocument = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html"]),
]


@router.get(
    "/",
    name="landing",
    summary="首页：浏览器得到地图，其他得到 OGC 首页 / Landing page",
    responses=answers(JSON_TYPE, "LandingPage"),
)
async def landing(
    request: Request,
    lang: LangDep,
    links: LinksDep,
    snapshot: SnapshotDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
    ] = None,
) -> Response:
    """Return the map to a browser, else the landing page of OGC API."""
    if requested_form(request, ("json", "html")) == "html":
        return await run_in_threadpool(map_page, request)
    return json_response(landing_document(links, lang=lang), snapshot.revision)


@router.get(
    "/conformance",
    name="conformance",
    summary="符合的规范 / Conformance classes",
    responses=answers(JSON_TYPE, "Conformance"),
)
async def conformance(
    request: Request, snapshot: SnapshotDep, lang: LangDep, f: FormatOfDocument = None
) -> Response:
    """Return the conformance classes that hold."""
    if requested_form(request, ("json", "html")) == "html":
        return conformance_page(request, snapshot, lang)
    return json_response(conformance_document(), snapshot.revision)


@router.get(
    "/collections",
    name="collections",
    summary="全部集合 / All collections",
    responses=answers(JSON_TYPE, "Collections"),
)
def collections(
    request: Request,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: FormatOfDocument = None,
) -> Response:
    """Return every collection with its extent and reference systems."""
    if requested_form(request, ("json", "html")) == "html":
        return collections_page(request, snapshot, lang)
    document = collections_document(snapshot, links, lang=lang)
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}",
    name="collection",
    summary="一个集合 / One collection",
    responses=answers(JSON_TYPE, "Collection"),
)
def collection(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: FormatOfDocument = None,
) -> Response:
    """Return what is said of a collection."""
    if requested_form(request, ("json", "html")) == "html":
        return collection_page(request, snapshot, snapshot.collection(collection_id), lang)
    document = collection_document(snapshot.collection(collection_id), links, lang=lang)
    return json_response(document, snapshot.revision)
