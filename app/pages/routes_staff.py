"""The page to upload on."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep, SnapshotDep
from app.http.routing import StrictRoute
from app.pages.staff import upload_page

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/upload", name="upload-page")
def upload(
    request: Request,
    snapshot: SnapshotDep,
    lang: LangDep,
    collection: Annotated[str, Query(description="先选定的集合 / collection to begin with")] = "",
) -> Response:
    """Return the page on which a file is chosen and sent into a collection."""
    return upload_page(request, snapshot, lang, collection)
