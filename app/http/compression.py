"""gzip for answers worth it; the same bytes are compressed once and then remembered."""

import hashlib

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.gzip_bytes import USUAL_LEVEL, gzipped
from app.http.raw_headers import accepts, header
from zones.memory.bounded_cache import BoundedCache

SMALLEST = 1000
"""Bytes; below it the answer fits into one packet anyway."""
LARGEST = 8 * 2**20
IN_THREAD = 32 * 2**10
"""Bytes; more than that would hold up the other requests for over a millisecond."""
REMEMBERED = 32 * 2**20

_TYPES = (b"application/json", b"application/geo+json", b"application/problem+json", b"text/")
_MORE_TYPES = (b"application/vnd.oai.openapi+json", b"application/javascript", b"image/svg+xml")


class Compressor:
    """Compresses byte strings and remembers the results of the last ones, by their hash."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._known = BoundedCache[bytes, bytes](remembered, len)

    @property
    def nbytes(self) -> int:
        """Memory of what is remembered."""
        return self._known.nbytes

    async def compress(self, body: bytes) -> bytes:
        """Return the gzip form of ``body``; large ones are made in a thread."""
        if len(body) > IN_THREAD:
            return await anyio.to_thread.run_sync(self.compressed, body)
        return self.compressed(body)

    def compressed(self, body: bytes) -> bytes:
        """Return the gzip form of ``body``."""
        key = hashlib.blake2b(body, digest_size=20).digest()
        packed = self._known.get(key)
        if packed is None:
            packed = gzipped(body, USUAL_LEVEL)
            self._known.put(key, packed)
        return packed


class Compression:
    """Compresses whole answers of a known, moderate length for clients that take gzip."""

    def __init__(self, app: ASGIApp, *, compressor: Compressor) -> None:
        self.app = app
        self.compressor = compressor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and accepts(header(scope, b"accept-encoding"), b"gzip"):
            await self.app(scope, receive, _Packing(self.compressor, send).send)
        else:
            await self.app(scope, receive, send)


class _Packing:
    """One answer, held back until it is whole when it is worth compressing."""

    __slots__ = ("_compressor", "_parts", "_send", "_start")

    def __init__(self, compressor: Compressor, send: Send) -> None:
        self._compressor = compressor
        self._send = send
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_worth_it(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._send_packed(self._start)

    async def _send_packed(self, start: Message) -> None:
        packed = await self._compressor.compress(b"".join(self._parts))
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        added = [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(packed)).encode()),
        ]
        await self._send({**start, "headers": [*headers, *added]})
        await self._send({"type": "http.response.body", "body": packed})


def is_worth_it(start: Message) -> bool:
    """Return whether an answer that begins like this shall be compressed."""
    headers = dict(start.get("headers", ()))
    length = int(headers.get(b"content-length", b"0"))
    return (
        SMALLEST <= length <= LARGEST
        and start["status"] != 206  # noqa: PLR2004 - a range of bytes
        and b"content-encoding" not in headers
        and headers.get(b"content-type", b"").startswith((*_TYPES, *_MORE_TYPES))
    )
