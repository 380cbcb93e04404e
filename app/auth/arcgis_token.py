"""A token of ArcGIS's clients, which stands for a key as a browser's cookie does.

They send it as ``token`` in the address or as ``X-Esri-Authorization``. It is a session's, so that
no key stands in an address, and ends like one.
"""

from typing import Final
from urllib.parse import parse_qs

from starlette.types import Scope

from app.auth.browser_session import LONGEST_TOKEN
from app.http.headers import ARCGIS, header

_HEADER: Final = b"x-esri-authorization"
_BEARER: Final = "bearer "


def arcgis_token(scope: Scope, path: str) -> str | None:
    """Return the token of a request for ArcGIS's services, None if it has none."""
    if not path.startswith(ARCGIS):
        return None
    given = (header(scope, _HEADER) or b"").decode("latin-1")
    if given.lower().startswith(_BEARER):
        return given[len(_BEARER) :].strip()[:LONGEST_TOKEN] or None
    query: bytes = scope["query_string"]
    if b"token=" not in query:
        return None
    (token, *_) = parse_qs(query.decode("latin-1")).get("token", [""])
    return token[:LONGEST_TOKEN] or None
