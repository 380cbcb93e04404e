"""The OpenAPI document."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LinksDep, SnapshotDep, text_of
from app.http.negotiation import wanted_form
from app.http.responses import OPENAPI_TYPE, data_response
from app.http.routing import StrictRoute
from app.openapi.answers import answers
from app.openapi.document import openapi_document

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
    wanted_form(request, ("json",))
    state = request.app.state
    key = (links.base, snapshot.revision)
    if state.openapi is None or state.openapi[0] != key:
        document = openapi_document(request.app, links.base, snapshot)
        state.openapi = (key, orjson.dumps(document))
    return data_response(state.openapi[1], snapshot.revision, media_type=OPENAPI_TYPE)
