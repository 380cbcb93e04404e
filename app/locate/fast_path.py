"""A short way for the commonest request there is: one point, plainly asked.

A look-up takes 10 us, the way to its route and back through conditions, compression, FastAPI,
Starlette's request, query and response another 80. ``GET /locate`` whose query is two plain
numbers, and perhaps a reference system, is therefore answered before all that. Whatever is not
so plain (a key, a condition, a parameter more, a point that is not believable, a snapshot to be
renewed) goes on to the route, which gives the same answer, or the fault: nothing is refused here.
"""

import re
from asyncio import get_running_loop
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.app_state import services_for
from app.http.compression import SMALLEST
from app.http.gzip_bytes import QUICK_LEVEL, gzipped
from app.http.raw_headers import RawHeaders, accepts, header_lines
from app.http.responses import data_response
from app.locate.read_points import read_point
from zones.crs.transform import CRS, are_degrees
from zones.errors import ZonesError
from zones.lookup.locator import Locator, build_locator
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot

LookUpAnswer = tuple[bytes, bool]
"""The body of an answer, and whether it is packed with gzip."""

PATH: Final = "/locate"

_NUMBER: Final = rb"(-?[0-9]{1,9}(?:\.[0-9]{1,20})?)"
_QUERY: Final = re.compile(
    rb"(lon|lat|x|y)=%b&(lon|lat|x|y)=%b(?:&crs=([A-Za-z0-9]{1,9}(?:(?::|%%3A)[0-9]{1,6})?))?"
    % (_NUMBER, _NUMBER)
)

_NOT_PLAIN: Final = frozenset({b"authorization", b"if-none-match"})
_PLAIN_ACCEPT: Final = frozenset({b"*/*", b"application/json"})
"""Whatever else is accepted, the route weighs: ``text/*`` and ``TEXT/HTML`` mean the page."""


class PlainLookUps:
    """Answers plain look-ups of one point, each of the current revision."""

    def __init__(self) -> None:
        self._ready: ReadyRevision | None = None
        self._checked_this_turn = False

    def answer(
        self, query: bytes, ready: "ReadyRevision", *, takes_gzip: bool
    ) -> LookUpAnswer | None:
        """Return the answer to a query, None when that is for the route."""
        point = plain_point(query)
        if point is None:
            return None
        lon, lat, crs = point
        body = ready.locator.answer(lon, lat, source_crs=crs)
        if takes_gzip and len(body) >= SMALLEST:
            return gzipped(body, QUICK_LEVEL), True
        return body, False

    def ready_for(self, follower: SnapshotFollower) -> "ReadyRevision | None":
        """Return what is ready for the current revision, None where that is to be made first.

        The store is asked once for all requests of one turn of the event loop: they had arrived
        before it was asked, so that none is answered as of before a commit that preceded it.
        """
        if self._checked_this_turn:
            return self._ready
        snapshot = follower.cached()
        if snapshot is None or not snapshot.has_derived(build_locator):
            return None
        if self._ready is None or self._ready.snapshot is not snapshot:
            self._ready = ReadyRevision(snapshot)
        self._checked_this_turn = True
        # Requests that arrive from now on are started after this.
        get_running_loop().call_soon(self._end_turn)
        return self._ready

    def _end_turn(self) -> None:
        self._checked_this_turn = False


class LocateFastPath:
    """Answers plain look-ups of one point and passes everything else on."""

    def __init__(self, app: ASGIApp, *, public_read: bool, look_ups: PlainLookUps) -> None:
        self.app = app
        self._public_read = public_read
        self._look_ups = look_ups

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == PATH and self._public_read:
            answered = self._answer(scope)
            if answered is not None:
                body, headers = answered
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await self.app(scope, receive, send)

    def _answer(self, scope: Scope) -> tuple[bytes, RawHeaders] | None:
        """Return body and headers, None when the request is for the route."""
        if scope["method"] != "GET" or scope.get("root_path"):
            return None
        takes_gzip = plain_headers(scope["headers"])
        ready = self._look_ups.ready_for(services_for(scope).follower)
        if takes_gzip is None or ready is None:
            return None
        answered = self._look_ups.answer(scope["query_string"], ready, takes_gzip=takes_gzip)
        if answered is None:
            return None
        body, is_packed = answered
        headers = [*ready.headers, (b"content-length", b"%d" % len(body))]
        return body, [*headers, *([(b"content-encoding", b"gzip")] if is_packed else ())]


class ReadyRevision:
    """What all answers of a revision share."""

    __slots__ = ("headers", "lines", "locator", "snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.locator: Locator = snapshot.derived(build_locator)
        headers = data_response(b"", snapshot.revision).raw_headers
        self.headers = [pair for pair in headers if pair[0] != b"content-length"]
        self.lines = header_lines(self.headers)


def plain_headers(headers: RawHeaders) -> bool | None:
    """Return whether the client takes gzip; None where a header asks for more."""
    encodings = b""
    for name, value in headers:
        if name in _NOT_PLAIN:
            return None
        if name == b"accept-encoding":
            encodings = encodings or value
        elif name == b"accept" and value not in _PLAIN_ACCEPT:
            return None
    return accepts(encodings, b"gzip")


def plain_point(query: bytes) -> tuple[float, float, CRS] | None:
    """Return the point of a query that is nothing but a believable point: lon, lat, its system."""
    match = _QUERY.fullmatch(query)
    if match is None:
        return None
    first, one, second, other, crs = match.groups()
    if crs is None and first == b"lon" and second == b"lat":
        lon, lat = float(one), float(other)
        return (lon, lat, CRS.CRS84) if are_degrees(lon, lat) else None
    if first == second:
        return None
    texts = {first.decode(): one.decode(), second.decode(): other.decode()}
    if crs is not None:
        texts["crs"] = crs.decode().replace("%3A", ":")
    try:
        point = read_point(texts)
    except ZonesError:
        return None
    return point.lon, point.lat, point.crs
