"""One JSON line for each request, and one for each unexpected error, on the error stream."""

import logging
import sys
import time
import traceback
from asyncio import get_running_loop
from datetime import UTC, datetime
from typing import Final

import orjson
from starlette.types import Scope

from app.http.client_behind_proxies import TrustedProxies
from app.http.raw_headers import without_token
from app.observe.tracing import trace_id

_ERRORS = logging.getLogger("zones.errors")
_JSON = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_LONGEST: Final = 500
"""Characters of a path and of a query that a line has."""
_DIRECT: Final = (
    b'{"time":"%b%06dZ","level":"info","request_id":"%b","method":"GET",%b,"ms":%.2f,"client":%b,'
    b'"key":null}\n'
)
"""The line of a direct answer, as ``RequestLog.write`` has it."""


def write_json_lines() -> None:
    """Send the service's logs to the standard error stream, one JSON object a line.

    Does nothing when somebody has configured the loggers already.
    """
    root = logging.getLogger("zones")
    if root.handlers:
        return
    handler = ErrorStream()
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False


class ErrorStream(logging.Handler):
    """Writes to the error stream of the moment, so that whoever redirects it sees the lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        write_line(self.format(record) + "\n")


def write_line(line: str) -> None:
    """Write a line to the error stream at once."""
    sys.stderr.write(line)
    sys.stderr.flush()


class JsonLines(logging.Formatter):
    """Writes a record as one line; whatever text it holds, JSON escapes its line breaks."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        members = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        if record.exc_info:
            members = {**members, "stack": traceback.format_exception(record.exc_info[1])}
        traced = {"trace_id": found} if (found := trace_id()) else {}
        line = {"time": at, "level": record.levelname.lower(), **members, **traced}
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()


class RequestLog:
    """Writes one line for each request: never keys, never bodies.

    Not through ``logging``, whose records cost as much as a whole small answer. Where requests are
    ``traced`` the line names the trace, and the request's span its id.
    """

    def __init__(self, proxies: TrustedProxies, *, traced: bool = False) -> None:
        self._proxies, self.traced = proxies, traced
        self._waiting: list[bytes] = []
        self._second, self._second_text = -1, b""

    def write(
        self, request_id: str, scope: Scope, *, status: int, sent: int, seconds: float
    ) -> None:
        """Write the line of a request that was answered."""
        key = scope["state"].get("key")
        line = {
            "time": datetime.now(UTC),
            "level": "info",
            "request_id": request_id,
            "method": "HEAD" if "asked_head" in scope else scope["method"],
            **_answered(scope["path"], scope["query_string"], status=status, sent=sent),
            "ms": round(seconds * 1000, 2),
            "client": self._proxies.client_of(scope),
            "key": key.id if key else None,
        }
        if self.traced and (trace := trace_id()):
            line["trace_id"] = trace
        self.flush()
        write_line(orjson.dumps(line, option=_JSON, default=str).decode())

    def write_soon(
        self, request_id: bytes, members: bytes, scope: Scope, *, seconds: float
    ) -> None:
        """Write the line of a GET without a key at the end of this turn of the event loop.

        Parameters
        ----------
        members
            What ``answered_members`` returns.
        scope
            The client and the header fields, from which its address is told.
        """
        if not self._waiting:
            get_running_loop().call_soon(self.flush)
        now = time.time()
        second = int(now)
        if second != self._second:
            whole = datetime.fromtimestamp(second, UTC)
            self._second, self._second_text = second, whole.strftime("%Y-%m-%dT%H:%M:%S.").encode()
        micro, client = (now - second) * 1e6, orjson.dumps(self._proxies.client_of(scope))
        line = (self._second_text, micro, request_id, members, seconds * 1000, client)
        self._waiting.append(_DIRECT % line)

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._waiting:
            lines = b"".join(self._waiting)
            self._waiting.clear()
            write_line(lines.decode())


def _answered(path: str, query: bytes, *, status: int, sent: int) -> dict[str, str | int]:
    return {
        "path": path[:_LONGEST],
        "query": without_token(query[:_LONGEST]).decode("latin-1"),
        "status": status,
        "bytes": sent,
    }


def answered_members(path: str, query: bytes, *, status: int, sent: int) -> bytes:
    """Return what a line says of a request and its answer, as the members of a JSON object."""
    return orjson.dumps(_answered(path, query, status=status, sent=sent))[1:-1]


def log_failure(request_id: str, scope: Scope, error: BaseException) -> None:
    """Write what went wrong, with the stack, under the id that the client was told."""
    _ERRORS.error(
        {
            "request_id": request_id,
            "method": scope["method"],
            "path": scope["path"][:500],
            "error": repr(error)[:1000],
            "stack": traceback.format_exception(error),
        }
    )
