"""The OpenAPI document."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.deps import LinksDep, text_of
from app.negotiation import wanted_form
from app.ogc import OPENAPI_TYPE
from app.openapi import openapi_document
from app.routing import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])


@router.get("/api", name="api", summary="OpenAPI 文档 / The OpenAPI document")
def api(
    request: Request,
    links: LinksDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json"])
    ] = None,
) -> Response:
    """Return what the service can be asked, for programs."""
    wanted_form(request, ("json",))
    state = request.app.state
    if state.openapi is None or state.openapi[0] != links.base:
        document = orjson.dumps(openapi_document(request.app, links.base))
        state.openapi = (links.base, document)
    headers = {"Cache-Control": "no-cache", "Content-Type": OPENAPI_TYPE}
    return Response(state.openapi[1], headers=headers)
