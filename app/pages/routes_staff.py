"""The pages to upload and to edit on."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, LangDep, SnapshotDep
from app.http.route_classes import StrictRoute
from app.pages.editor import edit_page
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


@router.get("/collections/{collection_id}/edit", name="edit-page")
def edit(
    request: Request, collection_id: CollectionId, snapshot: SnapshotDep, lang: LangDep
) -> Response:
    """Return the page on which a collection's features are edited on the map."""
    return edit_page(request, snapshot, lang, collection_id)
