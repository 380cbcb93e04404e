"""A client that still sends when its request is refused gets the answer, not a reset."""

import asyncio
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http import unread_body
from app.http.unread_body import UnreadBody
from tests.app.conftest import ADMIN_KEY
from tests.app.processes import Server, server

MEGABYTE = 2**20
BODY = bytes(24 * MEGABYTE)
IMPORTS = "/collections/zones/imports"
KEY = f"Authorization: Bearer {ADMIN_KEY}"
CURL = shutil.which("curl")

REFUSED = [
    pytest.param(IMPORTS, "", 401, id="no key"),
    pytest.param(IMPORTS, "Authorization: Bearer wrong", 401, id="wrong key"),
    pytest.param(IMPORTS, KEY, 413, id="too large"),
    pytest.param(IMPORTS, f"{KEY}\r\nContent-Encoding: gzip", 415, id="packed"),
    pytest.param("/nowhere", KEY, 413, id="nowhere"),
    pytest.param("/locate", "Content-Type: text/plain", 413, id="no points"),
]


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = Path(shutil.copy(seeded_file, tmp_path_factory.mktemp("refusing") / "zones.sqlite"))
    with server(store, max_upload_mb="8") as started:
        yield started


def port_of(running: Server) -> int:
    return int(running.client.base_url.port or 0)


def sent_whole(port: int, head: str, body: bytes, *, pause_at: int | None = None) -> bytes:
    """Send everything before a byte is read, as many clients do; return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode())
        if pause_at is not None:
            connection.sendall(body[:pause_at])
            time.sleep(0.5)  # the answer is there by now
            body = body[pause_at:]
        connection.sendall(body)
        answer = b""
        while b"\r\n\r\n" not in answer and (more := connection.recv(65536)):
            answer += more
    return answer


@pytest.mark.parametrize(("path", "headers", "status"), REFUSED)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_who_sends_first_and_reads_then_gets_the_answer(
    running: Server, path: str, headers: str, status: int, version: str
) -> None:
    more = f"{headers}\r\n" if headers else ""
    head = f"POST {path} HTTP/{version}\r\nHost: a\r\n{more}Content-Length: {len(BODY)}\r\n\r\n"
    answer = sent_whole(port_of(running), head, BODY, pause_at=MEGABYTE)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in answer


def test_a_body_in_chunks_without_a_length_is_read_on(running: Server) -> None:
    chunk = b"100000\r\n" + bytes(MEGABYTE) + b"\r\n"
    head = f"POST {IMPORTS} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = sent_whole(port_of(running), head, chunk * 24 + b"0\r\n\r\n", pause_at=len(chunk))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer


def test_usual_clients_get_the_answer(running: Server) -> None:
    url = f"http://127.0.0.1:{port_of(running)}{IMPORTS}"
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(urllib.request.Request(url, BODY), timeout=30)
    with raised.value as error:
        assert error.code == 401
    assert httpx.post(url, content=BODY, timeout=30).status_code == 401
    assert httpx.post(url, files={"file": ("a.geojson", BODY)}, timeout=30).status_code == 401


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize(
    "more", [(), ("--http1.0",), ("-H", "Expect:"), ("-H", "Expect:100-continue")]
)
def test_curl_gets_the_answer(running: Server, tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "a.geojson").write_bytes(BODY)
    url = f"http://127.0.0.1:{port_of(running)}{IMPORTS}"
    command = [str(CURL), "-sS", "-w", "\n%{http_code}", "-F", "file=@a.geojson", *more, url]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == b"401"


def test_a_small_refused_body_keeps_the_connection(running: Server) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port_of(running)}") as client:
        for _ in range(3):
            answer = client.post("/collections", json={"id": "mine"})
            assert answer.status_code == 401
            assert "connection" not in answer.headers
        assert client.delete("/collections/zones/items/a").headers.get("connection") is None


class Endless:
    """A client that never stops sending, or falls silent."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent
        self.sent: list[Any] = []
        self.taken = 0

    async def receive(self) -> dict[str, Any]:
        if self.silent:
            await asyncio.sleep(3600)
        self.taken += 2**16
        return {"type": "http.request", "body": bytes(2**16), "more_body": True}

    async def send(self, message: Any) -> None:
        self.sent.append(message)


@pytest.mark.parametrize("silent", [False, True])
def test_reading_on_has_a_bound(monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    monkeypatch.setattr(unread_body, "MOST_READ", MEGABYTE)
    monkeypatch.setattr(unread_body, "LONGEST_SILENCE_S", 0.05)
    client = Endless(silent=silent)
    scope: Any = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    unread = UnreadBody(scope, client.receive, client.send)

    async def refuse() -> None:
        await unread.send({"type": "http.response.start", "status": 401, "headers": []})
        await unread.send({"type": "http.response.body", "body": b"no"})

    asyncio.run(refuse())
    assert client.taken == (0 if silent else MEGABYTE)
    start, *parts = client.sent
    assert (b"connection", b"close") in start["headers"]
    assert [(part["body"], part.get("more_body", False)) for part in parts] == [
        (b"no", True),
        (b"", False),
    ]


def test_a_look_up_is_answered_beside_a_thousand_connections_that_send_nothing(
    running: Server,
) -> None:
    begun = f"GET /locate HTTP/1.1\r\nHost: 127.0.0.1:{port_of(running)}\r\n".encode()
    with ExitStack() as stack:
        for number in range(1_000):
            connection = socket.create_connection(("127.0.0.1", port_of(running)), timeout=30)
            stack.enter_context(connection)
            if number % 10 == 0:
                connection.sendall(begun)  # and no more of its headers
        found = running.client.get("/locate", params={"lon": 123.405, "lat": 41.786})
        assert found.json()["primary"]
    assert running.client.get("/health/live").status_code == 200
