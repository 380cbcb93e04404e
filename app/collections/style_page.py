"""The page on which staff choose how a collection is drawn, with a preview of it."""

from dataclasses import asdict
from typing import Any, Final

import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.map_page.gather_values import IMPORTS, NEEDED_PACKAGES
from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, path_of, render
from zones.drawing.class_breaks import FEWEST, MOST, figures, suited_categories
from zones.drawing.class_palettes import RAMPS
from zones.drawing.staff_layer_style import usual_style
from zones.map_page.layer_list import drawn_from_tiles
from zones.map_page.leaflet_path_options import leaflet_looks
from zones.map_page.values import json_block
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.uncertainty_circles import CIRCLE_BEYOND_M

WORDS: Final = "style-"


def style_page(request: Request, snapshot: Snapshot, lang: Lang, collection_id: str) -> Response:
    """Return the page; of a layer of the plan it says that its look is fixed."""
    collection = snapshot.collection(collection_id)
    assets = assets_of(request)
    if NEEDED_PACKAGES & set(assets.missing):
        return missing_page(request, lang, current="data")
    info = collection.info
    titles = {field.name: field.title for field in info.fields}
    names = dict.fromkeys(name for row in collection.properties for name in row)
    imports = {name: path_of(request, assets.url(file)) for name, file in IMPORTS.items()}
    context = {
        "data": Markup(json_block(_page_data(request, snapshot, lang, collection))),  # noqa: S704 - no "<" in it
        "import_map": Markup(json_block({"imports": imports})),  # noqa: S704 - no "<" in it
        "collection": {"id": info.id, "title": (lang == "en" and info.title_en) or info.title},
        "is_fixed": info.part_of_plan,
        "properties": [(name, titles.get(name) or name) for name in names],
        "fewest": FEWEST,
        "most": MOST,
        "ramps": list(RAMPS),
    }
    html = render(request, "style.html", context, lang=lang, current="data")
    return page_response(html, snapshot.revision)


def _page_data(
    request: Request, snapshot: Snapshot, lang: Lang, collection: Collection
) -> dict[str, Any]:
    """Return what the scripts of the page read: the style as it is, and where features are."""
    info = collection.info
    below = path_of(request, f"/collections/{info.id}")
    data = plan_page_data(request, snapshot, lang, prefix=WORDS)
    return data | {
        "looks": leaflet_looks(),
        "circle_beyond_m": CIRCLE_BEYOND_M,
        "not_drawn": [],
        "element_of": {},
        "layer": asdict(drawn_from_tiles(collection, f"{below}/tiles/WebMercatorQuad")),
        "usual": asdict(usual_style(info)),
        "style": orjson.loads(info.style) if info.style else None,
        "suited": {"categories": suited_categories(collection), "graduated": figures(collection)},
        "urls": {**data["urls"], "collection": below, "classes": f"{below}/classes"},
    }
