"""The door of WFS: one address for all operations, by GET and by POST."""

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import snapshot_as_of
from app.http.fault_status import RequestError
from app.http.language import requested_language
from app.http.links import Links
from app.http.raw_headers import FORM, media_type
from app.http.responses import data_response
from app.http.route_classes import LeanRoute
from app.webservices.key_value_pairs import SHOWN, requested_pairs
from app.webservices.wfs.answers import XML_TYPE, features_answer, one_feature, values_answer
from app.webservices.wfs.capabilities import (
    BY_ID,
    capabilities_document,
    schema_of,
    stored_queries,
)
from app.webservices.wfs.faults import exception_response
from app.webservices.wfs.parameters import WFSRequest, from_query, from_xml
from app.webservices.wfs.query import answer_srs, collection_of_feature, feature_query
from app.webservices.wfs.versions import V2, WFSVersion, version_of
from zones.errors import ZonesError
from zones.gml.safe_xml import parse_xml
from zones.gml.xml_names import fid_of
from zones.messages import Lang
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=LeanRoute, include_in_schema=False)

OPERATIONS: Final = (
    "GetCapabilities, DescribeFeatureType, GetFeature, GetPropertyValue, ListStoredQueries, "
    "DescribeStoredQueries"
)


@router.get("/wfs", name="wfs")
@router.post("/wfs", name="wfs-post")
async def wfs(request: Request) -> Response:
    """Answer a request of WFS; whatever is wrong with it is told in an exception report."""
    version, lang = V2, requested_language(request)
    try:
        wfs_request = await _wfs_request(request)
        version = version_of(wfs_request.get("acceptversions") or wfs_request.get("version") or "")
        snapshot = await snapshot_as_of(request, wfs_request.get("revision"))
        return await run_in_threadpool(_answer, request, wfs_request, snapshot, version, lang)
    except ZonesError as fault:
        return exception_response(fault, version, lang)


async def _wfs_request(request: Request) -> WFSRequest:
    if request.method == "POST" and media_type(request.scope) != FORM:
        return from_xml(parse_xml(await request.body()))
    return from_query(await requested_pairs(request))


def _answer(
    request: Request, wfs_request: WFSRequest, snapshot: Snapshot, version: WFSVersion, lang: Lang
) -> Response:
    address = Links(request).to("wfs")
    operation = wfs_request.required("request").lower()
    if (wfs_request.get("service") or "WFS").upper() != "WFS":
        shown = str(wfs_request.get("service"))[:SHOWN]
        raise RequestError("wfs-service", loc=("query", "service"), given=shown)
    if operation == "getfeature":
        return _features(wfs_request, snapshot, version, address)
    if operation == "getpropertyvalue":
        query = feature_query(wfs_request, snapshot)
        return values_answer(
            query, wfs_request, version, revision=snapshot.revision, address=address
        )
    body = _document(operation, wfs_request, snapshot, version, address=address, lang=lang)
    return data_response(body.encode(), snapshot.revision, media_type=XML_TYPE)


def _document(
    operation: str,
    wfs_request: WFSRequest,
    snapshot: Snapshot,
    version: WFSVersion,
    *,
    address: str,
    lang: Lang,
) -> str:
    if operation == "getcapabilities":
        return capabilities_document(snapshot, version, address=address, lang=lang)
    if operation == "describefeaturetype":
        return schema_of(wfs_request, snapshot, version)
    if operation in {"liststoredqueries", "describestoredqueries"}:
        return stored_queries(snapshot, described=operation.startswith("d"), lang=lang)
    shown = operation[:SHOWN]
    raise RequestError("wfs-operation", loc=("query", "request"), given=shown, known=OPERATIONS)


def _features(
    wfs_request: WFSRequest, snapshot: Snapshot, version: WFSVersion, address: str
) -> Response:
    if (stored := wfs_request.get("storedquery_id")) is None:
        query = feature_query(wfs_request, snapshot)
        return features_answer(
            query, wfs_request, version, revision=snapshot.revision, address=address
        )
    if stored != BY_ID:
        loc = ("query", "storedQuery_Id")
        raise RequestError("wfs-stored-query", loc=loc, given=stored[:SHOWN], known=BY_ID)
    resource_id = wfs_request.required("ID")
    collection = collection_of_feature(resource_id, snapshot)
    index = collection.index_of(str(fid_of(collection.info.id, resource_id)))
    return one_feature(collection, index, answer_srs(wfs_request), version, snapshot.revision)
