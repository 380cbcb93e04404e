"""How a CSV or a workbook of points would be read, told before it is answered."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import LangDep, text_of
from app.http.fault_status import MediaTypeError
from app.http.negotiation import MEDIA_TYPES, WORKBOOK_TYPES
from app.http.raw_headers import media_type
from app.http.responses import JSON_TYPE, state_response
from app.http.route_classes import StrictRoute
from app.http.table_reading_notes import notes_json
from app.locate.routes_many import SHEET_DESCRIPTION
from app.locate.stream_batches import batch_limits
from app.openapi.described_answers import answers
from zones.messages import Lang

if TYPE_CHECKING:
    from zones.streams.csv_describe import Description

router = APIRouter(route_class=StrictRoute, tags=["locate"])

_CSV = MEDIA_TYPES["csv"]
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        _CSV: {"schema": {"type": "string"}, "example": "名称,经度,纬度\n甲,123.4,41.79\n"},
        **dict.fromkeys(WORKBOOK_TYPES, _FILE),
    },
}


@router.post(
    "/locate/describe",
    name="locate-describe",
    summary="这份表格会怎样读取 / How this table would be read",
    responses=answers(JSON_TYPE),
    openapi_extra={"requestBody": _BODY},
)
async def locate_describe(
    request: Request,
    lang: LangDep,
    sheet: Annotated[str | None, Query(description=SHEET_DESCRIPTION), text_of("string")] = None,
) -> Response:
    """Return encoding, delimiter, columns and what is noteworthy of a table.

    Of a CSV its first 64 kB are enough; a workbook must be whole, and `sheets` are those that can
    be chosen. `POST /locate` reads the whole alike: `x` and `y` are positions in `columns` (the
    same one for a pair), `crs` the datum that the columns' names tell.
    """
    sent = media_type(request.scope)
    if sent in WORKBOOK_TYPES:
        return state_response(await workbook_json(request, sheet, lang))
    if sent != _CSV:
        accepted = ", ".join([_CSV, *WORKBOOK_TYPES])
        raise MediaTypeError("media-unsupported", given=sent[:80], accepted=accepted)
    body = await request.body()
    return state_response(await run_in_threadpool(description_json, body, lang))


async def workbook_json(request: Request, sheet: str | None, lang: Lang) -> dict[str, Any]:
    """Return the description of a sheet of the workbook that a request brings."""
    from zones.streams.csv_describe import START, described_sheet
    from zones.streams.csv_options import CSVOptions
    from zones.streams.workbooks import sheets_in, workbook_apart

    limits = batch_limits(services_of(request).settings)
    file = workbook_apart(limits, CSVOptions(sheet=sheet))
    async for piece in request.stream():
        await run_in_threadpool(file.add, piece)
    found = await run_in_threadpool(file.whole)
    with found.rows as rows:
        start = rows.read(START)
    dialect = await run_in_threadpool(described_sheet, start, found.content)
    return description_of(dialect, lang) | {"sheets": sheets_in(found.content)}


def description_json(start: bytes, lang: Lang) -> dict[str, Any]:
    """Return the description of a text with this beginning as JSON values."""
    # Apache Arrow, which reads whole tables, takes a tenth of a second to load.
    from zones.streams.csv_describe import described

    return description_of(described(start), lang)


def description_of(found: "Description", lang: Lang) -> dict[str, Any]:
    """Return a description as JSON values."""
    return {
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "columns": found.columns,
        "rows": found.rows,
        "x": found.x,
        "y": found.y,
        "y_first": found.y_first,
        "crs": found.crs,
        "notes": notes_json(found.notes, lang),
    }
