"""A sheet as a file, and the page on which one is chosen."""

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import LangDep, SnapshotAsOfDep, SnapshotDep
from app.http.responses import data_response
from app.http.route_classes import StrictRoute
from app.printing.sheet_choice_page import choice_page
from app.printing.sheet_query import SHEET_PARAMETERS, sheet_order
from zones.printing.make_sheet import PrintedSheet
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=StrictRoute, tags=["map"])

MEDIA_TYPES = ("application/pdf", "image/png", "image/svg+xml", "application/zip")


@router.get(
    "/map/sheet",
    name="sheet",
    summary="规划图幅：PDF、PNG、SVG / A printed sheet of the plan",
    responses={
        200: {"description": "图幅 / the sheet", "content": {kind: {} for kind in MEDIA_TYPES}}
    },
    openapi_extra={
        "parameters": [p for p in SHEET_PARAMETERS if p["name"] not in {"lang", "revision"}]
    },
)
async def sheet(request: Request, snapshot: SnapshotAsOfDep, lang: LangDep) -> Response:
    """Return a sheet: the map to scale with title, legend, grid, sources and accuracy.

    Letters that the font lacks are told on the sheet and in the header ``X-Missing-Letters``.
    """
    order = sheet_order(request.query_params, lang)
    made = await services_of(request).sheets.sheet(snapshot, order)
    return data_response(
        made.body,
        snapshot.revision,
        media_type=made.media_type,
        headers=_headers(made, snapshot, order.element or "plan"),
    )


@router.get("/map/print", name="print", include_in_schema=False)
async def print_page(request: Request, snapshot: SnapshotDep, lang: LangDep) -> Response:
    """Return the page on which a sheet is chosen."""
    return await anyio.to_thread.run_sync(choice_page, request, snapshot, lang)


def _headers(made: PrintedSheet, snapshot: Snapshot, name: str) -> dict[str, str]:
    headers = {
        "Content-Disposition": f'inline; filename="heping-{_plain(name)}'
        f'-r{snapshot.revision}.{made.suffix}"',
        "X-Scale": f"{made.scale:.0f}",
        "X-Pages": str(made.pages),
        "X-Bbox": ",".join(f"{side:.6f}" for side in made.bbox),
    }
    if made.missing:
        headers["X-Missing-Letters"] = ", ".join(f"U+{ord(each):04X}" for each in made.missing[:20])
    return headers


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
