"""Answers given before the framework, and before ASGI: as it gives them, in a third of the time.

A request's task, its messages and the checks of a dozen headers cost several times a look-up. Two
kinds of requests do without: plain look-ups of one point, and requests that were answered by the
ordinary way a moment ago, byte for byte the same, at the same revision. For both the header fields
must be known: a block of them is learnt when uvicorn's parser has read it and the ordinary way
answered. Whatever is not certain goes that way; nothing is refused here.
"""

import os
import re
import time
from binascii import b2a_base64, hexlify
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.raw_headers import RawHeaders, header_lines
from app.locate.fast_path import PATH, PlainLookUps, ReadyRevision, plain_headers
from app.observe.log_lines import RequestLog, answered_members
from app.observe.prometheus_metrics import Metrics
from app.server.security_headers import own_headers
from zones.memory.bounded_cache import BoundedCache
from zones.snapshot.current_snapshot import SnapshotFollower

Address = tuple[str, int]

LONGEST: Final = 4096
"""Bytes of a request; what people and maps ask for has some hundred."""
MOST_HEADS: Final = 500
LARGEST: Final = 32 * 2**10
LARGEST_PICTURE: Final = 128 * 2**10
REMEMBERED_S: Final = 60.0
"""Then the ordinary way answers again, and notes whatever it notes of what is in demand. Documents
last to the end of the second that they were made in, for pages tell it (``timeStamp``)."""

_LINE: Final = re.compile(rb"GET (/[!-~]*) HTTP/1\.1")
_LOOK_UP: Final = b"GET " + PATH.encode() + b"?"
_LOOK_UP_END: Final = b" HTTP/1.1"
_LOOKED_UP: Final = b'"path":"' + PATH.encode() + b'","query":"%b","status":200,"bytes":%d'
"""What a line of the log says; nothing in a plain query is written otherwise in JSON."""
_ID: Final = b"\0id"
_NONCE: Final = b"\0nonce"
"""Stand where each answer's own are put; no header field has such a byte."""
_NOISE_AT_ONCE: Final = 256
_REPEATED: Final = re.compile(
    rb"/collections/[^/?]+/(?:items|tiles|map)(?:[/?].*)?|/xyz/.*|/wms\?.*|/wmts[/?].*"
)
_ORDINARY: Final = frozenset(
    {
        *(b"authorization", b"cookie"),  # rights change without a revision
        *(b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"http2-settings"),
    }
)
_TILE: Final = b"application/vnd.mapbox-vector-tile"
_PICTURES: Final = (b"image/png", b"image/jpeg", b"image/webp")
_TYPES: Final = (b"application/json", b"application/geo+json", _TILE, *_PICTURES)
_STATUS: Final = {
    200: b"HTTP/1.1 200 OK\r\n",
    204: b"HTTP/1.1 204 No Content\r\n",
    304: b"HTTP/1.1 304 Not Modified\r\n",
}


class RequestHead(NamedTuple):
    """What a block of header fields says; ``takes_gzip`` is None if no plain look-up has it."""

    fields: RawHeaders
    takes_gzip: bool | None


class DirectAnswer(NamedTuple):
    """An answer but for what each has of its own; ``logged`` is what the log says of it."""

    status: int
    headers: bytes
    body: bytes
    logged: bytes


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer of the ordinary way, and how long it may be used, in seconds of ``time.time``."""

    answer: DirectAnswer
    until: float

    @property
    def nbytes(self) -> int:
        """Bytes in memory, the request's included, which may be as large as can be."""
        return len(self.answer.headers) + len(self.answer.body) + LONGEST // 4


class DirectAnswers:
    """The direct answers of one worker.

    Parameters
    ----------
    policy
        The Content-Security-Policy with ``%b`` in the place of a request's nonce.
    remembered
        How many bytes of answers are remembered at most.
    """

    def __init__(
        self,
        look_ups: PlainLookUps,
        *,
        policy: bytes,
        metrics: Metrics,
        log: RequestLog,
        remembered: int,
    ) -> None:
        self.follower: SnapshotFollower | None = None
        self._look_ups = look_ups
        self._metrics = metrics
        self._log = log
        own = own_headers(policy, request_id=_ID, nonce=_NONCE, is_read=True)
        before, _, rest = (header_lines(own) + b"\r\n").partition(_ID)
        self._own_lines = before, rest.split(_NONCE)
        self._ids = _ids_and_nonces()
        self._date: RawHeaders = []
        self._date_lines = b""
        self._heads: dict[bytes, RequestHead] = {}
        self._answers = BoundedCache[bytes, Remembered](remembered, lambda answer: answer.nbytes)
        self._ready: ReadyRevision | None = None

    @property
    def nbytes(self) -> int:
        """Memory of the answers that are remembered."""
        return self._answers.nbytes

    def answer(
        self, request: bytes, date: RawHeaders, client: tuple[str, int] | None
    ) -> bytes | None:
        """Return the whole response to a request, None when the ordinary way is to answer it.

        Parameters
        ----------
        request
            What arrived on a connection that awaits a request; perhaps not one, or not all of it.
        date
            Header fields that the server adds to every answer.
        """
        began = time.perf_counter()
        line, _, block = request.partition(b"\r\n")
        head = self._heads.get(block)
        ready = head and self._current()
        if head is None or ready is None:
            return None
        found = self._look_up(line, head, ready) or self._found(request)
        if found is None:
            return None
        status, headers, body, logged = found
        request_id, nonce = next(self._ids)
        before_id, around_nonces = self._own_lines
        seconds = time.perf_counter() - began
        self._metrics.count_request("GET", status, seconds)
        scope: Scope = {"headers": head.fields, "client": client}
        self._log.write_soon(request_id, logged, scope, seconds=seconds)
        dated, own = self._dated(date), nonce.join(around_nonces)
        return b"".join((_STATUS[status], dated, headers, before_id, request_id, own, body))

    def _dated(self, date: RawHeaders) -> bytes:
        """Return the lines of fields that the server makes anew each second."""
        if date is not self._date:
            self._date, self._date_lines = date, header_lines(date)
        return self._date_lines

    def _current(self) -> ReadyRevision | None:
        """Return what answers of the current revision share; forget answers of other revisions."""
        if self.follower is None:
            return None
        ready = self._look_ups.ready_for(self.follower)
        if ready is not None and ready is not self._ready:
            self._answers.clear()
            self._ready = ready
        return ready

    def _look_up(self, line: bytes, head: RequestHead, ready: ReadyRevision) -> DirectAnswer | None:
        if head.takes_gzip is None or not line.startswith(_LOOK_UP):
            return None
        if not line.endswith(_LOOK_UP_END):
            return None
        query = line[len(_LOOK_UP) : -len(_LOOK_UP_END)]
        answered = self._look_ups.answer(query, ready, takes_gzip=head.takes_gzip)
        if answered is None:
            return None
        body, is_packed = answered
        encoding = b"content-encoding: gzip\r\n" if is_packed else b""
        headers = b"%bcontent-length: %d\r\n%b" % (ready.lines, len(body), encoding)
        return DirectAnswer(200, headers, body, _LOOKED_UP % (query, len(body)))

    def _found(self, request: bytes) -> DirectAnswer | None:
        found = self._answers.get(request)
        return found.answer if found is not None and time.time() < found.until else None

    def learn(self, request: bytes, scope: Scope) -> None:
        """Take note of a whole request that the server has read and the ordinary way answers.

        Parameters
        ----------
        request
            Its bytes, from the first to the last.
        """
        line, _, block = request.partition(b"\r\n")
        matched = _LINE.fullmatch(line)
        fields = scope["headers"]
        if matched is None or len(request) > LONGEST or not _are_plain(fields):
            return
        if len(self._heads) >= MOST_HEADS:
            self._heads.clear()
        self._heads[block] = RequestHead(fields, plain_headers(fields))
        if _REPEATED.fullmatch(matched[1]):
            scope["state"]["direct"] = request

    def remember(
        self, request: bytes, scope: Scope, messages: list[Message], *, began: float
    ) -> None:
        """Remember an answer of the ordinary way if it is one of the revision's data, and small.

        Parameters
        ----------
        messages
            What it sent, without the header fields that each answer has of its own.
        began
            The time when the request came, in seconds of ``time.time``.
        """
        start, *bodies = messages
        headers = dict(start["headers"])
        body = b"".join(each.get("body", b"") for each in bodies)
        kind = headers.get(b"content-type", _TILE)
        is_data = headers.get(b"etag", b"").startswith(b'"r') and kind.startswith(_TYPES)
        is_data = is_data and headers.get(b"cache-control") == b"no-cache"
        now = time.time()
        is_lasting = not body or kind == _TILE or kind in _PICTURES
        until = now + REMEMBERED_S if is_lasting else floor(began) + 1.0
        largest = LARGEST_PICTURE if kind in _PICTURES else LARGEST
        if start["status"] in _STATUS and is_data and len(body) <= largest and now < until:
            status, path, query = start["status"], scope["path"], scope["query_string"]
            logged = answered_members(path, query, status=status, sent=len(body))
            answer = DirectAnswer(status, header_lines(start["headers"]), body, logged)
            self._answers.put(request, Remembered(answer, until))


class Remembering:
    """Hands on to ``DirectAnswers`` what the ordinary way answers to requests it has learnt."""

    def __init__(self, app: ASGIApp, *, direct: DirectAnswers) -> None:
        self.app = app
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = scope["state"].get("direct") if scope["type"] == "http" else None
        follower = self._direct.follower
        if request is None or follower is None or (snapshot := follower.cached()) is None:
            await self.app(scope, receive, send)
            return
        began = time.time()
        messages: list[Message] = []

        async def noted(message: Message) -> None:
            messages.append(message)
            await send(dict(message))

        await self.app(scope, receive, noted)
        # Of the same revision before and after, the answer was of that one too.
        if follower.cached() is snapshot:
            self._direct.remember(request, scope, messages, began=began)


def _ids_and_nonces() -> Iterator[tuple[bytes, bytes]]:
    """Yield ids of requests and nonces as ``RequestFrame`` makes them, many of each at once."""
    while True:
        noise = os.urandom(24 * _NOISE_AT_ONCE)
        for at in range(0, len(noise), 24):
            yield hexlify(noise[at : at + 8]), b2a_base64(noise[at + 8 : at + 24], newline=False)


def _are_plain(fields: RawHeaders) -> bool:
    """Return whether a request with these fields is a plain one on a connection that stays."""
    names = [name for name, _ in fields]
    if b"host" not in names or not _ORDINARY.isdisjoint(names):
        return False
    return all(value == b"keep-alive" for name, value in fields if name == b"connection")
