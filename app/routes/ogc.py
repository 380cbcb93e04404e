"""The doors of OGC API Features: landing page, conformance, and the features themselves."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.deps import (
    CollectionId,
    CRSDep,
    FeatureId,
    ItemsQueryDep,
    LangDep,
    LinksDep,
    SnapshotAsOfDep,
    SnapshotDep,
    text_of,
)
from app.negotiation import wanted_form
from app.ogc import (
    collection_document,
    collections_document,
    conformance_document,
    content_crs,
    feature_page,
    feature_with_links,
    landing_document,
    page_links,
    page_of,
)
from app.responses import GEOJSON_TYPE, data_response, json_response
from app.routes.maps import map_page
from app.routing import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

FormatOfDocument = Annotated[
    str | None, Query(alias="f", description="格式 / form"), text_of("string", enum=["json"])
]
FormatOfItems = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "geojson"]),
]


@router.get("/", name="landing", summary="首页:浏览器得到地图,其他得到 OGC 首页 / Landing page")
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
    if wanted_form(request, ("json", "html")) == "html":
        return await run_in_threadpool(map_page, request)
    return json_response(landing_document(links, lang=lang), snapshot.revision)


@router.get("/conformance", name="conformance", summary="符合的规范 / Conformance classes")
async def conformance(
    request: Request, snapshot: SnapshotDep, f: FormatOfDocument = None
) -> Response:
    """Return the conformance classes that hold."""
    wanted_form(request, ("json",))
    return json_response(conformance_document(), snapshot.revision)


@router.get("/collections", name="collections", summary="全部集合 / All collections")
async def collections(
    request: Request,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: FormatOfDocument = None,
) -> Response:
    """Return every collection with its extent and reference systems."""
    wanted_form(request, ("json",))
    document = collections_document(snapshot, links, lang=lang)
    return json_response(document, snapshot.revision)


@router.get("/collections/{collection_id}", name="collection", summary="一个集合 / One collection")
async def collection(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: FormatOfDocument = None,
) -> Response:
    """Return what is said of a collection."""
    wanted_form(request, ("json",))
    document = collection_document(snapshot.collection(collection_id), links, lang=lang)
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}/items",
    name="items",
    summary="集合中的要素,GeoJSON / Features of a collection",
)
def items(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotAsOfDep,
    links: LinksDep,
    query: ItemsQueryDep,
    f: FormatOfItems = None,
) -> Response:
    """Return a page of features, those that touch the box if one is given."""
    wanted_form(request, ("geojson", "json"))
    asked = snapshot.collection(collection_id)
    page = page_of(asked, query.box, limit=query.limit, offset=query.offset)
    body = feature_page(
        asked.features_json(page.indices, query.crs),
        matched=page.matched,
        links=page_links(links, collection_id, page),
    )
    headers = content_crs(query.crs)
    return data_response(body, snapshot.revision, media_type=GEOJSON_TYPE, headers=headers)


@router.get(
    "/collections/{collection_id}/items/{feature_id:path}",
    name="item",
    summary="一个要素,GeoJSON / One feature",
)
def item(
    request: Request,
    collection_id: CollectionId,
    feature_id: FeatureId,
    snapshot: SnapshotAsOfDep,
    links: LinksDep,
    crs: CRSDep,
    f: FormatOfItems = None,
) -> Response:
    """Return one feature."""
    wanted_form(request, ("geojson", "json"))
    asked = snapshot.collection(collection_id)
    feature = asked.feature_json(asked.index_of(feature_id), crs)
    body = feature_with_links(feature, links, collection_id)
    return data_response(body, snapshot.revision, media_type=GEOJSON_TYPE, headers=content_crs(crs))
