"""What the plan says, and what was measured of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.dependencies import LangDep, SnapshotAsOfDep, SnapshotDep, text_of
from app.http.csv_and_xlsx_tables import csv_file, xlsx_file
from app.http.fault_status import RequestError
from app.http.negotiation import MEDIA_TYPES, requested_form
from app.http.responses import data_response, json_response
from app.http.route_classes import StrictRoute
from app.pages.compare_elements import compare_page
from app.pages.conflicts import conflicts_page
from app.pages.frame import path_of
from app.pages.plan import areas_page, brief_page, plan_page, profile_page
from zones.attribution.totals_by_polygon import attribute
from zones.messages import say
from zones.plan.compare_elements import FEWEST, MOST, compare
from zones.plan.conflicts import conflict_rows, unplaced_sites
from zones.plan.difference_verdict import judgement_of
from zones.plan.element_profile import element_profile
from zones.plan.planned_and_measured import ElementMeasure, areas_table
from zones.snapshot.model import Snapshot

router = APIRouter(route_class=StrictRoute, tags=["plan"])

Form = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html"]),
]
TableForm = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html", "csv", "xlsx"]),
]
Compared = Annotated[
    str, Query(max_length=400, description="要素标识，逗号分隔 / ids, comma separated")
]
AlsoCompared = Annotated[str, Query(max_length=400, description="再加一个 / another one")]
CollectionName = Annotated[str, Query(max_length=100)]


@router.get(
    "/plan", name="plan", summary="六区、两轴、一带：规划原文与指标 / The plan's nine elements"
)
def plan(request: Request, snapshot: SnapshotDep, lang: LangDep, f: Form = None) -> Response:
    """Return the layout: nine elements with the plan's facts."""
    if requested_form(request, ("json", "html")) == "html":
        return plan_page(request, snapshot, lang)
    return _told(snapshot, snapshot.plan.as_json())


@router.get("/plan/areas", name="areas", summary="规划面积与量算 / Planned against measured")
def areas(
    request: Request, snapshot: SnapshotAsOfDep, lang: LangDep, f: TableForm = None
) -> Response:
    """Return for every element: planned, geodesic, planar (EPSG:4550), difference, accuracy."""
    form = requested_form(request, ("json", "html", "csv", "xlsx"))
    measures = snapshot.derived(areas_table)
    if form == "html":
        return areas_page(request, snapshot, lang)
    rows = [measure.as_json() | _judged(measure) for measure in measures]
    if form == "json":
        return json_response({"rows": rows, "revision": snapshot.revision}, snapshot.revision)
    title = say("areas-file", lang).message
    body = csv_file(rows) if form == "csv" else xlsx_file(rows, title=title)
    headers = {
        "Content-Disposition": f'attachment; filename="heping-areas-r{snapshot.revision}.{form}"'
    }
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[form], headers=headers)


def _judged(measure: ElementMeasure) -> dict[str, str | float | None]:
    """Return how many accuracy bands the difference is, and what that means."""
    found = judgement_of(measure)
    if found is None:
        return {"difference_bands": None, "judgement": None}
    return {"difference_bands": round(found.bands, 2), "judgement": found.level}


@router.get(
    "/plan/conflicts", name="conflicts", summary="原文的矛盾与处理 / Conflicts and their treatment"
)
def conflicts(
    request: Request, snapshot: SnapshotAsOfDep, lang: LangDep, f: Form = None
) -> Response:
    """Return where the text contradicts itself, whom that concerns, and what was drawn for it.

    Sites of which no source gives a position are listed as ``unplaced``.
    """
    rows = snapshot.derived(conflict_rows)
    sites = unplaced_sites(snapshot)
    if requested_form(request, ("json", "html")) == "html":
        return conflicts_page(request, snapshot, lang, rows, sites)
    unplaced = [{"id": id_, "name": name, "element": element} for id_, name, element in sites]
    document = {"conflicts": [row.as_json() for row in rows], "unplaced": unplaced}
    return _told(snapshot, {**document, "revision": snapshot.revision})


@router.get(
    "/plan/compare", name="compare", summary="两三个要素并列 / Two or three elements side by side"
)
def compare_elements(
    request: Request,
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
    zones: Compared = "",
    second: AlsoCompared = "",
    third: AlsoCompared = "",
    f: Form = None,
) -> Response:
    """Return the profiles of two or three elements, with judgements and indicators."""
    is_page = requested_form(request, ("json", "html")) == "html"
    named = (id_.strip() for id_ in ",".join((zones, second, third)).split(","))
    ids = list(dict.fromkeys(id_ for id_ in named if id_))
    if is_page and len(ids) < FEWEST:
        return compare_page(request, snapshot, lang, None, chosen=ids)
    if not FEWEST <= len(ids) <= MOST:
        raise RequestError("compare-count", loc=("query", "zones"), given=len(ids))
    if second or third:  # as the form of the page sends them; this is the address to share
        parameters = {"lang": lang} if "lang" in request.query_params else {}
        return RedirectResponse(
            path_of(request, "/plan/compare", zones=",".join(ids), **parameters), 303
        )
    found = compare(snapshot, ids)
    if is_page:
        return compare_page(request, snapshot, lang, found, chosen=ids)
    return _told(snapshot, found.as_json(lang) | {"revision": snapshot.revision})


@router.get("/plan/attribution", name="attribution", summary="分摊与汇总 / Shares and rollups")
def attribution(
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
    of: Annotated[CollectionName, Query(description="被分摊的集合 / collection to share out")],
    by: Annotated[CollectionName, Query(description="按此集合 / by this collection")],
    measure: Annotated[
        str, Query(max_length=200, description="area | length | count | sum:字段 | mean:字段")
    ] = "area",
) -> Response:
    """Return overlay shares and rollups; the parts sum to the whole, "outside" stated."""
    table = attribute(snapshot, of, by, measure)
    return json_response(table.as_json(lang), snapshot.revision)


@router.get("/plan/{element_id}/brief", name="brief", summary="一个要素的单页简介 / One-page brief")
def brief(
    request: Request,
    element_id: Annotated[str, Path(description="要素标识，如 zone-manrong / its id")],
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
) -> Response:
    """Return a page of A4 on an element, to be printed or projected."""
    return brief_page(request, element_profile(snapshot, element_id), lang)


@router.get("/plan/{element_id}", name="element", summary="一个要素的档案 / Profile of one element")
def element(
    request: Request,
    element_id: Annotated[str, Path(description="要素标识，如 zone-manrong / its id")],
    snapshot: SnapshotAsOfDep,
    lang: LangDep,
    f: Form = None,
) -> Response:
    """Return what the plan says of an element beside what was measured."""
    profile = element_profile(snapshot, element_id)
    if requested_form(request, ("json", "html")) == "html":
        return profile_page(request, profile, lang)
    return _told(snapshot, profile.as_json(lang))


def _told(snapshot: Snapshot, document: dict[str, Any]) -> Response:
    """Return what the plan's text says: another wording of it is another answer too."""
    tag = {"ETag": f'"r{snapshot.revision}-{snapshot.plan.edition}"'}
    return json_response(document, snapshot.revision, headers=tag)
