"""A token of ArcGIS's clients, which stands for a key as a browser's cookie does.

They send it as ``token`` in the address or in a posted form, or as ``X-Esri-Authorization``. It is
a session's, so that no key stands in an address, and ends like one.
"""

from typing import Final
from urllib.parse import parse_qs

import anyio
from starlette.types import Message, Receive, Scope

from app.auth.browser_session import LONGEST_TOKEN
from app.http.raw_headers import ARCGIS, FORM, header, media_type

_HEADER: Final = b"x-esri-authorization"
_BEARER: Final = "bearer "
_STATE: Final = "arcgis_form_token"
LONGEST_FORM_BYTES: Final = 2**20
LONGEST_SECONDS: Final = 5.0
"""Forms that are longer, or slower, say by the address or the header who sends them."""


def arcgis_token(scope: Scope, path: str) -> str | None:
    """Return the token of a request for ArcGIS's services, None if it has none."""
    if not path.startswith(ARCGIS):
        return None
    authorization = (header(scope, _HEADER) or b"").decode("latin-1")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()[:LONGEST_TOKEN] or None
    return _token_in(scope["query_string"]) or scope["state"].get(_STATE)


async def with_form_token(scope: Scope, path: str, receive: Receive) -> Receive:
    """Read a posted form of ArcGIS's clients for ``arcgis_token``; return what gives it again."""
    is_form = scope["method"] == "POST" and path.startswith(ARCGIS) and media_type(scope) == FORM
    length = header(scope, b"content-length") or b""
    if not (is_form and length.isdigit() and int(length) <= LONGEST_FORM_BYTES):
        return receive
    messages: list[Message] = []
    with anyio.move_on_after(LONGEST_SECONDS):
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
    body = b"".join(each.get("body", b"") for each in messages)
    scope["state"][_STATE] = _token_in(body)

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


def _token_in(pairs: bytes) -> str | None:
    if b"token=" not in pairs:
        return None
    (token, *_) = parse_qs(pairs.decode("latin-1")).get("token", [""])
    return token[:LONGEST_TOKEN] or None
