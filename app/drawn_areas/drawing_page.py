"""The page on which an area is drawn or pasted."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, path_of, render
from app.pages.locate import NEEDED_PACKAGES, systems
from zones.map_page.values import json_block
from zones.messages import Lang
from zones.snapshot.model import Snapshot

WORDS = "sketch-"


def sketch_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the page, or the page that says what it lacks; its scripts ask for the answers."""
    if NEEDED_PACKAGES & set(assets_of(request).missing):
        return missing_page(request, lang, current="sketch")
    data = plan_page_data(request, snapshot, lang, prefix=WORDS)
    data["urls"] = {**data["urls"], "attribution": path_of(request, "/plan/attribution")}
    context = {
        "data": Markup(json_block(data)),  # noqa: S704 - no "<" in it
        "systems": systems(lang),
    }
    html = render(request, "sketch.html", context, lang=lang, current="sketch")
    return page_response(html, snapshot.revision)
