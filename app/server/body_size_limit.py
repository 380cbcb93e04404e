"""How large and how slow the body of a request may be."""

from math import inf

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.body_pace import Pace, PacedBody
from app.http.fault_status import MediaTypeError, RequestError, TooLargeError
from app.http.negotiation import STREAMED_TYPES, WORKBOOK_TYPES
from app.http.raw_headers import header, media_type, own_path
from app.required_roles import READING
from app.settings import Settings

MEGABYTE = 2**20
EDITS = "/edits"
EDITS_MB = 8
"""Some hundred features with some hundred thousand vertices between them."""
LEAST_RATE = 4_000.0
"""Bytes a second of an upload; a mobile network of twenty years ago does better."""
LEAST_RATE_OF_STREAMS = 100.0
"""Points may come as somebody measures them."""


class BodyLimits:
    """Refuses bodies that are too large, said or sent, too slow, or with a Content-Encoding."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.max_upload_mb = settings.max_upload_mb
        self.pace = Pace(settings.upload_wall_s, LEAST_RATE)
        self.pace_of_streams = Pace(settings.batch_wall_s, LEAST_RATE_OF_STREAMS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in READING:
            await self.app(scope, receive, send)
            return
        limit_mb = self.limit_mb(scope)
        check_stated_body(scope, limit_mb=limit_mb)
        pace = self.pace_of_streams if limit_mb == inf else self.pace
        paced = PacedBody(receive, pace)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await paced.receive()
            received += len(message.get("body", b""))
            if received > limit_mb * MEGABYTE:
                raise TooLargeError("body-too-large", limit_mb=limit_mb)
            return message

        await self.app(scope, counted, send)

    def limit_mb(self, scope: Scope) -> float:
        """Return how large a body may be; streams of points have limits of their own."""
        path = own_path(scope)
        if path == "/locate" and media_type(scope) in STREAMED_TYPES:
            return inf
        is_workbook = path == "/locate/describe" and media_type(scope) in WORKBOOK_TYPES
        if path.endswith("/imports") or is_workbook:
            return self.max_upload_mb
        return EDITS_MB if path == EDITS or path.startswith(f"{EDITS}/") else 1


def check_stated_body(scope: Scope, *, limit_mb: float) -> None:
    """Judge a body by the request's headers.

    Raises
    ------
    MediaTypeError
        If it is encoded: the bytes received would not bound what comes out of them.
    TooLargeError, RequestError
        If Content-Length is too large, or no number.
    """
    encoding = (header(scope, b"content-encoding") or b"identity").decode("latin-1")[:40]
    if encoding.strip().lower() != "identity":
        raise MediaTypeError("body-encoded", encoding=encoding)
    stated = (header(scope, b"content-length") or b"0").decode("latin-1")[:40]
    if not (stated.isascii() and stated.isdigit()):
        raise RequestError("length-invalid", given=stated)
    if int(stated) > limit_mb * MEGABYTE:
        raise TooLargeError("body-too-large", limit_mb=limit_mb)
