"""OGC API Maps: the map of a collection, and its map tiles."""

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import CollectionId, LangDep, LinksDep, SnapshotDep, snapshot_as_of
from app.http import parameters
from app.http.fault_status import RequestError
from app.http.language import requested_language
from app.http.responses import data_response, json_response
from app.http.route_classes import LeanRoute, StrictRoute, check_known
from app.map_images.layer_list import PLAN, STYLES, UNLABELLED
from app.map_images.metatiles import TileKind
from app.map_images.ogc_documents import tileset_document, tilesets_document
from app.map_images.ogc_map_query import FORMS, content_bbox, map_of
from app.map_images.picture_request import MEDIA_TYPES
from app.map_images.routes_xyz import tile_answer
from app.openapi.document import path_parameter, query_parameter
from zones.gml.srs_names_and_axes import OFFERED
from zones.tiles import tile_matrix_set

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])
lean = APIRouter(route_class=LeanRoute, tags=["OGC API"])

_SYSTEMS: Final = ", ".join(crs.key for crs in OFFERED)
_COMMON: Final = [
    query_parameter("style", "string", "样式 / style", enum=[*STYLES]),
    query_parameter("f", "string", "格式 / form", enum=[*FORMS]),
    query_parameter("revision", "integer", "修订版，缺省为当前 / as of this revision"),
    query_parameter("lang", "string", "语言 / language", enum=["zh", "en"]),
]
MAP_PARAMETERS: Final = [
    path_parameter("collection_id", "string", "集合标识 / collection"),
    query_parameter("width", "integer", "宽，像素 / width in pixels"),
    query_parameter("height", "integer", "高，像素 / height in pixels"),
    query_parameter(
        "scale-denominator",
        "number",
        "比例尺分母，像素按 0.28 mm / the n of 1:n, a pixel being 0.28 mm",
    ),
    query_parameter("bbox", "string", "范围 / box"),
    query_parameter("bbox-crs", "string", "bbox 的坐标系 / system of bbox"),
    query_parameter("subset", "string", "如 / as Lat(41.7:41.8),Lon(123.3:123.5)"),
    query_parameter("subset-crs", "string", "subset 的坐标系 / system of subset"),
    query_parameter("center", "string", "中心 / centre"),
    query_parameter("center-crs", "string", "center 的坐标系 / system of center"),
    query_parameter("crs", "string", f"图片的坐标系 / system of the map: {_SYSTEMS}"),
    query_parameter("bgcolor", "string", "背景色 / background, 0xRRGGBB"),
    query_parameter("transparent", "boolean", "背景透明 / transparent background"),
    *_COMMON,
]
DATASET_PARAMETERS: Final = [
    query_parameter("collections", "string", "集合，逗号分隔，先画的在前 / lowest first"),
    *MAP_PARAMETERS[1:],
]
LONGEST_LIST: Final = 2_000
TILE_PARAMETERS: Final = [
    path_parameter("collection_id", "string", "集合标识 / collection"),
    path_parameter("tms_id", "string", "瓦片矩阵集 / tile matrix set"),
    path_parameter("z", "integer", "级别 / zoom"),
    path_parameter("y", "integer", "行，自北 / row, from the north"),
    path_parameter("x", "integer", "列，自西 / column, from the west"),
    *_COMMON,
]
_PICTURES: Final = {
    200: {
        "content": {MEDIA_TYPES[form]: {} for form in FORMS.values()},
        "description": "图片 / a picture",
    }
}


def _names(listed: list[dict[str, object]]) -> frozenset[str]:
    return frozenset(str(each["name"]) for each in listed if each["in"] == "query")


@lean.get(
    "/collections/{collection_id}/map",
    name="collection-map",
    summary="集合的地图图片 / A map of the collection",
    operation_id="collection.getMap",
    responses=_PICTURES,  # type: ignore[arg-type]  # keys are int here, int | str there
    openapi_extra={"parameters": MAP_PARAMETERS},
)
async def collection_map(request: Request) -> Response:
    """Return a picture; its headers say which part of the world it shows."""
    check_known(request.query_params, _names(MAP_PARAMETERS))
    return await _map_of_layers(request, (request.path_params["collection_id"],))


async def dataset_map(request: Request) -> Response:
    """Return a picture of the whole plan, or of the collections that are listed."""
    check_known(request.query_params, _names(DATASET_PARAMETERS))
    listed = request.query_params.get("collections")
    ids = [part.strip() for part in (listed or "")[:LONGEST_LIST].split(",") if part.strip()]
    return await _map_of_layers(request, tuple(ids) or (PLAN,))


async def _map_of_layers(request: Request, layers: tuple[str, ...]) -> Response:
    query = dict(request.query_params)
    snapshot = await snapshot_as_of(request, query.get("revision"))
    lang = requested_language(request)
    for layer in layers:
        if layer != PLAN or len(layers) > 1:
            await run_in_threadpool(snapshot.collection, layer)
    picture = await run_in_threadpool(map_of, query, layers, snapshot, lang)
    body = await services_of(request).images.picture(snapshot, picture)
    headers = {
        "Content-Crs": f"<{picture.viewport.crs.uri}>",
        "Content-Bbox": content_bbox(picture.viewport),
    }
    return data_response(
        body, snapshot.revision, media_type=MEDIA_TYPES[picture.form], headers=headers
    )


@router.get(
    "/collections/{collection_id}/map/tiles",
    name="map-tilesets",
    summary="集合的图片瓦片集 / Map tilesets of a collection",
    operation_id="collection.map.getTileSetsList",
)
def map_tilesets(
    collection_id: CollectionId, snapshot: SnapshotDep, links: LinksDep, lang: LangDep
) -> Response:
    """Return the map tilesets of a collection."""
    document = tilesets_document(snapshot.collection(collection_id), links, lang)
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}/map/tiles/{tms_id}",
    name="map-tileset",
    summary="集合的一个图片瓦片集 / A map tileset of a collection",
    operation_id="collection.map.getTileSet",
)
def map_tileset(
    collection_id: CollectionId,
    tms_id: str,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Return what is said of one map tileset: its limits, and the address of its tiles."""
    collection, tms = snapshot.collection(collection_id), tile_matrix_set(tms_id)
    return json_response(tileset_document(collection, tms, links, lang), snapshot.revision)


@lean.get(
    "/collections/{collection_id}/map/tiles/{tms_id}/{z}/{y}/{x}",
    name="map-tile",
    summary="图片瓦片 / A map tile",
    operation_id="collection.map.getTile",
    responses=_PICTURES,  # type: ignore[arg-type]  # keys are int here, int | str there
    openapi_extra={"parameters": TILE_PARAMETERS},
)
async def map_tile(request: Request) -> Response:
    """Return a tile of map images."""
    query, path = request.query_params, request.path_params
    check_known(query, _names(TILE_PARAMETERS))
    form = parameters.choice(query.get("f", "png"), "f", choices=tuple(FORMS))
    style = parameters.choice(query.get("style", STYLES[0]), "style", choices=STYLES)
    tms = tile_matrix_set(path["tms_id"])
    numbers = [_number(path[name], name, 2**tms.max_zoom) for name in ("z", "y", "x")]
    snapshot = await snapshot_as_of(request, query.get("revision"))
    await run_in_threadpool(snapshot.collection, path["collection_id"])
    kind = TileKind(
        path["collection_id"],
        FORMS[form],
        requested_language(request),
        is_labelled=style != UNLABELLED,
    )
    return await tile_answer(request, snapshot, tms.tile(*numbers), kind)


def _number(text: str, name: str, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(high))):
        loc = ("path", name)
        raise RequestError("integer-invalid", loc=loc, name=name, given=text[:80], low=0, high=high)
    return int(text)
