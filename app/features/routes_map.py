"""The map of everything: a page for people, a picture for programs (OGC API Maps)."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.http import parameters
from app.http.negotiation import MEDIA_TYPES, quality
from app.http.route_classes import LeanRoute, check_parameters
from app.map_images.ogc_map_query import FORMS
from app.map_images.routes_maps import DATASET_PARAMETERS, dataset_map
from app.map_page.routes import KNOWN, MAP_PARAMETERS, map_page
from app.openapi.document import query_parameter

router = APIRouter(route_class=LeanRoute, tags=["map"])

_FORMS = ("html", *FORMS)
_NOT_OF_PICTURES = {"f", *(str(each["name"]) for each in MAP_PARAMETERS)}
_OF_PICTURES = [each for each in DATASET_PARAMETERS if each["name"] not in _NOT_OF_PICTURES]
PARAMETERS = [
    *MAP_PARAMETERS,
    query_parameter("f", "string", "html 为网页，其余为图片 / html is the page", enum=[*_FORMS]),
    *_OF_PICTURES,
]
_NAMES = frozenset(str(each["name"]) for each in _OF_PICTURES)


@router.get(
    "/map",
    name="map",
    summary="地图：网页，或整个规划的图片 / The map, as a page or as a picture",
    responses={
        200: {
            "description": "网页或图片 / the page or a picture",
            "content": {MEDIA_TYPES["html"]: {}, **{f"image/{form}": {} for form in FORMS}},
        }
    },
    openapi_extra={"parameters": PARAMETERS},
)
async def show_map(request: Request) -> Response:
    """Return the map page; a picture where ``f``, Accept or what a picture has asks for one."""
    if _wants_picture(request):
        return await dataset_map(request)
    check_parameters(request, KNOWN | {"f"})
    return await run_in_threadpool(map_page, request)


def _wants_picture(request: Request) -> bool:
    form = request.query_params.get("f")
    if form is not None:
        return parameters.choice(form, "f", choices=_FORMS) != "html"
    if not _NAMES.isdisjoint(request.query_params):
        return True
    accept = request.headers.get("accept", "*/*")
    return quality(accept, "image/png") > quality(accept, MEDIA_TYPES["html"])
