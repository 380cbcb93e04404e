"""One JSON line for each request, and one for each unexpected error, on the error stream."""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Final

import orjson
from starlette.types import Scope

from app.http.client_behind_proxies import TrustedProxies

_TOKEN: Final = re.compile(rb"(^|&)token=[^&]*")
_ERRORS = logging.getLogger("zones.errors")
_JSON = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


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
        line = {"time": at, "level": record.levelname.lower(), **members}
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()


def without_token(query: bytes) -> bytes:
    """Return a query without the token of ArcGIS's clients, which stands for a key."""
    return _TOKEN.sub(rb"\1token=...", query) if b"token=" in query else query


class RequestLog:
    """Writes one line for each request: never keys, never bodies.

    Not through ``logging``, whose records cost as much as a whole small answer.
    """

    def __init__(self, proxies: TrustedProxies) -> None:
        self._proxies = proxies

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
            "path": scope["path"][:500],
            "query": without_token(scope["query_string"][:500]).decode("latin-1"),
            "status": status,
            "bytes": sent,
            "ms": round(seconds * 1000, 2),
            "client": self._proxies.client_of(scope),
            "key": key.id if key else None,
        }
        write_line(orjson.dumps(line, option=_JSON, default=str).decode())


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
