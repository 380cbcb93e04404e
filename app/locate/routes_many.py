"""Where many points are: a list in JSON, a stream of any length (CSV, Arrow …), a workbook."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import CRSDep, LangDep, SnapshotDep, text_of
from app.http.fault_status import MediaTypeError
from app.http.json_body import read_body
from app.http.negotiation import MEDIA_TYPES, STREAMED, WORKBOOK_TYPES, requested_form
from app.http.raw_headers import media_type
from app.http.responses import JSON_TYPE, json_response
from app.http.route_classes import StrictRoute
from app.locate.read_points import COLLECTIONS_DESCRIPTION, PointRow, collection_ids, read_points
from app.locate.stream_batches import batch_limits
from app.openapi.document import POINTS_BODY
from app.problems.problem_document import fault_json
from zones.crs.transform import CRS, to_storage_xy
from zones.lookup.answer import Placement
from zones.lookup.bulk_locator import build_bulk_locator
from zones.lookup.containing_features import CollectionMembers, members_json
from zones.lookup.locator import build_locator
from zones.messages import Lang
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import COLUMN_NAMES, ColumnSelection, parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.stream_base import PointStream

CHARSET = re.compile(r'charset="?([\w-]{1,40})', re.IGNORECASE)
LISTED_AT_ONCE = 500
NO_STORE = {"Cache-Control": "no-store"}
router = APIRouter(route_class=StrictRoute, tags=["locate"])

_STREAM: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
BODIES = {
    "required": True,
    "content": POINTS_BODY["content"]
    | dict.fromkeys([*(MEDIA_TYPES[form] for form in STREAMED), *WORKBOOK_TYPES], _STREAM),
}
NOTES_HEADER = {
    "description": "表如何读取（如 X 为北、几何列）/ how a table was read: a JSON array of code, "
    "message and hint; of rows what was found before the answer began, which is all of a small one",
    "schema": {"type": "string"},
}
FORMS = ("json", *STREAMED)
SHEET_DESCRIPTION = "工作簿中的工作表，缺省为第一张有坐标列的 / sheet of a workbook"
OF_WORKBOOKS = ("csv", "arrow", "parquet")
"""Forms that rows of a workbook are answered in."""


async def csv_options(
    request: Request,
    x_column: Annotated[
        str | None,
        Query(description="经度或东坐标的列名 / column of longitude or easting"),
        text_of("string"),
    ] = None,
    y_column: Annotated[
        str | None,
        Query(description="纬度或北坐标的列名 / column of latitude or northing"),
        text_of("string"),
    ] = None,
    delimiter: Annotated[
        str | None,
        Query(description="CSV 分隔符，缺省自动判断 / delimiter of CSV: one character or tab"),
        text_of("string"),
    ] = None,
    encoding: Annotated[
        str | None,
        Query(description="CSV 编码，缺省自动判断 / encoding of CSV: utf-8 or gb18030"),
        text_of("string"),
    ] = None,
    sheet: Annotated[str | None, Query(description=SHEET_DESCRIPTION), text_of("string")] = None,
) -> CSVOptions:
    """Return what is said of the table that comes; ``crs`` rules over the names of columns."""
    is_crs_stated = "crs" in request.query_params
    return CSVOptions(x_column, y_column, delimiter, encoding, sheet, is_crs_stated=is_crs_stated)


async def requested_columns(
    columns: Annotated[
        str | None,
        Query(description=f"结果列 / columns of the answer: {', '.join(COLUMN_NAMES)}"),
        text_of("string", example="zone_id,certain"),
    ] = None,
) -> ColumnSelection:
    """Return the columns of the answer."""
    return ColumnSelection() if columns is None else parse_columns(columns)


async def requested_collections(
    collections: Annotated[
        str | None,
        Query(description=COLLECTIONS_DESCRIPTION),
        text_of("string", example="subdistricts"),
    ] = None,
) -> tuple[str, ...]:
    """Return the further collections that points are located in."""
    return collection_ids(collections)


@router.post(
    "/locate",
    name="locate-many",
    summary="许多点属于哪个区 / Which zones are these",
    openapi_extra={"requestBody": BODIES},
    responses={200: {"headers": {"X-Notes": NOTES_HEADER}}},
)
async def locate_many(
    request: Request,
    snapshot: SnapshotDep,
    crs: CRSDep,
    lang: LangDep,
    options: Annotated[CSVOptions, Depends(csv_options)],
    columns: Annotated[ColumnSelection, Depends(requested_columns)],
    collections: Annotated[tuple[str, ...], Depends(requested_collections)],
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=list(FORMS))
    ] = None,
) -> Response:
    """Return where each point lies, in the order given; a wrong point says so in its place."""
    requested_members = partial(services_of(request).members_cache.requested, snapshot, collections)
    sent = media_type(request.scope)
    if sent == JSON_TYPE:
        requested_form(request, ("json",))
        body = await read_body(request)
        return await run_in_threadpool(answer_many, snapshot, body, crs, lang, requested_members)
    input_format = form_sent(sent)
    usual = OF_WORKBOOKS if input_format == "workbook" else (input_format,)
    output_format = requested_form(
        request, (*usual, *(form for form in STREAMED if form not in usual))
    )
    locator = await run_in_threadpool(snapshot.derived, build_bulk_locator)
    members = tuple(await run_in_threadpool(requested_members))
    columns = replace(columns, members=tuple(each.collection_id for each in members))
    task = PointQuestion(locator, crs, columns, lang, members)
    stream = await run_in_threadpool(
        stream_of, (input_format, output_format), task, options, request
    )
    headers = {"X-Revision": str(snapshot.revision), **NO_STORE}
    return services_of(request).batches.answer(request, stream, headers)


def form_sent(sent: str) -> str:
    """Return the form of a body by its media type.

    Raises
    ------
    MediaTypeError
        ``media-unsupported``.
    """
    if sent in WORKBOOK_TYPES:
        return "workbook"
    input_format = next((form for form in STREAMED if MEDIA_TYPES[form] == sent), None)
    if input_format is None:
        accepted = ", ".join([JSON_TYPE, *(MEDIA_TYPES[form] for form in STREAMED)])
        known = f"{accepted}, {', '.join(WORKBOOK_TYPES)}"
        raise MediaTypeError("media-unsupported", given=sent[:80], accepted=known)
    return input_format


def stream_of(
    forms: tuple[str, str], task: PointQuestion, options: CSVOptions, request: Request
) -> PointStream:
    """Return the stream from one form to another; a charset told with the type counts."""
    # Apache Arrow takes a tenth of a second to load, and few services are sent streams.
    from zones.streams.choose_stream import open_foreign_stream

    charset = CHARSET.search(request.headers.get("content-type", ""))
    if options.encoding is None and charset:
        options = replace(options, encoding=charset[1])
    limits = batch_limits(services_of(request).settings)
    return open_foreign_stream(*forms, task=task, options=options, limits=limits)


def answer_many(
    snapshot: Snapshot,
    body: bytes,
    crs: CRS,
    lang: Lang,
    requested: Callable[[], Sequence[CollectionMembers]],
) -> Response:
    """Return the answer to a body of points; ``requested`` gives the further collections."""
    rows, members = read_points(body, crs), requested()
    parts = (rows[at : at + LISTED_AT_ONCE] for at in range(0, len(rows), LISTED_AT_ONCE))
    results = (placed(snapshot, part, crs, lang, members) for part in parts)
    document = {"count": len(rows), "results": listed(results), "revision": snapshot.revision}
    return json_response(document, snapshot.revision)


def listed(parts: Iterable[list[dict[str, Any]]]) -> orjson.Fragment:
    """Return parts of a long list as JSON, each written before the next is made.

    Other threads have their turn between. Of all at once there would be so many objects that
    Python's search for garbage among them takes a tenth of a second.
    """
    written = (orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1] for part in parts)
    return orjson.Fragment(b"[%b]" % b",".join(written))


def placed(
    snapshot: Snapshot,
    rows: list[PointRow],
    crs: CRS,
    lang: Lang,
    members: Sequence[CollectionMembers],
) -> list[dict[str, Any]]:
    """Return for each row its placement, or its fault; with the id and members it came with."""
    points = np.array([row.xy for row in rows if row.xy is not None], dtype=np.float64)
    x, y = points.reshape(-1, 2).T.copy()
    lon, lat = to_storage_xy(x, y, crs)
    found = iter(snapshot.derived(build_locator).locate_many(lon, lat))
    memberships = iter(members_json(members, lon, lat))
    return [
        item_answer(row, next(found), next(memberships), lang)
        if row.fault is None
        else item_answer(row, None, {}, lang)
        for row in rows
    ]


def item_answer(
    row: PointRow, placement: Placement | None, memberships: dict[str, Any], lang: Lang
) -> dict[str, Any]:
    """Return the answer to one item of the list."""
    members_of_item: dict[str, Any] = {} if row.id is None else {"id": row.id}
    if row.properties:
        members_of_item["properties"] = dict(row.properties)
    if placement is not None:
        return members_of_item | placement.as_json() | memberships
    assert row.fault is not None  # noqa: S101 - a row without a point has a fault
    return members_of_item | {"error": fault_json(row.fault, lang)}
