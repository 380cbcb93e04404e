"""Direct answers are those of the ordinary way: both are sent the same bytes, over sockets."""

import asyncio
import contextlib
import gzip
import io
import json
import re
import socket
import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from unittest import mock

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.app_state import services_in
from app.server.direct_protocol import DirectProtocol
from app.server.utf8_in_addresses import Utf8TargetProtocol
from tests.app.conftest import ADMIN_KEY, Serve, with_key
from tests.app.locate.test_lane_same import ACCEPTED, OTHER_HEADERS, QUERIES
from tests.examples import examples

POINT = b"/locate?lon=123.405&lat=41.786"
TILE = b"/collections/zones/tiles/WebMercatorQuad/12/1523/3452"
FRAMED = "app.server.request_frame.RequestFrame.__call__"
PAGE = b"/collections/sites/items?limit=3"
PICTURES = [
    b"/wms?service=WMS&version=1.1.1&request=GetMap&layers=zones&styles=&srs=EPSG:4326"
    b"&bbox=123.40,41.75,123.41,41.76&width=20&height=20&format=image/png",
    b"/xyz/zones/web/12/3452/1523.png",
    b"/collections/zones/map?width=20&height=20",
]
BOX = b"/collections/zones/items?bbox=123.40,41.78,123.41,41.79"


class Answer(NamedTuple):
    """What came back, without what no two answers share."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Way:
    """A server of the application, and one connection to it that is renewed when it closes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer | None:
        """Return the answer to one request; None if the connection ends without one."""
        (answer,) = self.talk([request], [request.split(b" ")[0].decode("latin-1")])
        return answer

    def talk(self, pieces: list[bytes], methods: list[str]) -> list[Answer | None]:
        """Return the answers to requests that are sent in pieces."""
        open_ = self._socket = self._socket or self._connected()
        with contextlib.suppress(OSError):
            for piece in pieces:
                open_.sendall(piece)
                if len(pieces) > 1:
                    time.sleep(0.001)
        found: list[Answer | None] = []
        with open_.makefile("rb") as stream:
            for method in methods:
                found.append(read(stream, method))
                if found[-1] is None or ("connection", "close") in found[-1].headers:
                    self.close()
                    break
        return found

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def status_of(answer: Answer | None) -> int | None:
    """Return the status of an answer, if it is one."""
    return answer and answer.status


class _Reader:
    """Lets ``HTTPResponse`` read answers one after the other from one stream."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream, which stays open for the next answer."""
        kept = mock.Mock(wraps=self._stream)
        kept.close = lambda: None
        return kept


def read(stream: io.BufferedReader, method: str) -> Answer | None:
    """Return the next answer on a connection."""
    response = HTTPResponse(_Reader(stream), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read()
    except (HTTPException, OSError):
        return None
    headers = {name.lower(): value for name, value in response.getheaders()}
    own = [headers.pop("x-request-id", ""), headers.get("content-security-policy", "")]
    nonces = re.findall("nonce-([^']*)'", own[1])
    headers.pop("date", None)
    if headers.get("content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
        headers.pop("content-length", None)
    for number, value in enumerate([own[0], *nonces[:1]]):
        if value:
            body = body.replace(value.encode(), b"%d" % number)
            headers = {name: text.replace(value, "*") for name, text in headers.items()}
    if headers.get("content-type", "").startswith("text/html"):
        headers.pop("content-length", None)
        body = b""
    body = re.sub(b'"timeStamp":"[^"]*"', b"", body)
    return Answer(response.status, sorted(headers.items()), body)


@contextlib.contextmanager
def served(client: TestClient, protocol: type[Utf8TargetProtocol]) -> Iterator[Way]:
    """Give a server of the client's application, in its event loop."""
    assert client.portal is not None
    config = uvicorn.Config(
        client.app, port=0, http=protocol, lifespan="off", access_log=False, server_header=False,
        proxy_headers=False, log_level="critical", limit_concurrency=20,
    )  # fmt: skip
    server = uvicorn.Server(config)
    ended = client.portal.start_task_soon(server.serve)
    while not server.started:
        time.sleep(0.005)
    way = Way(server.servers[0].sockets[0].getsockname()[1])
    try:
        yield way
    finally:
        way.close()
        server.should_exit = True
        ended.result(30)


@pytest.fixture(scope="module")
def ways(client: TestClient) -> Iterator[tuple[Way, Way]]:
    """Give both ways to the service for reading."""
    with served(client, DirectProtocol) as direct, served(client, Utf8TargetProtocol) as ordinary:
        yield direct, ordinary


def request_of(
    target: bytes,
    headers: list[tuple[bytes, bytes]],
    method: bytes = b"GET",
    version: bytes = b"HTTP/1.1",
) -> bytes:
    """Return a request as it is sent; what it gives twice stands there twice."""
    lines = [b"%b %b %b" % (method, target, version), b"Host: testserver"]
    return b"\r\n".join([*lines, *(b"%b: %b" % pair for pair in headers), b"", b""])


def counted(client: TestClient) -> dict[str, float]:
    """Return how many requests were counted, by method and status."""
    assert client.portal is not None
    client.portal.call(asyncio.sleep, 0)  # what was sent is counted in the same turn
    lines = services_in(client.app).metrics.text([]).splitlines()  # type: ignore[arg-type]
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("zones_requests_total{"))
    return {name: float(count) for name, count in pairs}


PARTS = st.sampled_from(
    [
        *(b"limit=3", b"limit=0", b"limit=3&limit=3", b"offset=2", b"f=json", b"f=html", b"f=csv"),
        *(b"bbox=123.40,41.78,123.41,41.79", b"bbox=123.40%2C41.78,123.41,41.79", b"bbox=1,2"),
        *(b"lang=en", b"crs=EPSG:4550", b"nonsense=1", b"revision=1", b"revision=77"),
        b"sortby=+name",
        *(b"filter=order%20%3C%203", b"filter=order+%3C+3", b"filter=%ff%fe", b"filter=", b"a#b"),
        *("filter=name='北站'".encode(), "filter=name='北站'".encode("gbk"), b"ids=a,b", b"%00"),
    ]
)  # fmt: skip
COLLECTIONS = st.sampled_from(
    [b"zones", b"sites", b"Zones", b"none", b"zon%65s", b"%e5%8c%ba", b""]
)
ITEMS = st.builds(
    lambda name, parts: b"/collections/%b/items?%b" % (name, b"&".join(parts)),
    COLLECTIONS,
    st.lists(PARTS, max_size=2),
)
TILES = st.builds(
    lambda name, rest: b"/collections/%b/tiles/%b" % (name, rest),
    COLLECTIONS,
    st.sampled_from(
        [
            *(b"WebMercatorQuad/12/1523/3452", b"WebMercatorQuad/12/1523/3453?f=mvt"),
            *(b"WebMercatorQuad/12/1523/99999", b"WebMercatorQuad/0/0/0", b"Nothing/1/1/1"),
            *(b"WebMercatorQuad/12/1523/3452?f=png", b"WebMercatorQuad/12/1/1?lang=en&lang=zh"),
            *(b"WebMercatorQuad/12/1523/3452?revision=1", b"WebMercatorQuad/tilejson.json", b""),
        ]
    ),
)
TARGETS = st.one_of(
    QUERIES.map(lambda query: b"/locate?" + query).filter(lambda target: b" " not in target),
    ITEMS,
    TILES,
    st.sampled_from([*PICTURES, b"/wms?request=GetMap", b"/wmts?", b"/xyz/zones/web/1/1/9.png"]),
    st.sampled_from([POINT, TILE, PAGE, BOX, b"http://elsewhere" + POINT, b"/" + POINT, b"*"]),
)
MORE_HEADERS = st.sampled_from(
    [
        *((b"Accept-Encoding", b"gzip"), (b"ACCEPT-ENCODING", b"gzip"), (b"Accept", b"*/*")),
        *((b"Connection", b"keep-alive"), (b"Connection", b"close"), (b"Cookie", b"a=b")),
        *((b"If-None-Match", b'"r1"'), (b"If-None-Match", b'W/"r1", "r2"'), (b"Host", b"other")),
        *((b"X-Forwarded-Host", b"maps.example"), (b"Expect", b"100-continue"), (b"X", b"\xff")),
        *((b"Content-Length", b"0"), (b"Transfer-Encoding", b"chunked"), (b"Upgrade", b"h2c")),
    ]
)
HEADERS = st.builds(
    lambda *parts: [header for part in parts for header in part],
    st.lists(ACCEPTED, max_size=1),
    st.lists(OTHER_HEADERS | MORE_HEADERS, max_size=2),
)
LEFT_OUT = {b"content-length", b"transfer-encoding", b"expect", b"upgrade"}
"""Half a request; wrong keys beside it are counted, and so answered differently in the end."""


@examples(100)
@given(
    target=TARGETS,
    headers=HEADERS,
    method=st.sampled_from([b"GET"] * 6 + [b"HEAD", b"OPTIONS"]),
    version=st.sampled_from([b"HTTP/1.1"] * 6 + [b"HTTP/1.0"]),
)
def test_both_ways_answer_the_same_requests_alike(
    client: TestClient,
    ways: tuple[Way, Way],
    target: bytes,
    headers: list[tuple[bytes, bytes]],
    method: bytes,
    version: bytes,
) -> None:
    headers = [
        (name, value)
        for name, value in headers
        if name.lower() not in LEFT_OUT and value != b"Bearer nobody"
    ]
    request = request_of(target, headers, method, version)
    direct, ordinary = ways
    logged = io.StringIO()
    with contextlib.redirect_stderr(logged):
        before = counted(client)
        expected = ordinary.ask(request)
        between = counted(client)
        first, again = direct.ask(request), direct.ask(request)
        after = counted(client)
    assert first == again == expected
    added = {name: count - before.get(name, 0) for name, count in between.items()}
    twice = {name: count - between.get(name, 0) for name, count in after.items()}
    assert twice == {name: 2 * count for name, count in added.items()}
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    told = [{n: v for n, v in line.items() if n not in ONCE} for line in lines]
    assert all(line == told[0] for line in told)


ONCE = {"time", "request_id", "ms", "stack", "bytes"}
"""What differs between two log lines of one request; pages have nonces and so packed lengths."""

SIMPLE = st.builds(
    request_of,
    st.sampled_from([POINT, TILE, PAGE, b"/health/live"]),
    st.lists(MORE_HEADERS.filter(lambda pair: pair[0] not in {b"Upgrade"}), max_size=1),
    st.sampled_from([b"GET", b"GET", b"HEAD", b"POST"]),
)


@examples(40)
@given(requests=st.lists(SIMPLE, min_size=1, max_size=3), cuts=st.lists(st.integers(1, 400)))
def test_requests_in_pieces_and_several_at_once_are_answered_alike(
    ways: tuple[Way, Way], requests: list[bytes], cuts: list[int]
) -> None:
    sent = b"".join(requests) + b"".join(
        b"0\r\n\r\n" for each in requests if b"chunked" in each and each is requests[-1]
    )
    ends = sorted({cut for cut in cuts if cut < len(sent)} | {len(sent)})
    pieces = [sent[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    methods = [each.split(b" ")[0].decode() for each in requests]
    answers = []
    for way in ways:
        way.close()
        way.ask(request_of(POINT, []))
        answers.append(way.talk(pieces, methods))
        way.close()
    assert answers[0] == answers[1]


@pytest.mark.parametrize("target", [POINT, TILE, PAGE, BOX, *PICTURES])
def test_what_was_learnt_is_answered_without_the_framework(
    ways: tuple[Way, Way], target: bytes
) -> None:
    for headers in ([], [(b"If-None-Match", b'"r1"')]):
        ways[0].close()
        request = request_of(
            target, [*headers, (b"X-Of", b"this test"), (b"Accept-Encoding", b"gzip")]
        )
        with mock.patch("app.server.direct_answers.time.time", return_value=77.5):
            expected = ways[0].ask(request)
            if target == POINT and headers:
                continue  # the route judges conditions
            with mock.patch(FRAMED, side_effect=AssertionError):
                assert ways[0].ask(request) == expected
        if target in {PAGE, BOX} and not headers:  # they tell the second of their making
            with (
                mock.patch("app.server.direct_answers.time.time", return_value=78.0),
                mock.patch(FRAMED, side_effect=AssertionError),
            ):
                assert status_of(ways[0].ask(request)) == 500


def test_a_new_revision_is_answered_directly_too(editor: TestClient) -> None:
    with served(editor, DirectProtocol) as way:
        for number in range(2):
            request = request_of(PAGE, [])
            before = [way.ask(request) for _ in range(2)]
            assert before[0] == before[1]
            editor.post("/collections", json={"id": f"fresh{number}", "title": "新"})
            after = way.ask(request)
            assert before[0] is not None
            assert after is not None
            assert dict(after.headers)["x-revision"] != dict(before[0].headers)["x-revision"]


def test_what_becomes_private_is_absent_at_once(editor: TestClient) -> None:
    request = request_of(b"/collections/ours/items?limit=3", [])
    editor.post("/collections", json={"id": "ours", "title": "我们"})
    with served(editor, DirectProtocol) as way:
        assert [status_of(way.ask(request)) for _ in range(2)] == [200, 200]
        assert editor.patch("/collections/ours", json={"private": True}).status_code == 200
        assert [status_of(way.ask(request)) for _ in range(2)] == [404, 404]


def test_rights_are_judged_each_time(serve: Serve) -> None:
    with served(serve(public_read=False), DirectProtocol) as way:
        key = (b"Authorization", b"Bearer " + ADMIN_KEY.encode())
        for target in (POINT, PAGE):
            statuses = [way.ask(request_of(target, given)) for given in ([key], [], [key], [])]
            assert list(map(status_of, statuses)) == [200, 401, 200, 401]


def test_too_many_connections_are_refused_as_ever(client: TestClient) -> None:
    with served(client, DirectProtocol) as way, contextlib.ExitStack() as others:
        assert way.ask(request_of(POINT, [])) is not None
        for _ in range(30):
            others.enter_context(socket.create_connection(("127.0.0.1", way.port)))
        answers = (way.ask(request_of(POINT, [])) for _ in range(2000))
        assert 503 in map(status_of, answers)


@pytest.mark.parametrize("sent", [b"", b"GET /plan HTT", b"GET /plan HTTP/1.1\r\nHost: a\r\n"])
def test_who_sends_no_header_in_time_is_hung_up_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("app.server.direct_protocol.HEADERS_WITHIN_S", 0.2)
    with served(client, DirectProtocol) as way:
        for before in (b"", request_of(POINT, [])):  # at the beginning, and after a request
            if before and not sent:
                continue  # an idle connection: closed by the time that it is kept open
            with socket.create_connection(("127.0.0.1", way.port), timeout=20) as connection:
                connection.sendall(before)
                if before:
                    assert connection.recv(65536)
                connection.sendall(sent)
                while connection.recv(65536):
                    pass


def test_an_editor_with_a_key_does_not_teach_the_others(editor: TestClient) -> None:
    with served(with_key(editor), DirectProtocol) as way:
        wrong = [(b"Authorization", b"Bearer nobody")]
        answers = [way.ask(request_of(POINT, wrong)) for _ in range(2)]
        assert list(map(status_of, answers)) == [401, 401]
