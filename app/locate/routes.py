"""Where is this point: one in the query."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import CRS_KEYS
from app.http.language import requested_language
from app.http.negotiation import requested_form
from app.http.responses import data_response, json_response
from app.http.route_classes import LeanRoute, check_parameters
from app.locate.collections_parameter_cache import MembersCache
from app.locate.read_points import (
    COLLECTIONS_DESCRIPTION,
    RequestedPoint,
    collection_ids,
    read_point,
)
from app.openapi.document import query_parameter
from app.pages.locate import locate_page
from app.visible_collections import visible_now
from zones.lookup.containing_features import members_json
from zones.lookup.locator import build_locator
from zones.snapshot.model import Snapshot

single = APIRouter(route_class=LeanRoute, tags=["locate"])

POINT_PARAMETERS = [
    query_parameter("lon", "number", "经度 / longitude", example=123.40),
    query_parameter("lat", "number", "纬度 / latitude", example=41.79),
    query_parameter("x", "number", "东坐标，投影坐标系用 / easting of a projected system"),
    query_parameter("y", "number", "北坐标，投影坐标系用 / northing of a projected system"),
    query_parameter("crs", "string", f"坐标系，缺省 CRS84 / CRS of the point: {CRS_KEYS}"),
    query_parameter("collections", "string", COLLECTIONS_DESCRIPTION, example="subdistricts"),
    query_parameter("lang", "string", "出错时的语言 / language of faults", enum=["zh", "en"]),
    query_parameter("f", "string", "格式 / form", enum=["json", "html"]),
]
KNOWN = frozenset(str(parameter["name"]) for parameter in POINT_PARAMETERS)


@single.get(
    "/locate",
    name="locate",
    summary="某点属于哪个区 / Which zone is this",
    openapi_extra={"parameters": POINT_PARAMETERS},
)
async def locate(request: Request) -> Response:
    """Return where one point lies; to a browser the page that asks, and tells the answer."""
    query = request.query_params
    check_parameters(request, KNOWN)
    if requested_form(request, ("json", "html")) == "html":
        snapshot = await visible_now(request)
        return await run_in_threadpool(locate_page, request, snapshot, requested_language(request))
    point = read_point(query)
    snapshot = await visible_now(request)
    if collections := collection_ids(query.get("collections")):
        cache = services_of(request).members_cache
        return await run_in_threadpool(answer_in, snapshot, point, cache, collections)
    locator = snapshot.derived(build_locator)
    return data_response(
        locator.answer(point.lon, point.lat, source_crs=point.crs), snapshot.revision
    )


def answer_in(
    snapshot: Snapshot, point: RequestedPoint, covers: MembersCache, collections: tuple[str, ...]
) -> Response:
    """Return where a point lies, also in further collections, which may have to be made ready."""
    members = covers.requested(snapshot, collections)
    placement = snapshot.derived(build_locator).locate(point.lon, point.lat, source_crs=point.crs)
    (memberships,) = members_json(members, [point.lon], [point.lat])
    return json_response(placement.as_json() | memberships, snapshot.revision)
