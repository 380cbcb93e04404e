"""The door of WMS: one address for all operations, by GET and by POST."""

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.http.errors import RequestError
from app.http.language import asked_language
from app.http.links import Links
from app.http.responses import data_response
from app.http.routing import LeanRoute
from app.images.picture import MEDIA_TYPES
from app.services import services_of
from app.webservices.kvp import SHOWN, KeyValues, pairs_asked, values_of
from app.webservices.wms.capabilities import capabilities_document
from app.webservices.wms.faults import exception_response
from app.webservices.wms.hits import hits_of
from app.webservices.wms.info import info_answer, info_form
from app.webservices.wms.legend import legend_answer
from app.webservices.wms.moment import snapshot_asked
from app.webservices.wms.query import picture_of
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
    lang, asked = asked_language(request), KeyValues({})
    try:
        pairs = await pairs_asked(request)
        asked = KeyValues(values_of(pairs.multi_items(), _OTHER_NAMES))
        return await _answer(request, asked, version_of(asked), lang)
    except ZonesError as fault:
        version = version_of(asked)
        return await run_in_threadpool(exception_response, fault, asked, version, lang)


async def _answer(request: Request, asked: KeyValues, version: WMSVersion, lang: Lang) -> Response:
    operation = asked.required("REQUEST").lower()
    operation = _FORMER_NAMES.get(operation, operation)
    if (asked.get("service") or "WMS").upper() != "WMS":
        given = str(asked.get("service"))[:SHOWN]
        raise RequestError("wms-service", loc=("query", "SERVICE"), given=given)
    if operation not in OPERATIONS.lower().split(", "):
        given = operation[:SHOWN]
        raise RequestError("wms-operation", loc=("query", "REQUEST"), given=given, known=OPERATIONS)
    snapshot = await snapshot_asked(request, asked)
    if operation == "getmap":
        return await _map(request, asked, snapshot, version, lang)
    return await run_in_threadpool(_document, request, operation, asked, snapshot, version, lang)


async def _map(
    request: Request, asked: KeyValues, snapshot: Snapshot, version: WMSVersion, lang: Lang
) -> Response:
    wanted = await run_in_threadpool(picture_of, asked, snapshot, version, lang)
    body = await services_of(request).images.picture(snapshot, wanted)
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[wanted.form])


def _document(
    request: Request,
    operation: str,
    asked: KeyValues,
    snapshot: Snapshot,
    version: WMSVersion,
    lang: Lang,
) -> Response:
    if operation == "getlegendgraphic":
        return legend_answer(asked, snapshot, lang)
    if operation == "getfeatureinfo":
        form = info_form(asked.get("info_format") or "text/html")
        found, crs = hits_of(asked, snapshot, version)
        address = Links(request).to("wfs")
        revision = snapshot.revision
        return info_answer(found, form, crs, version, revision=revision, address=address, lang=lang)
    _check_sequence(asked, snapshot)
    revisions = services_of(request).store.revisions()
    ends = (revisions[-1], revisions[0]) if revisions else None
    links = Links(request)
    body = capabilities_document(
        snapshot, version, ends, address=links.to("wms"), home=f"{links.base}/", lang=lang
    )
    media_type = f"{version.capabilities_type}; charset=utf-8"
    return data_response(body.encode(), snapshot.revision, media_type=media_type)


def _check_sequence(asked: KeyValues, snapshot: Snapshot) -> None:
    """Refuse capabilities to who has them already, as 7.2.3.5 of the standard asks."""
    given = asked.get("updatesequence")
    if given is None or not given.isdecimal():
        return
    if int(given[:SHOWN]) == snapshot.revision:
        raise RequestError("wms-update-current", loc=("query", "UPDATESEQUENCE"))
    if int(given[:SHOWN]) > snapshot.revision:
        current = snapshot.revision
        raise RequestError("wms-update-sequence", loc=("query", "UPDATESEQUENCE"), current=current)
