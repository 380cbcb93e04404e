"""Answers that the client has already: 304 instead of the same bytes again (RFC 9110, 13.1.2).

An answer to somebody with a key is for his own cache only, and its tag says which private
collections he may see: who may see others never gets a 304 for it.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.raw_headers import RawHeaders, header

_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_HEADERS_OF_304 = frozenset(
    {b"etag", b"x-revision", b"vary", b"cache-control", b"content-location", b"date"}
)


def is_known(if_none_match: bytes, etag: bytes) -> bool:
    """Return whether If-None-Match names the tag; weak comparison, as the RFC asks for it."""
    if if_none_match.strip() == b"*":
        return True
    return etag.removeprefix(b"W/") in _TAG.findall(if_none_match[:4000])


class NotModified:
    """Turns an answer whose ETag the client named into a 304 without body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        condition = header(scope, b"if-none-match")
        if condition is None and "key" not in scope["state"]:
            await self.app(scope, receive, send)
            return
        known = False

        async def conditional(message: Message) -> None:
            nonlocal known
            if message["type"] == "http.response.start":
                headers = own_headers(scope, message.get("headers", ()))
                message = {**message, "headers": headers}
                etag = dict(headers).get(b"etag")
                fresh = message["status"] == HTTPStatus.OK
                known = bool(fresh and condition and etag and is_known(condition, etag))
                if known:
                    pairs = [pair for pair in message["headers"] if pair[0] in _HEADERS_OF_304]
                    message = {**message, "status": 304, "headers": pairs}
            elif known and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, conditional)


def own_headers(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """Return an answer's headers, marked as the client's own where a key let it in."""
    state = scope["state"]
    if "key" not in state:
        return list(headers)
    seen = b".%b" % state["seen"].encode() if "seen" in state else b""
    return [(name, _OWN.get(name, _same)(value, seen)) for name, value in headers]


def _tagged(etag: bytes, seen: bytes) -> bytes:
    return etag[:-1] + seen + b'"' if etag.endswith(b'"') else etag


def _not_shared(control: bytes, _: bytes) -> bytes:
    return control if b"public" in control or b"no-store" in control else b"private, " + control


def _same(value: bytes, _: bytes) -> bytes:
    return value


_OWN: Final = {b"etag": _tagged, b"cache-control": _not_shared}
