"""A body that comes too slowly is given up; a slow but honest one is waited for."""

import asyncio
import shutil
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.http import body_pace
from app.http.body_pace import Pace, PacedBody
from app.http.fault_status import BodySlowError
from app.imports.upload_folder import WorkFolder
from tests.app.conftest import ADMIN_KEY
from tests.app.processes import server


class Sender:
    """Sends pieces, each so many seconds after the one before."""

    def __init__(self, pieces: Sequence[tuple[float, int]]) -> None:
        self._left = list(pieces)

    async def receive(self) -> Any:
        if not self._left:
            return {"type": "http.disconnect"}
        seconds, size = self._left.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": bytes(size), "more_body": bool(self._left)}


def received(pieces: Sequence[tuple[float, int]], pace: Pace, *, busy_s: float = 0) -> int:
    """Return how many bytes came; the reader is busy so long after each piece."""

    async def read() -> int:
        body, size = PacedBody(Sender(pieces).receive, pace), 0
        while True:
            message = await body.receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                await body.receive()  # who asks later whether the client is there may wait
                return size
            await asyncio.sleep(busy_s)

    return asyncio.run(read())


@pytest.fixture(autouse=True)
def little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_pace, "GRACE_S", 0.2)


def test_an_honest_slow_body_is_waited_for() -> None:
    assert received([(0.05, 1000)] * 10, Pace(10, 4_000)) == 10_000


def test_the_time_that_the_service_takes_itself_is_not_the_senders() -> None:
    assert received([(0, 10)] * 5, Pace(0.2, 1.0), busy_s=0.1) == 50


@pytest.mark.parametrize(
    ("pieces", "pace"),
    [
        ([(0.05, 1)] * 50, Pace(10, 4_000)),
        ([(30, 1)], Pace(10, 4_000)),
        ([(0.05, 10_000)] * 50, Pace(0.3, 4_000)),
        ([(0, 100), (30, 100)], Pace(0.5, 1.0)),
    ],
    ids=["a byte at a time", "silent", "longer than it may take in all", "falls silent"],
)
def test_a_body_that_comes_too_slowly_is_given_up(
    pieces: list[tuple[float, int]], pace: Pace
) -> None:
    began = time.monotonic()
    with pytest.raises(BodySlowError):
        received(pieces, pace)
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_a_slow_sender_holds_no_place_in_the_queue(seeded_file: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))
    form = "Content-Type: multipart/form-data; boundary=b"
    with server(store, upload_wall_s="1") as running:
        port = running.client.base_url.port
        with socket.create_connection(("127.0.0.1", port or 0), timeout=20) as slow:
            head = f"POST /collections/zones/imports HTTP/1.1\r\nHost: a\r\n{form}\r\n"
            slow.sendall(f"{head}Authorization: Bearer {ADMIN_KEY}\r\n".encode())
            slow.sendall(b"Content-Length: 1000000\r\n\r\n--b\r\n")
            time.sleep(0.3)
            assert WorkFolder(tmp_path / "imports").waiting() == 1
            answer = slow.recv(65536)
            while b"request_id" not in answer and (more := slow.recv(65536)):
                answer += more
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"/problems/body-slow" in answer
        assert WorkFolder(tmp_path / "imports").waiting() == 0
