"""Collections as files to download."""

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.app_state import services_of
from app.dependencies import (
    CRS_KEYS,
    CollectionId,
    LangDep,
    SnapshotAsOfDep,
    text_of,
)
from app.features.export_response import blocks_of, disposition, exported_file, media_type
from app.features.gtxt_layout import LayoutDep
from app.http import parameters
from app.http.if_none_match import is_known
from app.http.negotiation import requested_form
from app.http.responses import REVALIDATE
from app.http.route_classes import StrictRoute
from app.http.table_reading_notes import NOTES_HEADER, notes_header
from app.pages.staff import export_page
from app.revisions.routes import visible_revisions
from app.snapshot_in_thread import collection_of
from zones.export.export_options import ENCODINGS, KEYS, ExportFormat, ExportOptions, export_options
from zones.export.write_file import export_remarks
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=StrictRoute, tags=["imports"])

"""Exports that one process writes at a time; the others wait."""


@router.get(
    "/collections/{collection_id}/export",
    name="export",
    summary="导出集合为文件 / Download a collection",
    responses={
        200: {
            "description": "文件 / the file",
            "content": {format_.media_type: {} for format_ in ExportFormat},
        }
    },
)
async def export(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
    layout: LayoutDep,
    f: Annotated[
        str | None,
        Query(description="格式，缺省 gpkg / format"),
        text_of("string", enum=[*KEYS, "html"]),
    ] = None,
    crs: Annotated[
        str | None,
        Query(description=f"坐标系，x 在前 / CRS, x first: {CRS_KEYS}"),
        text_of("string"),
    ] = None,
    encoding: Annotated[
        str | None,
        Query(description="仅 shp、csv 与 gtxt / for shp, csv and gtxt only"),
        text_of("string", enum=list(ENCODINGS)),
    ] = None,
) -> Response:
    """Write the collection into a file and send it; nothing of it stays on the disk.

    What a 国土 TXT has no room for is told in the header ``X-Notes``.

    A browser that names no format gets a page to choose one on.
    """
    if f == "html" or (f is None and requested_form(request, ("json", "html")) == "html"):
        return await anyio.to_thread.run_sync(_page, request, snapshot, lang, collection_id)
    f = f or "gpkg"
    system = None if crs is None else parameters.crs(crs)
    options = export_options(f, crs=system, encoding=encoding, layout=layout)
    collection = await collection_of(snapshot, collection_id)
    tag = f'"r{snapshot.revision}"'
    headers = {"ETag": tag, "X-Revision": str(snapshot.revision), "Cache-Control": REVALIDATE}
    if is_known(request.headers.get("if-none-match", "").encode("latin-1"), tag.encode()):
        # Before the file is written, not after it.
        return Response(status_code=304, headers=headers)
    return await _sent_file(request, collection, options, headers, lang)


async def _sent_file(
    request: Request,
    collection: Collection,
    options: ExportOptions,
    headers: dict[str, str],
    lang: Lang,
) -> Response:
    revision = int(headers["X-Revision"])
    info, features = collection.info, tuple(collection)
    remarks = await anyio.to_thread.run_sync(
        partial(export_remarks, info, features, options=options)
    )
    limiter = services_of(request).export_limiter
    file, size = await anyio.to_thread.run_sync(
        exported_file, info, features, options, limiter=limiter
    )
    if remarks:
        headers[NOTES_HEADER.decode()] = notes_header(remarks, lang).decode()
    headers["Content-Length"] = str(size)
    headers["Content-Disposition"] = disposition(info, revision, options)
    return StreamingResponse(blocks_of(file), headers=headers, media_type=media_type(options))


def _page(request: Request, snapshot: Snapshot, lang: Lang, collection_id: str) -> Response:
    snapshot.collection(collection_id)  # refused here where it is not there
    revisions = visible_revisions(request, services_of(request).store, collection_id)
    return export_page(request, snapshot, lang, collection_id, revisions)
