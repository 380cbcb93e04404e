"""Features of a collection: pages of those that are asked for, and single ones."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import (
    CRS_KEYS,
    CollectionId,
    CRSDep,
    FeatureId,
    LangDep,
    LinksDep,
    SnapshotAsOfDep,
    snapshot_as_of,
    text_of,
)
from app.features.html_features import item_page, items_page
from app.features.items_as_files import items_file
from app.features.items_as_geojson import (
    FILE_FORMS,
    FORMS,
    FORMS_OF_ONE,
    ItemsPage,
    content_crs,
    feature_page,
    feature_with_links,
    features_of,
    link_header,
    page_links,
    page_of,
)
from app.features.items_query import (
    DEFAULT_LIMIT,
    HIGHEST_LIMIT,
    HIGHEST_OFFSET,
    NULLS,
    ItemsQuery,
    is_light,
    items_query,
    with_plus_as_meant,
)
from app.http.language import requested_language
from app.http.links import Links
from app.http.negotiation import requested_form
from app.http.responses import GEOJSON_TYPE, data_response
from app.http.route_classes import LeanRoute, StrictRoute
from app.openapi.described_answers import answers
from app.openapi.document import path_parameter, query_parameter
from app.snapshot_in_thread import collection_of
from zones.cql2 import LANGUAGES
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

lean = APIRouter(route_class=LeanRoute, tags=["OGC API"])
router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

SMALL_PAGE: Final = 200
SMALL_COLLECTION: Final = 20_000
MODEST_FEATURE: Final = 5_000
"""Vertices; a box is compared with those of every feature at its sides."""

FORMS_OF_ITEMS: Final = ("geojson", "json", *FORMS[1:])
FORMS_OF_ITEM: Final = ("geojson", "json", *FORMS_OF_ONE[1:])
FormOfItems = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=list(FORMS_OF_ITEM)),
]

LIMIT: Final = {"minimum": 1, "maximum": HIGHEST_LIMIT, "default": DEFAULT_LIMIT}
OFFSET: Final = {"minimum": 0, "maximum": HIGHEST_OFFSET, "default": 0}
NAMES: Final = {"items": {"type": "string"}}
ITEMS_PARAMETERS: Final = [
    path_parameter("collection_id", "string", "集合标识 / collection"),
    query_parameter(
        "bbox", "array", "西，南，东，北;4 或 6 个数 / west,south,east,north, 4 or 6 numbers",
        more={"items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        example=[123.35, 41.75, 123.45, 41.82],
    ),
    query_parameter("bbox-crs", "string", "bbox 的坐标系，缺省 CRS84 / CRS of bbox"),
    query_parameter(
        "crs", "string",
        f"坐标系(键或 OGC URI)/ CRS, a key or an OGC URI: {CRS_KEYS}; "
        "轴序按其权威定义 / axes in the order of its authority",
    ),
    query_parameter("limit", "integer", "每页要素数 / features of a page", more=LIMIT),
    query_parameter("offset", "integer", "跳过的要素数 / features to skip", more=OFFSET),
    query_parameter(
        "nulls", "string",
        "没有位置(或日期)的要素是否符合 bbox(或 datetime):按标准符合 / whether features without a "
        "place, or a time, match any bbox, or datetime: by the standard they do",
        enum=list(NULLS),
    ),
    query_parameter(
        "datetime", "string", "RFC 3339 时刻或区间 / instant or interval",
        example="2021-03-19T00:00:00Z",
    ),
    query_parameter("filter", "string", "CQL2 过滤条件 / filter in CQL2", example="order < 3"),
    query_parameter("filter-lang", "string", "过滤语言 / language of filter", enum=list(LANGUAGES)),
    query_parameter("filter-crs", "string", "filter 中坐标的坐标系 / CRS of filter's coordinates"),
    query_parameter("ids", "array", "要素标识 / ids of features", more=NAMES, example=["a", "b"]),
    query_parameter("properties", "array", "只要这些属性 / only these properties", more=NAMES),
    query_parameter(
        "sortby", "array", "排序属性，前加 - 为降序 / properties to sort by, - for descending",
        more=NAMES, example=["-order", "name"],
    ),
    query_parameter("revision", "integer", "修订版，缺省为当前 / as of this revision"),
    query_parameter("f", "string", "格式 / form", enum=list(FORMS_OF_ITEMS)),
    query_parameter("lang", "string", "语言 / language", enum=["zh", "en"]),
]  # fmt: skip


@lean.get(
    "/collections/{collection_id}/items",
    name="items",
    summary="集合中的要素，GeoJSON / Features of a collection",
    responses=answers(GEOJSON_TYPE, "FeatureCollection", description="要素 / features"),
    openapi_extra={"parameters": ITEMS_PARAMETERS},
)
async def items(request: Request) -> Response:
    """Return a page of the features that are asked for.

    What takes a millisecond or two is answered at once, all else in a thread.
    """
    request.scope["query_string"] = with_plus_as_meant(request.scope["query_string"])
    snapshot = await snapshot_as_of(request, request.query_params.get("revision"))
    collection = await collection_of(snapshot, request.path_params["collection_id"])
    form = requested_form(request, FORMS_OF_ITEMS)
    if form == "html":
        lang = requested_language(request)
        return await run_in_threadpool(items_page, request, snapshot, collection, lang)
    if form in FILE_FORMS:
        return await run_in_threadpool(items_file, request, snapshot, collection, form)
    if not (is_light(request.query_params) and len(collection) <= SMALL_COLLECTION):
        return await run_in_threadpool(page_answer, request, snapshot, collection)
    query = items_query(request.query_params, collection)
    if query.limit > SMALL_PAGE or not is_quickly_selected(query, collection):
        return await run_in_threadpool(page_answer, request, snapshot, collection)
    page = page_of(collection, query)
    if not collection.is_quick(page.indices, query.crs):
        return await run_in_threadpool(page_answer, request, snapshot, collection)
    return answer_to(query, page, request, snapshot, collection)


def is_quickly_selected(query: ItemsQuery, collection: Collection) -> bool:
    """Return whether to find the features takes microseconds, whichever the box is."""
    return query.selection.box is None or collection.is_quick_to_search(MODEST_FEATURE)


def page_answer(request: Request, snapshot: Snapshot, collection: Collection) -> Response:
    """Return the page that the request's query asks for."""
    query = items_query(request.query_params, collection)
    return answer_to(query, page_of(collection, query), request, snapshot, collection)


def answer_to(
    query: ItemsQuery, page: ItemsPage, request: Request, snapshot: Snapshot, collection: Collection
) -> Response:
    """Return the page as GeoJSON."""
    links = page_links(Links(request), collection.info.id, page, revision=snapshot.revision)
    features = features_of(collection, page, query)
    return data_response(
        feature_page(features, matched=page.matched, links=links),
        snapshot.revision,
        media_type=GEOJSON_TYPE,
        headers={**content_crs(query.crs), **link_header(links)},
    )


@router.get(
    "/collections/{collection_id}/items/{feature_id:path}",
    name="item",
    summary="一个要素，GeoJSON / One feature",
    responses=answers(GEOJSON_TYPE, "Feature", description="要素 / the feature"),
)
def item(
    request: Request,
    collection_id: CollectionId,
    feature_id: FeatureId,
    snapshot: SnapshotAsOfDep,
    links: LinksDep,
    crs: CRSDep,
    lang: LangDep,
    f: FormOfItems = None,
) -> Response:
    """Return one feature."""
    collection = snapshot.collection(collection_id)
    if requested_form(request, FORMS_OF_ITEM) == "html":
        return item_page(request, snapshot, collection, feature_id, lang)
    feature = collection.feature_json(collection.index_of(feature_id), crs)
    body = feature_with_links(feature, links, collection_id)
    return data_response(body, snapshot.revision, media_type=GEOJSON_TYPE, headers=content_crs(crs))
