"""Requests as a server hands them on, for what a well-behaved client cannot be made to send."""

from collections.abc import Iterable
from typing import Any

from starlette.testclient import TestClient
from starlette.types import Message


class Sent:
    """The answer to a raw request, and how much of the body was asked for before it came."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.chunks_taken = 0

    async def take(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message["headers"])
        else:
            self.body += message.get("body", b"")


def send_raw(
    client: TestClient,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = (),
    chunks: Iterable[bytes] = (),
    cut_off: bool = False,
    root_path: str = "",
) -> Sent:
    """Send a request, its body in chunks without Content-Length, and return the answer.

    ``cut_off``: the connection breaks after the last chunk.
    """
    sent = Sent()
    waiting = iter(chunks)

    async def receive() -> Message:
        chunk = next(waiting, None)
        if chunk is None and cut_off:
            return {"type": "http.disconnect"}
        sent.chunks_taken += chunk is not None and not sent.status
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": root_path,
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "state": {},
    }
    assert client.portal is not None
    client.portal.call(client.app, scope, receive, sent.take)
    return sent
