"""How a CSV of points would be read, told by its beginning, before all of it is sent."""

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep
from app.http.errors import MediaTypeError
from app.http.headers import media_type
from app.http.negotiation import MEDIA_TYPES
from app.http.reading_notes import notes_json
from app.http.responses import JSON_TYPE, state_response
from app.http.routing import StrictRoute
from app.openapi.answers import answers
from zones.messages import Lang

router = APIRouter(route_class=StrictRoute, tags=["locate"])

_CSV = MEDIA_TYPES["csv"]
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        _CSV: {"schema": {"type": "string"}, "example": "名称,经度,纬度\n甲,123.4,41.79\n"}
    },
}


@router.post(
    "/locate/describe",
    name="locate-describe",
    summary="这份 CSV 会怎样读取 / How this CSV would be read",
    responses=answers(JSON_TYPE),
    openapi_extra={"requestBody": _BODY},
)
async def locate_describe(request: Request, lang: LangDep) -> Response:
    """Return encoding, delimiter, columns and what is noteworthy of a CSV, by its first 64 kB.

    `POST /locate` reads the whole alike: `x` and `y` are positions in `columns` (the same one for
    a pair), `crs` the datum that the columns' names tell.
    """
    sent = media_type(request.scope)
    if sent != _CSV:
        raise MediaTypeError("media-unsupported", given=sent[:80], accepted=_CSV)
    body = await request.body()
    return state_response(await run_in_threadpool(description_json, body, lang))


def description_json(start: bytes, lang: Lang) -> dict[str, Any]:
    """Return the description of a text with this beginning as JSON values."""
    # Apache Arrow, which reads whole tables, takes a tenth of a second to load.
    from zones.streams.csv_describe import described

    found = described(start)
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
