"""A filter in the body of a POST to a collection's items, where OWSLib and others put it."""

import re
from typing import Any, Final
from urllib.parse import parse_qs

import anyio
import orjson
from starlette.types import Message, Receive, Scope

from app.http.fault_status import RequestError
from app.http.raw_headers import header, own_path

LONGEST_BYTES: Final = 16 * 1024
LONGEST_SECONDS: Final = 5.0
_ITEMS: Final = re.compile(r"/collections/[^/]+/items")


async def refuse_filter(scope: Scope, receive: Receive) -> None:
    """Refuse a request without a key that is a filter, for which none is needed.

    The body is read only where it is short and soon here.

    Raises
    ------
    RequestError
    """
    length = header(scope, b"content-length") or b""
    if scope["method"] != "POST" or not _ITEMS.fullmatch(own_path(scope)) or not length.isdigit():
        return
    if int(length) <= LONGEST_BYTES:
        with anyio.move_on_after(LONGEST_SECONDS):
            refuse_filter_document(_parsed(await _body(receive)))


def refuse_filter_document(document: Any) -> None:
    """Refuse what is a filter in CQL2 JSON.

    Raises
    ------
    RequestError
        ``filter-in-body``.
    """
    if isinstance(document, dict) and {"op", "args"} <= document.keys():
        raise RequestError("filter-in-body", loc=("body",))


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    more = True
    while more and sum(map(len, pieces)) <= LONGEST_BYTES:
        message: Message = await receive()
        pieces.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(pieces)


def _parsed(body: bytes) -> Any:
    """Return the value of a JSON text; a form's fields by their names, for OWSLib sends one."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return parse_qs(body.decode("latin-1"))
