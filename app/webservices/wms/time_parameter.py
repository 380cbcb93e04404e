"""TIME and the revision: which state of the data a picture shows."""

from datetime import UTC, datetime, timedelta
from typing import Final

import anyio.to_thread
from starlette.requests import Request

from app.app_state import services_of
from app.dependencies import snapshot_as_of
from app.http import parameters
from app.http.fault_status import RequestError
from app.webservices.key_value_pairs import SHOWN, KeyValues
from zones.snapshot.model import Snapshot
from zones.store.sql.store import SqlStore

_NOW: Final = frozenset({"current", "now", "default"})
_DATE: Final = len("2026-01-01")


async def requested_snapshot(request: Request, kvp: KeyValues) -> Snapshot:
    """Return everything as of the revision, or the time, that is asked for.

    ``DIM_REVISION`` is what the dimension of that name is called in requests (06-042, C.3.5).

    Raises
    ------
    RequestError, UnknownRevisionError
        ``wms-time-before`` for a time before the first revision, or what is wrong with the value.
    """
    named = kvp.get("dim_revision", "revision")
    if named is not None and named.lower() not in _NOW:
        return await snapshot_as_of(request, named)
    time = kvp.get("time")
    if time is None or time.strip().lower() in _NOW:
        return await snapshot_as_of(request, None)
    until = end_of(time)
    store = services_of(request).store
    number = await anyio.to_thread.run_sync(revision_at, store, until, time)
    return await snapshot_as_of(request, number)


def end_of(text: str) -> datetime:
    """Return the last moment of what TIME names: an instant, a day, or an interval's end.

    Of a list the last value counts, and an interval's resolution does not: there is one state for
    each moment.

    Raises
    ------
    RequestError
        ``datetime-invalid``.
    """
    last = text.strip().split(",")[-1]
    interval = "/".join(last.split("/")[:2])
    instant = parameters.datetime_interval(interval, "TIME").rpartition("/")[2].upper()
    if instant in {"", ".."}:
        return datetime.max.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(instant)
    except ValueError:  # a leap second, or an offset of no place on earth
        raise RequestError("datetime-invalid", loc=("query", "TIME"), given=text[:SHOWN]) from None
    if len(instant) == _DATE:
        found += timedelta(days=1, microseconds=-1)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def revision_at(store: SqlStore, until: datetime, time: str) -> str:
    """Return the number of the revision that was the current one at a moment."""
    revisions = store.revisions()
    for each in revisions:
        if each.at <= until:
            return str(each.number)
    first = revisions[-1].at.isoformat(timespec="seconds") if revisions else "-"
    raise RequestError("wms-time-before", loc=("query", "TIME"), given=time[:SHOWN], first=first)
