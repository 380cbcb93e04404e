"""Parameters that messengers and campaigns append to an address that somebody shares."""

import re
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request

from app.http.negotiation import MEDIA_TYPES, quality

_AS_JSON: Final = frozenset({"json", "geojson"})
_APPENDED: Final = re.compile(
    r"utm_\w{1,30}|from|isappinstalled|nsukey|wx\w{1,20}|scene|clicktime|enterid|ascene|subscene"
    r"|devicetype|nettype|exportkey|pass_ticket|share_\w{1,30}|sharer_\w{1,30}|spm|spm_id_from"
    r"|vd_source|tdsourcetag|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl|mpshare|bd_vid|qq-pf-to",
    re.IGNORECASE,
)


def is_for_browser(request: Request) -> bool:
    """Return whether somebody goes to the address with a browser, and asks for no data by ``f``.

    What scripts fetch prefers no page.
    """
    if request.method not in {"GET", "HEAD"}:
        return False
    requested = request.query_params.get("f")
    if requested in _AS_JSON or requested == "html":
        return requested == "html"
    accept = request.headers.get("accept", "*/*")
    return quality(accept, MEDIA_TYPES["html"]) > quality(accept, MEDIA_TYPES["json"])


def without_appended(query: QueryParams, known: frozenset[str]) -> QueryParams:
    """Return the query without what others appended; what is known stays, whatever its name."""
    pairs = [(name, value) for name, value in query.multi_items() if not _is_appended(name, known)]
    return query if len(pairs) == len(query.multi_items()) else QueryParams(pairs)


def _is_appended(name: str, known: frozenset[str]) -> bool:
    return name not in known and _APPENDED.fullmatch(name) is not None
