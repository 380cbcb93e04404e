"""The door of WMS: one address for all operations, by GET and by POST."""

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.http.fault_status import RequestError
from app.http.language import requested_language
from app.http.links import Links
from app.http.responses import data_response
from app.http.route_classes import LeanRoute
from app.map_images.picture_request import MEDIA_TYPES
from app.webservices.key_value_pairs import SHOWN, KeyValues, requested_pairs, values_of
from app.webservices.wms.capabilities import capabilities_document
from app.webservices.wms.faults import exception_response
from app.webservices.wms.features_under_pixel import hits_of
from app.webservices.wms.get_feature_info import info_answer, info_form
from app.webservices.wms.get_legend_graphic import legend_answer
from app.webservices.wms.get_map_query import picture_of
from app.webservices.wms.time_parameter import requested_snapshot
from app.webservices.wms.versions import WMSVersion, version_of
from zones.errors import ZonesError
from zones.messages import Lang
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=LeanRoute, include_in_schema=False)

OPERATIONS: Final = "GetCapabilities, GetMap, GetFeatureInfo, GetLegendGraphic"
_FORMER_NAMES: Final = {
    "capabilities": "getcapabilities",
    "map": "getmap",
    "feature_info": "getfeatureinfo",
}
"""Of version 1.0, which old clients still send."""
_OTHER_NAMES: Final = {"wmtver": "version"}


@router.get("/wms", name="wms")
@router.post("/wms", name="wms-post")
async def wms(request: Request) -> Response:
    """Answer a request of WMS; whatever is wrong with it is told as the client wants it."""
    lang, kvp = requested_language(request), KeyValues({})
    try:
        pairs = await requested_pairs(request)
        kvp = KeyValues(values_of(pairs.multi_items(), _OTHER_NAMES))
        return await _answer(request, kvp, version_of(kvp), lang)
    except ZonesError as fault:
        version = version_of(kvp)
        return await run_in_threadpool(exception_response, fault, kvp, version, lang)


async def _answer(request: Request, kvp: KeyValues, version: WMSVersion, lang: Lang) -> Response:
    operation = kvp.required("REQUEST").lower()
    operation = _FORMER_NAMES.get(operation, operation)
    if (kvp.get("service") or "WMS").upper() != "WMS":
        shown = str(kvp.get("service"))[:SHOWN]
        raise RequestError("wms-service", loc=("query", "SERVICE"), given=shown)
    if operation not in OPERATIONS.lower().split(", "):
        shown = operation[:SHOWN]
        raise RequestError("wms-operation", loc=("query", "REQUEST"), given=shown, known=OPERATIONS)
    snapshot = await requested_snapshot(request, kvp)
    if operation == "getmap":
        return await _map(request, kvp, snapshot, version, lang)
    return await run_in_threadpool(_document, request, operation, kvp, snapshot, version, lang)


async def _map(
    request: Request, kvp: KeyValues, snapshot: Snapshot, version: WMSVersion, lang: Lang
) -> Response:
    picture = await run_in_threadpool(picture_of, kvp, snapshot, version, lang)
    body = await services_of(request).images.picture(snapshot, picture)
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[picture.form])


def _document(
    request: Request,
    operation: str,
    kvp: KeyValues,
    snapshot: Snapshot,
    version: WMSVersion,
    lang: Lang,
) -> Response:
    if operation == "getlegendgraphic":
        return legend_answer(kvp, snapshot, lang)
    if operation == "getfeatureinfo":
        form = info_form(kvp.get("info_format") or "text/html")
        found, crs = hits_of(kvp, snapshot, version)
        address = Links(request).to("wfs")
        revision = snapshot.revision
        return info_answer(found, form, crs, version, revision=revision, address=address, lang=lang)
    _check_sequence(kvp, snapshot)
    store = services_of(request).store
    oldest = store.pruning.oldest()
    revisions = [each for each in store.revisions() if each.number >= oldest]
    ends = (revisions[-1], revisions[0]) if revisions else None
    links = Links(request)
    body = capabilities_document(
        snapshot, version, ends, address=links.to("wms"), home=f"{links.base}/", lang=lang
    )
    media_type = f"{version.capabilities_type}; charset=utf-8"
    return data_response(body.encode(), snapshot.revision, media_type=media_type)


def _check_sequence(kvp: KeyValues, snapshot: Snapshot) -> None:
    """Refuse capabilities to who has them already, as 7.2.3.5 of the standard asks."""
    sequence = kvp.get("updatesequence")
    if sequence is None or not sequence.isdecimal():
        return
    if int(sequence[:SHOWN]) == snapshot.revision:
        raise RequestError("wms-update-current", loc=("query", "UPDATESEQUENCE"))
    if int(sequence[:SHOWN]) > snapshot.revision:
        current = snapshot.revision
        raise RequestError("wms-update-sequence", loc=("query", "UPDATESEQUENCE"), current=current)
