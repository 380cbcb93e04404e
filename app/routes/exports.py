"""Collections as files to download."""

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, BinaryIO, Final
from urllib.parse import quote

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import parameters
from app.conditions import is_known
from app.deps import CRS_KEYS, CollectionId, LangDep, SnapshotAsOfDep, text_of
from app.negotiation import wanted_form
from app.responses import REVALIDATE
from app.routing import StrictRoute
from app.staff_pages import export_page
from zones.collection import Collection
from zones.export.export import write_export
from zones.export.options import ENCODINGS, KEYS, ExportFormat, ExportOptions, export_options
from zones.sources.import_folder import own_folder

router = APIRouter(route_class=StrictRoute, tags=["imports"])

AT_ONCE: Final = 2
"""Exports that one process writes at a time; the others wait."""
_BLOCK: Final = 256 * 1024
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


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
        Query(description="仅 shp 与 csv / for shp and csv only"),
        text_of("string", enum=list(ENCODINGS)),
    ] = None,
) -> Response:
    """Write the collection into a file and send it; nothing of it stays on the disk.

    A browser that names no format gets a page to choose one on.
    """
    if f == "html" or (f is None and wanted_form(request, ("json", "html")) == "html"):
        return await anyio.to_thread.run_sync(export_page, request, snapshot, lang, collection_id)
    f = f or "gpkg"
    system = None if crs is None else parameters.crs(crs)
    options = export_options(f, crs=system, encoding=encoding)
    collection = snapshot.collection(collection_id)
    tag = f'"r{snapshot.revision}"'
    headers = {"ETag": tag, "X-Revision": str(snapshot.revision), "Cache-Control": REVALIDATE}
    if is_known(request.headers.get("if-none-match", "").encode("latin-1"), tag.encode()):
        # Before the file is written, not after it.
        return Response(status_code=304, headers=headers)
    file, size = await anyio.to_thread.run_sync(
        exported_file, collection, options, limiter=limiter_of(request)
    )
    headers["Content-Length"] = str(size)
    headers["Content-Disposition"] = disposition(collection, snapshot.revision, options)
    return StreamingResponse(blocks_of(file), headers=headers, media_type=media_type(options))


def exported_file(collection: Collection, options: ExportOptions) -> tuple[BinaryIO, int]:
    """Return the open file and its size; it has no name any more, so it goes when it is closed."""
    with own_folder() as folder:  # which the next start removes if this process is killed
        path = folder / f"export{options.format.suffix}"
        write_export(path, collection.info, tuple(collection), options=options)
        return path.open("rb"), path.stat().st_size


async def blocks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield the file in blocks and close it at the end, also when nobody listens any more."""
    with file:
        read = partial(anyio.to_thread.run_sync, file.read, _BLOCK)
        while block := await read():
            yield block


def media_type(options: ExportOptions) -> str:
    """Return the media type; of a text, with its encoding."""
    told = options.format.media_type
    if not told.startswith("text/"):
        return told
    return f"{told}; charset={options.encoding.removesuffix('-sig')}"


def disposition(collection: Collection, revision: int, options: ExportOptions) -> str:
    """Return Content-Disposition with the collection's Chinese title (RFC 6266, RFC 8187)."""
    ending = f"-r{revision}{options.format.suffix}"
    if options.crs.is_shifted or not options.crs.is_geographic:
        ending = f"-{options.crs.key.replace(':', '').lower()}{ending}"
    title = _NOT_IN_NAMES.sub("_", collection.info.title)[:100].strip(" .")
    named = quote(f"{title or collection.info.id}{ending}", safe="")
    return f"attachment; filename=\"{collection.info.id}{ending}\"; filename*=UTF-8''{named}"


def limiter_of(request: Request) -> CapacityLimiter:
    """Return what makes exports wait for each other, so that they leave threads to lookups."""
    state = request.app.state
    limiter: CapacityLimiter | None = getattr(state, "export_limiter", None)
    if limiter is None:
        limiter = state.export_limiter = CapacityLimiter(AT_ONCE)
    return limiter
