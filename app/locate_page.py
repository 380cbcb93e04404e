"""The page that tells where a point lies, or all points of a table that is dropped on it."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.page_frame import assets_of, missing_page, page_response, path_of, render
from zones.crs import CRS
from zones.mapping.layers import district_bbox, map_elements, place_names
from zones.mapping.page import json_block, page_words
from zones.mapping.style import FILL_OPACITY
from zones.messages import Lang, say
from zones.snapshot import Snapshot

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
        "data": Markup(json_block(page_data(request, snapshot, lang))),  # noqa: S704 - no "<" in it
        "systems": systems(lang),
    }
    html = render(request, "locate.html", context, lang=lang, current="locate")
    return page_response(html, snapshot.revision)


def page_data(request: Request, snapshot: Snapshot, lang: Lang) -> dict[str, object]:
    """Return what the page's scripts read."""
    elements = [
        {"id": each.id, "type": each.type, "order": each.order, "name": each.name}
        | {"short": each.label, "colour": each.style.colour, "line": each.style.line}
        for each in map_elements(snapshot, lang)
    ]
    paths = {
        "locate": "/locate",
        "plan": "/plan",
        "map": "/map",
        "zones": "/collections/zones/items",
        "axes": "/collections/axes/items",
    }
    own = {f"{WORDS}{code}": words for code, words in page_words(lang, WORDS).items()}
    return {
        "lang": lang,
        "revision": snapshot.revision,
        "revision_pinned": None,
        "bbox": list(district_bbox(snapshot)),
        "fill_opacity": FILL_OPACITY,
        "elements": elements,
        "names": dict(place_names(snapshot, lang)),
        "urls": {name: path_of(request, path) for name, path in paths.items()},
        "words": page_words(lang) | own,
    }


def systems(lang: Lang) -> list[tuple[str, str]]:
    """Return the reference systems that may be chosen: what a request calls them, and a title."""
    return [
        (crs.key, say(f"points-system-{crs.key.lower().replace(':', '-')}", lang).message)
        for crs in OFFERED
    ]
