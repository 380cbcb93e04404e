"""The door of WMTS: one address for key-value pairs, and paths below it."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.http.fault_status import NotFoundError, RequestError, status_of
from app.http.language import requested_language
from app.http.links import Links
from app.http.responses import data_response
from app.http.route_classes import LeanRoute
from app.map_images.routes_xyz import tile_answer
from app.webservices.key_value_pairs import SHOWN, KeyValues, values_of
from app.webservices.ows_exception_report import exception_report
from app.webservices.wms.features_under_pixel import hits_at
from app.webservices.wms.get_feature_info import info_answer, info_form
from app.webservices.wms.time_parameter import requested_snapshot
from app.webservices.wms.versions import V130
from app.webservices.wmts.capabilities import capabilities_document
from app.webservices.wmts.parameters import SUFFIXES, kind_of, layer_named, tile_of
from zones.drawing.model import Viewport
from zones.errors import TileOutOfRangeError, ZonesError
from zones.messages import Lang
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=LeanRoute, include_in_schema=False)

OPERATIONS: Final = "GetCapabilities, GetTile, GetFeatureInfo"
EXCEPTION_CODES: Final[Mapping[str, str]] = {
    "wmts-operation": "OperationNotSupported",
    "tile-out-of-range": "TileOutOfRange",
    "wms-point": "PointIJOutOfRange",
}
SIDE_PX: Final = 256


@router.get("/wmts", name="wmts")
async def by_pairs(request: Request) -> Response:
    """Answer a request by key-value pairs."""
    try:
        kvp = KeyValues(values_of(request.query_params.multi_items()))
        return await _answer(request, kvp)
    except ZonesError as fault:
        return _report(fault, request)


@router.get("/wmts/1.0.0/WMTSCapabilities.xml", name="wmts-capabilities")
async def capabilities(request: Request) -> Response:
    """Return the capabilities at an address of their own."""
    try:
        return await _answer(request, KeyValues({"request": "GetCapabilities"}))
    except ZonesError as fault:
        return _report(fault, request)


@router.get("/wmts/1.0.0/{layer}/{style}/{tilematrixset}/{tilematrix}/{tilerow}/{tilecol}.{suffix}")
async def by_path(request: Request) -> Response:
    """Return a tile by its path; the revision and the language may follow as a query."""
    path = dict(request.path_params)
    try:
        form = SUFFIXES.get(path.pop("suffix"))
        if form is None:
            raise NotFoundError("not-found", path=request.scope["path"][:200])
        pairs = values_of(request.query_params.multi_items())
        kvp = KeyValues({**pairs, **path, "format": form, "request": "GetTile"})
        return await _answer(request, kvp)
    except ZonesError as fault:
        return _report(fault, request)


def _report(fault: ZonesError, request: Request) -> Response:
    """Return the fault; the standard asks for 400 where a tile is beyond all."""
    is_beyond = isinstance(fault, TileOutOfRangeError)
    status = 400 if is_beyond else status_of(fault)
    codes = EXCEPTION_CODES
    lang = requested_language(request)
    return exception_report(fault, codes, "1.0.0", "1.1", lang=lang, status=status)


async def _answer(request: Request, kvp: KeyValues) -> Response:
    lang = requested_language(request)
    operation = kvp.required("Request").lower()
    if (kvp.get("service") or "WMTS").upper() != "WMTS":
        shown = str(kvp.get("service"))[:SHOWN]
        raise RequestError("wmts-service", loc=("query", "Service"), given=shown)
    if operation not in OPERATIONS.lower().split(", "):
        loc, shown = ("query", "Request"), operation[:SHOWN]
        raise RequestError("wmts-operation", loc=loc, given=shown, known=OPERATIONS)
    snapshot = await requested_snapshot(request, kvp)
    if operation == "gettile":
        tile, kind = tile_of(kvp), kind_of(kvp, snapshot, lang)
        return await tile_answer(request, snapshot, tile, kind)
    make = _info if operation == "getfeatureinfo" else _capabilities
    return await run_in_threadpool(make, request, kvp, snapshot, lang)


def _capabilities(request: Request, _kvp: KeyValues, snapshot: Snapshot, lang: Lang) -> Response:
    links = Links(request)
    body = capabilities_document(
        snapshot, address=links.to("wmts"), legends=links.to("wms"), lang=lang
    )
    return data_response(body.encode(), snapshot.revision, media_type="application/xml")


def _info(request: Request, kvp: KeyValues, snapshot: Snapshot, lang: Lang) -> Response:
    tile = tile_of(kvp)
    layer = layer_named(kvp.required("Layer"), snapshot)
    viewport = Viewport(tile.tms.crs, tile.bounds, SIDE_PX, SIDE_PX)
    found = hits_at(kvp, snapshot, (layer,), viewport, V130)
    form = info_form(kvp.get("infoformat", "info_format") or "text/html")
    return info_answer(
        found,
        form,
        tile.tms.crs,
        V130,
        revision=snapshot.revision,
        address=Links(request).to("wfs"),
        lang=lang,
    )
