"""The manual: its table of contents, its pages, and what the search in the browser reads."""

import hashlib

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep
from app.help.contents import book
from app.help.page_in_frame import contents_page, help_page
from app.http.fault_status import NotFoundError
from app.http.responses import JSON_TYPE, REVALIDATE
from app.http.route_classes import StrictRoute

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/help", name="help")
def contents(request: Request, lang: LangDep) -> Response:
    """Return the table of contents."""
    return contents_page(request, lang)


@router.get("/help/search", name="help-search")
def searchable(lang: LangDep) -> Response:
    """Return every section of the manual in one language as JSON; the browser searches in it."""
    body = orjson.dumps(book(lang).searchable())
    tag = hashlib.sha256(body).hexdigest()[:16]
    headers = {"ETag": f'"{tag}"', "Cache-Control": REVALIDATE, "Content-Language": lang}
    return Response(body, headers=headers, media_type=JSON_TYPE)


@router.get("/help/{page_id}", name="help-page")
def page(request: Request, page_id: str, lang: LangDep) -> Response:
    """Return a page of the manual."""
    found = book(lang).find(page_id)
    if found is None:
        raise NotFoundError("help-no-page", page=page_id[:80])
    return help_page(request, found, lang)
