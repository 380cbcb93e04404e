"""The page that tells where a point lies, or all points of a table that is dropped on it."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, render
from zones.crs.transform import CRS
from zones.map_page.values import json_block
from zones.messages import Lang, say
from zones.snapshot.model import Snapshot

NEEDED_PACKAGES = frozenset({"leaflet", "proj4"})
WORDS = "points-"
OFFERED = (
    CRS.EPSG_4490,
    CRS.GCJ02,
    CRS.BD09,
    CRS.EPSG_4550,
    CRS.EPSG_4529,
    CRS.EPSG_3857,
    CRS.CRS84,
)
"""Reference systems to choose from, the likeliest first."""


def locate_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the page, or the page that says what it lacks; its scripts ask for the answers."""
    if NEEDED_PACKAGES & set(assets_of(request).missing):
        return missing_page(request, lang, current="locate")
    context = {
        "data": Markup(json_block(plan_page_data(request, snapshot, lang, prefix=WORDS))),  # noqa: S704 - no "<" in it
        "systems": systems(lang),
    }
    html = render(request, "locate.html", context, lang=lang, current="locate")
    return page_response(html, snapshot.revision)


def systems(lang: Lang) -> list[tuple[str, str]]:
    """Return the reference systems that may be chosen: what a request calls them, and a title."""
    return [
        (crs.key, say(f"points-system-{crs.key.lower().replace(':', '-')}", lang).message)
        for crs in OFFERED
    ]
