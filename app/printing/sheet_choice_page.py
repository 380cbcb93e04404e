"""The page on which a sheet is chosen: its preview, and its frame on the map."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, path_of, render
from zones.drawing.visible_features import is_shown
from zones.map_page.values import json_block
from zones.messages import Lang
from zones.printing.map_view import CONFLICTS
from zones.printing.sheet_options import AppendixTable, Grid, Look, Size
from zones.snapshot.model import Snapshot

NEEDED_PACKAGES = frozenset({"leaflet", "proj4"})
WORDS = "printing-"
USUAL_SCALES = (5_000, 10_000, 20_000, 25_000, 50_000, 100_000)


def choice_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the page, or the page that says what it lacks."""
    if NEEDED_PACKAGES & set(assets_of(request).missing):
        return missing_page(request, lang, current="map")
    data = plan_page_data(request, snapshot, lang, prefix=WORDS)
    data["urls"] = {**data["urls"], "sheet": path_of(request, "/map/sheet")}
    context = {
        "data": Markup(json_block(data)),  # noqa: S704 - no "<" in it
        "sizes": [size.name for size in Size],
        "elements": [
            (each.id, each.name_en if lang == "en" else each.name)
            for each in snapshot.plan.elements
        ],
        "layers": _layers(snapshot, lang),
        "looks": [look.value for look in Look],
        "grids": [grid.value for grid in Grid],
        "tables": [table.value for table in AppendixTable],
        "scales": USUAL_SCALES,
    }
    html = render(request, "print.html", context, lang=lang, current="print")
    return page_response(html, snapshot.revision)


def _layers(snapshot: Snapshot, lang: Lang) -> list[tuple[str, str, bool]]:
    """Return each collection's id and title, and whether sheets show it unless told otherwise."""
    infos = [snapshot.info(id_) for id_ in snapshot.collections]
    return [
        (
            info.id,
            (info.title_en if lang == "en" else info.title) or info.id,
            is_shown(info) or info.id == CONFLICTS,
        )
        for info in infos
    ]
