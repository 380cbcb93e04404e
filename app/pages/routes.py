"""The API's documentation page, and the files that all pages load."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app.http.fault_status import NotFoundError
from app.http.language import requested_language
from app.http.route_classes import StrictRoute
from app.pages.frame import assets_of
from app.pages.plan import docs_page

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/docs", name="docs")
def docs(request: Request) -> Response:
    """Return the documentation of the API as a page that works without the internet."""
    return docs_page(request, requested_language(request))


@router.get("/assets/{address:path}", name="assets")
def asset(request: Request, address: str) -> Response:
    """Return a script, style or image; its address changes when it does, so it may be kept."""
    found = assets_of(request).find(address)
    if found is None:
        raise NotFoundError("not-found", path=f"/assets/{address[:80]}")
    return FileResponse(
        found.path, media_type=found.media_type, headers={"Cache-Control": found.cache_control}
    )


@router.get("/favicon.ico", name="favicon")
def favicon(request: Request) -> Response:
    """Return the icon to programs that ask for it by the traditional address."""
    found = assets_of(request).icon
    return FileResponse(found.path, media_type=found.media_type)
