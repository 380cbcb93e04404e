"""What the scripts of a page read that shows the plan on a map beside something else."""

from typing import Any

from starlette.requests import Request

from app.pages.frame import path_of
from zones.drawing.plan_element_colours import FILL_OPACITY
from zones.map_page.layer_list import district_bbox, map_elements, place_names
from zones.map_page.values import element_json, page_words
from zones.messages import Lang
from zones.snapshot.model import Snapshot

PATHS = {
    "locate": "/locate",
    "describe": "/locate/describe",
    "plan": "/plan",
    "map": "/map",
    "imports": "/imports",
    "collections": "/collections",
    "zones": "/collections/zones/items",
    "axes": "/collections/axes/items",
}


def plan_page_data(
    request: Request, snapshot: Snapshot, lang: Lang, *, prefix: str
) -> dict[str, Any]:
    """Return elements, addresses and words; ``prefix`` begins those that are the page's own."""
    own = {f"{prefix}{code}": words for code, words in page_words(lang, prefix).items()}
    return {
        "lang": lang,
        "revision": snapshot.revision,
        "revision_pinned": None,
        "bbox": list(district_bbox(snapshot)),
        "fill_opacity": FILL_OPACITY,
        "elements": [element_json(each) for each in map_elements(snapshot, lang)],
        "names": dict(place_names(snapshot, lang)),
        "urls": {name: path_of(request, path) for name, path in PATHS.items()},
        "words": page_words(lang) | own,
    }
