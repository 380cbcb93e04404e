"""Answers that the client has already: 304 instead of the same bytes again (RFC 9110, 13.1.2)."""

import re
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.headers import header

_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_KEPT = frozenset({b"etag", b"x-revision", b"vary", b"cache-control", b"content-location", b"date"})


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
        asked = header(scope, b"if-none-match")
        if asked is None:
            await self.app(scope, receive, send)
            return
        known = False

        async def conditional(message: Message) -> None:
            nonlocal known
            if message["type"] == "http.response.start":
                etag = dict(message.get("headers", ())).get(b"etag")
                fresh = message["status"] == HTTPStatus.OK
                known = fresh and etag is not None and is_known(asked, etag)
                if known:
                    kept = [pair for pair in message["headers"] if pair[0] in _KEPT]
                    message = {**message, "status": 304, "headers": kept}
            elif known and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, conditional)
