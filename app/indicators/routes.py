"""The plan's indicators beside what was reported, and the way to report."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.role_comparison import check_may
from app.dependencies import (
    KeyDep,
    LangDep,
    SettingsDep,
    SnapshotAsOfDep,
    SnapshotDep,
    StoreDep,
    text_of,
)
from app.http.csv_and_xlsx_tables import csv_file, xlsx_file
from app.http.negotiation import MEDIA_TYPES, requested_form
from app.http.responses import data_response, json_response, state_response
from app.http.route_classes import StrictRoute
from app.indicators.read_reported_values import FIELDS, sent_values
from app.indicators.store_values import stored_values
from app.indicators.table_rows import Row, in_words, template_rows, value_rows
from app.openapi.document import form_body
from app.pages.indicators import indicators_page
from zones.messages import Lang, say
from zones.plan.indicators import (
    VALUES,
    IndicatorRow,
    indicator_rows,
    targets_of,
    unusable_values,
)
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=StrictRoute, tags=["plan"])

Form = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html", "csv", "xlsx"]),
]
TableForm = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "csv", "xlsx"]),
]
WantedElement = Annotated[
    str | None,
    Query(max_length=100, description="只要此要素的；district：全区的 / those of this element"),
]
WantedStatus = Annotated[
    str | None, Query(max_length=100, description="只要此状态的，如 behind / of this status")
]


@router.get(
    "/plan/indicators",
    name="indicators",
    summary="指标：目标与现状 / Indicators, aimed and present",
)
def indicators(
    request: Request,
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
    element: WantedElement = None,
    status: WantedStatus = None,
    f: Form = None,
) -> Response:
    """Return the plan's 61 indicators and the elements' goals, with present values and status.

    ``status`` compares the last value with the target, and before that is due with the way to it,
    if the plan states one: ``path`` is ``linear`` (from the baseline), ``cumulative`` (from
    nothing), ``yearly`` or ``level`` (none stated).
    """
    form = requested_form(request, ("json", "html", "csv", "xlsx"))
    element, status = element or None, status or None
    rows = chosen(snapshot.derived(indicator_rows), element=element, status=status)
    if form == "html":
        return indicators_page(request, snapshot, lang, rows, element=element, status=status)
    if form == "json":
        document = {
            "rows": [row.as_json() for row in rows],
            "unusable": list(snapshot.derived(unusable_values)),
            "revision": snapshot.revision,
        }
        return json_response(document, snapshot.revision)
    rows_in_words = [in_words(r, lang) if form == "xlsx" else r.as_row() for r in rows]
    return _file(snapshot, rows_in_words, form, "indicators", lang)


def chosen(
    rows: tuple[IndicatorRow, ...], *, element: str | None, status: str | None
) -> tuple[IndicatorRow, ...]:
    """Return the rows of an element and of a status; ``district`` is what belongs to none."""
    chosen_element = None if element == "district" else element
    return tuple(
        row
        for row in rows
        if (element is None or row.target.element == chosen_element)
        and (status is None or row.status == status)
    )


@router.get(
    "/plan/indicators/values",
    name="indicator-values",
    summary="已上报的现状值 / Values that were reported",
)
def values(
    request: Request, snapshot: SnapshotAsOfDep, lang: LangDep, f: TableForm = None
) -> Response:
    """Return every value reported, by indicator and day; the table can be sent again as it is."""
    return _table(request, snapshot, lang, value_rows(snapshot, lang), "indicator-values")


@router.get(
    "/plan/indicators/template",
    name="indicator-template",
    summary="上报用的空表 / Table to be filled",
)
def template(
    request: Request, snapshot: SnapshotAsOfDep, lang: LangDep, f: TableForm = None
) -> Response:
    """Return a table with a row for each indicator; rows without a value are passed over."""
    return _table(request, snapshot, lang, template_rows(snapshot, lang), "indicator-template")


@router.post(
    "/plan/indicators/values",
    name="report-indicators",
    summary="上报现状值 / Report values",
    openapi_extra={"requestBody": form_body(dict(FIELDS))},
)
async def report(
    request: Request,
    snapshot: SnapshotDep,
    store: StoreDep,
    settings: SettingsDep,
    key: KeyDep,
    lang: LangDep,
) -> Response:
    """Store values by code: a CSV or Excel table in a form, or ``{"values": [...]}`` in JSON.

    A row has the indicator's code, a number, a day (a month or year is its last day) and a source;
    a unit must be the indicator's. All rows are stored as one revision, or none and every fault is
    named; a value of the same indicator and day takes the other's place.
    """
    await run_in_threadpool(check_may, request, VALUES, "editor")
    targets = targets_of(snapshot.plan)
    sent = await sent_values(request, targets, settings)
    stored = await run_in_threadpool(
        stored_values,
        store,
        snapshot,
        targets,
        sent,
        key=key,
        request_id=request.state.request_id,
    )
    headers = {} if stored.revision is None else {"X-Revision": str(stored.revision)}
    return state_response(stored.as_json(), headers=headers)


def _table(
    request: Request, snapshot: Snapshot, lang: Lang, rows: list[Row], name: str
) -> Response:
    form = requested_form(request, ("json", "csv", "xlsx"))
    if form == "json":
        return json_response({"rows": rows, "revision": snapshot.revision}, snapshot.revision)
    return _file(snapshot, rows, form, name, lang)


def _file(snapshot: Snapshot, rows: list[Row], form: str, name: str, lang: Lang) -> Response:
    title = say("indicator-sheet", lang).message
    body = csv_file(rows) if form == "csv" else xlsx_file(rows, title=title)
    file = f"heping-{name}-r{snapshot.revision}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[form], headers=headers)
