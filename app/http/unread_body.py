"""What a client still sends when its answer is there is read on for a while, and thrown away.

Many clients send a whole request before they read the first byte of the answer. A connection
that is closed while bytes wait in it is reset, and the client shows a broken connection instead of
the answer (RFC 9112, 9.6); a proxy in front makes 502 of it.
"""

import asyncio
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from app.http.raw_headers import header

MOST_READ: Final = 512 * 2**20
LONGEST_READ_S: Final = 60.0
LONGEST_SILENCE_S: Final = 5.0
WORTH_KEEPING: Final = 2**20
"""Bytes still to come up to which the connection may serve the next request too."""


class UnreadBody:
    """Receives a request's body and sends its answer, whose end waits for the body's.

    The answer itself is sent at once: a client that reads it may stop sending.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._stated = _stated_length(scope)
        self._received = 0
        self._has_ended = False

    async def receive(self) -> Message:
        """Return the next message of the request."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self._has_ended = message["type"] == "http.disconnect" or not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        """Pass a message of the answer on; the last one when the client has sent all it will."""
        if self._has_ended:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._send(message if self._is_nearly_there() else _closing(message))
        elif message["type"] != "http.response.body" or message.get("more_body"):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._read_on()
            await self._send({"type": "http.response.body", "body": b""})

    def _is_nearly_there(self) -> bool:
        return self._stated is not None and self._stated - self._received <= WORTH_KEEPING

    async def _read_on(self) -> None:
        most = self._received + MOST_READ
        deadline = asyncio.get_running_loop().time() + LONGEST_READ_S
        while not self._has_ended and self._received < most:
            left = deadline - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(min(left, LONGEST_SILENCE_S)):
                    await self.receive()
            except TimeoutError:
                return


def _stated_length(scope: Scope) -> int | None:
    """Return what Content-Length says; None for a body in chunks, or a length that is none."""
    if header(scope, b"transfer-encoding") is not None:
        return None
    stated = header(scope, b"content-length") or b"0"
    return int(stated) if stated.isdigit() and len(stated) < 20 else None  # noqa: PLR2004 - digits of any size there is


def _closing(start: Message) -> Message:
    return {**start, "headers": [*start.get("headers", ()), (b"connection", b"close")]}
