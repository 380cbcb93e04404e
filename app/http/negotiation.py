"""Which form of an answer is wanted: the query's ``f`` first, then Accept."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from starlette.requests import Request

from app.http import parameters

MEDIA_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "html": "text/html",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
    "fgb": "application/flatgeobuf",
    "gpkg": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST_ACCEPT: Final = 1000
STREAMED = ("csv", "geojson", "arrow", "parquet")
WORKBOOK_TYPES = (
    MEDIA_TYPES["xlsx"],
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
)
"""Of .xlsx, of .xls and .et, and of .ods; which it is, the bytes tell."""
STREAMED_TYPES = frozenset((*(MEDIA_TYPES[form] for form in STREAMED), *WORKBOOK_TYPES))
"""Bodies that are read piece by piece, however long they are."""


def requested_form(request: Request, offered: Sequence[str]) -> str:
    """Return the form to answer in, the first one offered when nothing is asked for.

    Raises
    ------
    RequestError
        ``parameter-choice`` when ``f`` names a form that is not offered. An Accept header that
        nothing fits is passed over, as RFC 9110 (12.5.1) allows.
    """
    requested = request.query_params.get("f")
    if requested is not None:
        return parameters.choice(requested, "f", choices=offered)
    accept = request.headers.get("accept", "*/*")
    if accept == "*/*":
        return offered[0]
    return _best_form(accept[:_LONGEST_ACCEPT], tuple(offered))


@lru_cache(maxsize=256)
def _best_form(accept: str, offered: tuple[str, ...]) -> str:
    """Return the form that an Accept header wants most: clients send the same one each time."""
    return max(offered, key=lambda form: quality(accept, MEDIA_TYPES[form]))


def quality(accept: str, media_type: str) -> float:
    """Return how much an Accept header wants a media type: 0 to 1, by its closest range."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    found: dict[str, float] = {}
    for item in accept[:_LONGEST_ACCEPT].split(","):
        name, *options = (part.strip().lower() for part in item.split(";"))
        found[name] = min((_weight(option) for option in options), default=1.0)
    return next((found[name] for name in ranges if name in found), 0.0)


def _weight(option: str) -> float:
    name, _, value = option.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
