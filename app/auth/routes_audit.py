"""The audit log, for administrators: filtered, as JSON, CSV or a page."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep, SnapshotDep, StoreDep, text_of
from app.http import parameters
from app.http.csv_and_xlsx_tables import csv_file
from app.http.fault_status import RequestError
from app.http.negotiation import MEDIA_TYPES, requested_form
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.pages.frame import CHINA
from app.pages.people import audit_page
from app.pages.staff import collection_titles
from zones.store.sql.audit import AuditFilter
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["access"])

DEFAULT_LINES, MOST_LINES = 100, 1_000
MOST_IN_FILE: Final = 100_000
LONGEST: Final = 200


async def audit_filters(
    before: Annotated[
        str | None,
        Query(description="只要编号更小的 / only lines with a smaller id"),
        text_of("integer", minimum=1),
    ] = None,
    collection: Annotated[
        str | None, Query(description="只要此集合的 / of this collection")
    ] = None,
    who: Annotated[str | None, Query(description="只要此人的 / of this person")] = None,
    action: Annotated[str | None, Query(description="只要此操作 / of this action")] = None,
    outcome: Annotated[
        str | None,
        Query(description="结果 / outcome"),
        text_of("string", enum=["ok", "refused", "failed"]),
    ] = None,
    since: Annotated[
        str | None, Query(description="从此日起 / from this day"), text_of("string")
    ] = None,
    until: Annotated[
        str | None, Query(description="到此日止 / up to and with this day"), text_of("string")
    ] = None,
) -> AuditFilter:
    """Return which lines are asked for; what is empty, as a form sends it, asks for nothing."""
    if outcome:
        parameters.choice(outcome, "outcome", choices=("ok", "refused", "failed"))
    number = parameters.whole_number(before, "before", low=1, high=10**15) if before else None
    return AuditFilter(
        before=number,
        collection=(collection or "")[:LONGEST] or None,
        who=(who or "")[:LONGEST] or None,
        action=(action or "")[:LONGEST] or None,
        outcome=outcome or None,
        since=_moment(since, "since", end=False),
        until=_moment(until, "until", end=True),
    )


@router.get("/audit", name="audit", summary="审计日志，新的在前 / The audit log, newest first")
def audit(
    request: Request,
    store: StoreDep,
    snapshot: SnapshotDep,
    lang: LangDep,
    filters: Annotated[AuditFilter, Depends(audit_filters)],
    limit: Annotated[
        str | None, Query(description="最多几条 / at most"), text_of("integer", minimum=1)
    ] = None,
    f: Annotated[
        str | None,
        Query(description="格式 / form"),
        text_of("string", enum=["json", "html", "csv"]),
    ] = None,
) -> Response:
    """Return who did what to which data, and what came of it; also what was refused, and to whom.

    Days are those of Beijing; a moment may be given in full (RFC 3339).
    """
    form = requested_form(request, ("json", "html", "csv"))
    highest = MOST_IN_FILE if form == "csv" else MOST_LINES
    usual = MOST_IN_FILE if form == "csv" else DEFAULT_LINES
    most = usual if limit is None else parameters.limit(limit, highest=highest)
    lines = [asdict(line) for line in store.audit.list(most, filters)]
    if form == "csv":
        return _file(lines)
    if form == "html":
        filter_members = {name: request.query_params.get(name, "") for name in AuditFilter.NAMES}
        more = lines[-1]["id"] if len(lines) == most else None
        return audit_page(
            request,
            lang,
            lines,
            filters=filter_members,
            more=more,
            titles=collection_titles(snapshot, lang),
            names=_names(store),
        )
    return state_response({"entries": lines})


def _names(store: SqlStore) -> dict[str, str]:
    """Return the names of all people, keys and groups by their ids, of those that ended too."""
    people = [(each.id, each.name) for each in (*store.accounts.list(), *store.keys.list())]
    return dict(people) | {group.id: group.name for group in store.rights.groups()}


def _file(lines: list[dict[str, Any]]) -> Response:
    headers = {
        "Content-Disposition": 'attachment; filename="audit.csv"',
        "Cache-Control": "no-store",
    }
    return Response(csv_file(lines), headers=headers, media_type=MEDIA_TYPES["csv"])


def _moment(text: str | None, name: str, *, end: bool) -> datetime | None:
    """Return the moment that a day begins or ends at, or the one that is given in full."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError as error:
        raise RequestError(
            "parameter-invalid", loc=("query", name), name=name, given=text[:80]
        ) from error
    if len(text) == len("2026-01-31"):
        at = datetime.combine(at, time.max if end else time.min)
    return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC)
