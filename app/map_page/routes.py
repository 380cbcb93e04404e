"""The map as a page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.http import parameters
from app.http.language import requested_language
from app.http.negotiation import MEDIA_TYPES
from app.http.route_classes import LeanRoute, check_parameters
from app.map_page.gather_values import (
    NEEDED_PACKAGES,
    NO_BASEMAP,
    MapRequest,
    basemaps_of,
    map_html,
)
from app.map_page.offline_file import offline_map
from app.openapi.described_answers import answers
from app.openapi.document import query_parameter
from app.pages.frame import NO_STORE, assets_of, missing_page, page_response
from app.visible_collections import snapshot_of_request
from zones.messages import Lang

router = APIRouter(route_class=LeanRoute, tags=["map"])

MAP_PARAMETERS = [
    query_parameter("collections", "string", "先显示的集合，逗号分隔 / collections shown at first"),
    query_parameter("basemap", "string", "在线底图，缺省 none / basemap of others"),
    query_parameter("lang", "string", "语言 / language", enum=["zh", "en"]),
    query_parameter("bbox", "string", "西，南，东，北 / west,south,east,north"),
    query_parameter("revision", "integer", "修订版，缺省为当前 / as of this revision"),
]
KNOWN_OF_FILE = frozenset({"collections", "lang", "revision"})
KNOWN = frozenset(str(parameter["name"]) for parameter in MAP_PARAMETERS)


@router.get(
    "/export/map.html",
    name="map-file",
    summary="离线地图：一个网页文件 / The map as one file",
    responses=answers(MEDIA_TYPES["html"]),
    openapi_extra={"parameters": [p for p in MAP_PARAMETERS if p["name"] in KNOWN_OF_FILE]},
)
def map_file(request: Request) -> Response:
    """Return the map with data, facts and figures in one file that needs no network."""
    check_parameters(request, KNOWN_OF_FILE)
    services, lang = services_of(request), _lang(request)
    if NEEDED_PACKAGES.intersection(assets_of(request).missing):
        return missing_page(request, lang, current="map")
    map_request = _map_request(request, lang)
    snapshot = snapshot_of_request(request, map_request.pinned)
    html = offline_map(
        snapshot,
        assets_of(request),
        services.settings.assets_dir,
        lang=lang,
        visible=map_request.visible,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="heping-zones-r{snapshot.revision}.html"',
        "X-Revision": str(snapshot.revision),
        **NO_STORE,
    }
    return Response(html, headers=headers, media_type=MEDIA_TYPES["html"])


def map_page(request: Request) -> Response:
    """Return the map page as the query asks for it, or the page that says what is missing."""
    lang = _lang(request)
    if NEEDED_PACKAGES.intersection(assets_of(request).missing):
        return missing_page(request, lang, current="map")
    map_request = _map_request(request, lang)
    snapshot = snapshot_of_request(request, map_request.pinned)
    return page_response(map_html(request, snapshot, map_request), snapshot.revision)


def _lang(request: Request) -> Lang:
    if (text := request.query_params.get("lang")) is not None:
        parameters.choice(text, "lang", choices=("zh", "en"))
    return requested_language(request)


def _map_request(request: Request, lang: Lang) -> MapRequest:
    query = request.query_params
    offered = tuple(one.id for one in basemaps_of(services_of(request).settings, lang))
    basemap = parameters.choice(
        query.get("basemap", NO_BASEMAP), "basemap", choices=(NO_BASEMAP, *offered)
    )
    collections = query.get("collections")
    return MapRequest(
        lang=lang,
        visible=None if collections is None else _listed(collections),
        bbox=parameters.degrees_bbox(query.get("bbox")),
        basemap=basemap,
        pinned=_revision(query.get("revision")),
    )


def _listed(text: str) -> frozenset[str]:
    return frozenset(part for part in text[:2000].split(",") if part)


def _revision(text: str | None) -> int | None:
    if text is None:
        return None
    return parameters.revision(text)
