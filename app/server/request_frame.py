"""The frame of every request: its id, its headers, its line in the log, its faults.

Plain ASGI: a request costs a few microseconds in it. What follows is in ``middleware_stack``.
"""

import os
import time
from base64 import b64encode

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.fault_status import (
    AddressError,
    HeadersError,
    UnexpectedError,
)
from app.http.raw_headers import RawHeaders, header, is_look_up, own_path
from app.http.unread_body import UnreadBody
from app.observe.log_lines import RequestLog, log_failure
from app.observe.prometheus_metrics import Metrics
from app.observe.tracing import mark_request
from app.problems.problem_document import problem_response
from app.required_roles import READING
from app.server.security_headers import own_headers
from zones.errors import ZonesError

LONGEST_ADDRESS = 16 * 2**10
LONGEST_HEADERS = 16 * 2**10


class RequestFrame:
    """Gives each request an id and each answer its headers; logs it, counts it, catches faults.

    HEAD is answered as GET without the body. Cross-origin reads are allowed to everyone without
    credentials, writes to nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: bytes,
        metrics: Metrics,
        log: RequestLog,
    ) -> None:
        self.app = app
        self.policy = policy
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in READING:
            unread = UnreadBody(scope, receive, send)
            receive, send = unread.receive, unread.send
        framed = _Framed(self, scope, send)
        if self.log.traced:
            mark_request(framed.request_id)
        try:
            if framed.is_preflight:
                await framed.answer_preflight()
            else:
                check_head(scope)
                await self.app(framed.scope, receive, framed.send)
        except ZonesError as fault:
            await framed.answer_fault(fault, receive)
        except ClientDisconnect:
            framed.status = 499
        except Exception as error:  # the last resort: a 500 that tells only its id
            log_failure(framed.request_id, scope, error)
            if framed.status:
                raise  # the answer has begun; closing the connection is all that is left
            unexpected = UnexpectedError("server-error", request_id=framed.request_id)
            await framed.answer_fault(unexpected, receive)
        finally:
            seconds = time.perf_counter() - framed.began
            self.metrics.count_request(scope["method"], framed.status, seconds)
            self.log.write(
                framed.request_id,
                framed.scope,
                status=framed.status,
                sent=framed.sent,
                seconds=seconds,
            )


class _Framed:
    """One request on its way."""

    __slots__ = ("_send", "began", "frame", "nonce", "request_id", "scope", "sent", "status")

    def __init__(self, frame: RequestFrame, scope: Scope, send: Send) -> None:
        self.began = time.perf_counter()
        noise = os.urandom(24)
        self.request_id = noise[:8].hex()
        self.nonce = b64encode(noise[8:])
        self.frame = frame
        self.status = 0
        self.sent = 0
        self._send = send
        state = scope.setdefault("state", {})
        state["request_id"] = self.request_id
        state["csp_nonce"] = self.nonce.decode()
        # The server itself leaves out the body of an answer to HEAD, by its own copy of this.
        head = scope["method"] == "HEAD"
        self.scope = {**scope, "method": "GET", "asked_head": True} if head else scope

    async def send(self, message: Message) -> None:
        """Pass a message on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self.headers()]
        elif message["type"] == "http.response.body":
            if "asked_head" in self.scope:
                message = {**message, "body": b""}
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def headers(self) -> RawHeaders:
        """Return the headers that every answer has."""
        return own_headers(
            self.frame.policy,
            request_id=self.request_id.encode(),
            nonce=self.nonce,
            is_read=self.is_read,
        )

    @property
    def is_read(self) -> bool:
        """Whether any origin may read the answer."""
        return self.scope["method"] in {"GET", "OPTIONS"} or is_look_up(own_path(self.scope))

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks if it may send a request to another origin."""
        return (
            self.scope["method"] == "OPTIONS"
            and header(self.scope, b"access-control-request-method") is not None
        )

    async def answer_preflight(self) -> None:
        """Say that reads are allowed."""
        methods = b"GET, HEAD, POST" if is_look_up(own_path(self.scope)) else b"GET, HEAD"
        headers = [
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", b"Accept-Language, Content-Type, If-None-Match"),
            (b"access-control-max-age", b"86400"),
        ]
        await self.send({"type": "http.response.start", "status": 204, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def answer_fault(self, fault: ZonesError, receive: Receive) -> None:
        """Send a problem document."""
        if self.status:
            raise fault
        await problem_response(fault, Request(self.scope))(self.scope, receive, self.send)


def check_head(scope: Scope) -> None:
    """Refuse an address or headers that no honest client sends.

    Raises
    ------
    AddressError, HeadersError
    """
    if len(scope["path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        raise AddressError("address-too-long", limit=LONGEST_ADDRESS)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEADERS:
        raise HeadersError("headers-too-long", limit=LONGEST_HEADERS)
