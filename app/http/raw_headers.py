"""Reading the raw head of a request."""

import re
from typing import Final

from starlette.types import Scope

RawHeaders = list[tuple[bytes, bytes]]
LOOK_UPS: Final = frozenset({"/locate", "/locate/describe", "/plan/attribution", "/wfs", "/wms"})
"""Paths whose POST changes nothing: many points, how they would be read, areas, queries."""
ARCGIS: Final = "/arcgis/"
"""Below it parameters may come as a posted form, and who asks is told by a token."""
ARCGIS_TOKENS: Final = "/arcgis/tokens/generateToken"
ARCGIS_INFO: Final = "/arcgis/rest/info"
OLD_DOORS: Final = ("/wfs", "/wms", "/wmts")
"""Services that programs ask which know keys by HTTP's Basic scheme alone."""
FORM: Final = "application/x-www-form-urlencoded"
"""The media type of a posted form."""


_TOKEN: Final = re.compile(rb"(^|&)token=[^&]*")


def without_token(query: bytes) -> bytes:
    """Return a query without the token of ArcGIS's clients, which stands for a key."""
    return _TOKEN.sub(rb"\1token=...", query) if b"token=" in query else query


def is_look_up(path: str) -> bool:
    """Return whether a POST to the path changes nothing."""
    return path in LOOK_UPS or path.startswith(ARCGIS)


def wants_basic(scope: Scope, path: str) -> bool:
    """Return whether a program asks that sends a password only when it is asked for one.

    Never a page's browser: it would ask its user, and then send the password everywhere.
    """
    is_door = any(path == door or path.startswith(f"{door}/") for door in OLD_DOORS)
    return is_door and b"text/html" not in (header(scope, b"accept") or b"")


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of that lower-case name, None when there is none."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


def media_type(scope: Scope) -> str:
    """Return the media type of the body, in lower case and without parameters."""
    content_type = (header(scope, b"content-type") or b"").partition(b";")[0]
    return content_type.strip().lower().decode("latin-1")


def own_path(scope: Scope) -> str:
    """Return the path below the service's own root, as routes see it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def accepts(listed: bytes | None, encoding: bytes) -> bool:
    """Return whether a list such as Accept-Encoding names ``encoding`` and does not rule it out."""
    for item in (listed or b"").lower().split(b","):
        name, _, weight = item.partition(b";")
        if name.strip() == encoding:
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


def header_lines(headers: RawHeaders) -> bytes:
    """Return header fields as HTTP/1.1 writes them."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])
