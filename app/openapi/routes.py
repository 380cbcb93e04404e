"""The OpenAPI document."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import LinksDep, SnapshotDep, text_of
from app.http.negotiation import requested_form
from app.http.responses import OPENAPI_TYPE, data_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])


@router.get(
    "/api",
    name="api",
    summary="OpenAPI 文档 / The OpenAPI document",
    responses=answers(OPENAPI_TYPE),
)
def api(
    request: Request,
    links: LinksDep,
    snapshot: SnapshotDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json"])
    ] = None,
) -> Response:
    """Return what the service can be asked, for programs."""
    requested_form(request, ("json",))
    text = services_of(request).openapi.text(request.app, links.base, snapshot)
    return data_response(text, snapshot.revision, media_type=OPENAPI_TYPE)
