"""A receiver of webhooks, of the tests' own: it answers as it is told, and keeps what came."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class Receiver:
    """``statuses`` are answered in turn, 200 when there are no more."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/told?of=zones"

    def revisions(self) -> list[int]:
        """Return the revisions that it was told of, in the order in which they came."""
        return [self.told(number)["data"]["revision"] for number in range(len(self.bodies))]

    def told(self, number: int) -> dict[str, Any]:
        """Return what one body says."""
        document: dict[str, Any] = orjson.loads(self.bodies[number])
        return document


@contextmanager
def receiving(*statuses: int, certificate: tuple[str, str] | None = None) -> Iterator[Receiver]:
    """Listen on a port of its own, by TLS with a certificate and its key."""
    receiver = Receiver(statuses=list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.headers.append(dict(self.headers.items()))
            receiver.bodies.append(body)
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            raise AssertionError("a redirection was followed")

        def handle(self) -> None:
            with suppress(ConnectionError, ssl.SSLError):
                super().handle()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    receiver.port = listening.server_port
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
