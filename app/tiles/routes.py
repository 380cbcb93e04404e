"""OGC API Tiles: tile matrix sets, the tilesets of each collection, and vector tiles."""

import re
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import (
    CollectionId,
    LangDep,
    LinksDep,
    SnapshotDep,
    snapshot_as_of,
    text_of,
)
from app.http import parameters
from app.http.fault_status import NotFoundError, RequestError
from app.http.if_none_match import is_known
from app.http.negotiation import requested_form
from app.http.raw_headers import accepts, header
from app.http.responses import REVALIDATE, json_response
from app.http.route_classes import LeanRoute, StrictRoute, check_known
from app.openapi.document import path_parameter, query_parameter
from app.snapshot_in_thread import collection_of
from app.tiles.html_ogc_documents import matrix_set_page, matrix_sets_page, tilesets_page
from app.tiles.ogc_documents import (
    matrix_set_document,
    matrix_sets_document,
    tile_template,
    tileset_document,
    tilesets_document,
)
from app.tiles.tile_cache import CachedTile
from zones.tiles import (
    MEDIA_TYPE,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    Tile,
    tile_matrix_set,
    tile_source,
    tilejson,
)

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])
lean = APIRouter(route_class=LeanRoute, tags=["OGC API"])

MatrixSetId = Annotated[str, Path(description="瓦片矩阵集 / tile matrix set")]
Form = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html"]),
]

TILE_PARAMETERS: Final = [
    path_parameter("collection_id", "string", "集合标识 / collection"),
    path_parameter("tms_id", "string", "瓦片矩阵集 / tile matrix set"),
    path_parameter("z", "integer", "级别 / zoom"),
    path_parameter("y", "integer", "行，自北 / row, from the north"),
    path_parameter("x", "integer", "列，自西 / column, from the west"),
    query_parameter("f", "string", "格式 / form", enum=["mvt"]),
    query_parameter("revision", "integer", "修订版，缺省为当前 / as of this revision"),
    query_parameter("lang", "string", "出错时的语言 / language of faults", enum=["zh", "en"]),
]
OF_A_COLLECTION: Final = "zones.collection.vector"
"""How the names of operations on a collection's tiles end is the standard's: programs find tiles
by them (OGC API Tiles, /req/oas30/operation-id)."""
KNOWN: Final = frozenset({"f", "revision", "lang"})
_DIGITS: Final = re.compile(r"[0-9]{1,10}")


@router.get(
    "/tileMatrixSets",
    name="tile-matrix-sets",
    summary="瓦片矩阵集 / Tile matrix sets",
    operation_id="getTileMatrixSetsList",
)
async def matrix_sets(
    request: Request, snapshot: SnapshotDep, links: LinksDep, lang: LangDep, f: Form = None
) -> Response:
    """Return the tile matrix sets that tiles are made in."""
    if requested_form(request, ("json", "html")) == "html":
        return matrix_sets_page(request, snapshot, lang)
    return json_response(matrix_sets_document(links, lang=lang), snapshot.revision)


@router.get(
    "/tileMatrixSets/{tms_id}",
    name="tile-matrix-set",
    summary="一个瓦片矩阵集 / One of them",
    operation_id="getTileMatrixSet",
)
async def matrix_set(
    request: Request, tms_id: MatrixSetId, snapshot: SnapshotDep, lang: LangDep, f: Form = None
) -> Response:
    """Return how a tile matrix set cuts the earth into tiles."""
    if requested_form(request, ("json", "html")) == "html":
        return matrix_set_page(request, snapshot, tile_matrix_set(tms_id), lang)
    document = matrix_set_document(tile_matrix_set(tms_id), lang=lang)
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}/tiles",
    name="tilesets",
    summary="集合的瓦片集 / Tilesets of a collection",
    operation_id=f"{OF_A_COLLECTION}.getTileSetsList",
)
def tilesets(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: Form = None,
) -> Response:
    """Return the tilesets of a collection."""
    if requested_form(request, ("json", "html")) == "html":
        collection = snapshot.collection(collection_id)
        every = tuple(TILE_MATRIX_SETS.values())
        return tilesets_page(request, snapshot, collection, every, lang=lang)
    source = tile_source(snapshot.collection(collection_id))
    return json_response(tilesets_document(source, links, lang=lang), snapshot.revision)


@router.get(
    "/collections/{collection_id}/tiles/{tms_id}",
    name="tileset",
    summary="集合的一个瓦片集 / A tileset of a collection",
    operation_id=f"{OF_A_COLLECTION}.getTileSet",
)
def one_tileset(
    request: Request,
    collection_id: CollectionId,
    tms_id: MatrixSetId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: Form = None,
) -> Response:
    """Return what is said of a collection's tiles: layers, extent, limits, and their address."""
    if requested_form(request, ("json", "html")) == "html":
        collection = snapshot.collection(collection_id)
        only = (tile_matrix_set(tms_id),)
        return tilesets_page(request, snapshot, collection, only, lang=lang)
    source = tile_source(snapshot.collection(collection_id))
    document = tileset_document(source, tile_matrix_set(tms_id), links, lang=lang)
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}/tiles/{tms_id}/tilejson.json",
    name="tilejson",
    summary="TileJSON 3.0 / TileJSON 3.0",
)
def tilejson_document(
    request: Request,
    collection_id: CollectionId,
    tms_id: MatrixSetId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Return TileJSON, which knows tiles in Web Mercator alone."""
    source = tile_source(snapshot.collection(collection_id))
    tms = tile_matrix_set(tms_id)
    if tms is not WEB_MERCATOR_QUAD:
        raise NotFoundError("not-found", path=request.scope["path"][:200])
    template = tile_template(source, tms, links, "{z}/{y}/{x}")
    return json_response(tilejson(source, template, lang=lang), snapshot.revision)


@lean.get(
    "/collections/{collection_id}/tiles/{tms_id}/{z}/{y}/{x}",
    name="tile",
    summary="矢量瓦片 / A vector tile",
    operation_id=f"{OF_A_COLLECTION}.getTile",
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "Mapbox Vector Tile 2.1"},
        204: {"description": "空瓦片 / nothing lies in the tile"},
    },
    openapi_extra={"parameters": TILE_PARAMETERS},
)
async def tile(request: Request) -> Response:
    """Return a tile; its ETag is the last revision that changed the collection."""
    query, path = request.query_params, request.path_params
    if query:
        check_known(query, KNOWN)
        parameters.choice(query.get("f", "mvt"), "f", choices=("mvt",))
    snapshot = await snapshot_as_of(request, query.get("revision"))
    collection = await collection_of(snapshot, path["collection_id"])
    requested = requested_tile(path)
    etag = b'"r%d"' % collection.revision
    headers = {
        "ETag": etag.decode(),
        "X-Revision": str(collection.revision),
        "Cache-Control": REVALIDATE,
    }
    known = header(request.scope, b"if-none-match")
    if known is not None and is_known(known, etag):
        return Response(status_code=304, headers=headers)
    for_gzip = accepts(header(request.scope, b"accept-encoding"), b"gzip")
    found = await services_of(request).tiles.tile(collection, requested, for_gzip=for_gzip)
    return tile_response(found, headers, for_gzip=for_gzip)


def requested_tile(path: dict[str, str]) -> Tile:
    """Return the tile that a path names; of sets with the same tiles, in the one they are made in.

    Raises
    ------
    UnknownTileMatrixSetError, TileOutOfRangeError
    RequestError
        ``integer-invalid``.
    """
    tms = tile_matrix_set(path["tms_id"])
    for name in ("z", "y", "x"):
        if not _DIGITS.fullmatch(path[name]):
            raise RequestError(
                "integer-invalid",
                loc=("path", name),
                name=name,
                given=path[name][:80],
                low=0,
                high=2**tms.max_zoom,
            )
    requested = tms.tile(int(path["z"]), int(path["y"]), int(path["x"]))
    return replace(requested, tms=tms.grid)


def tile_response(tile: CachedTile, headers: dict[str, str], *, for_gzip: bool) -> Response:
    """Return the tile, with gzip for those who take it; 204 if nothing is in it."""
    if not tile.data:
        return Response(status_code=204, headers=headers)
    if for_gzip and tile.packed is not None:
        packed = {**headers, "Content-Encoding": "gzip"}
        return Response(tile.packed, headers=packed, media_type=MEDIA_TYPE)
    return Response(tile.data, headers=headers, media_type=MEDIA_TYPE)
