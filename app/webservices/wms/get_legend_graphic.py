"""GetLegendGraphic: what the signs of a layer stand for, as a picture."""

from typing import Final

from starlette.responses import Response

from app.http.fault_status import RequestError
from app.http.responses import data_response
from app.map_images.layer_list import STYLES, collections_shown
from app.map_images.picture_request import MEDIA_TYPES, WHITE, colour
from app.webservices.key_value_pairs import SHOWN, KeyValues
from app.webservices.wms.bbox_crs_size import symbol_scale_of
from app.webservices.wms.get_map_query import form_named, layers_named
from zones.drawing import legend_picture
from zones.drawing.legend_entries import LegendEntry, legend_entries
from zones.drawing.raster_engine import picture
from zones.drawing.svg import svg_text
from zones.messages import Lang
from zones.snapshot.model import Snapshot

LEGEND_FORMS: Final = ("image/png", "image/jpeg", "image/svg+xml")


def legend_answer(kvp: KeyValues, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the legend of a layer, or of several in a list.

    Raises
    ------
    RequestError
    """
    named = kvp.get("layer", "layers") or kvp.required("LAYER")
    layers = layers_named(named, "LAYER", snapshot)
    style = kvp.get("style") or ""
    if style and style not in STYLES:
        known = ", ".join(STYLES)
        raise RequestError("wms-style", loc=("query", "STYLE"), given=style[:SHOWN], known=known)
    form = form_named(kvp.get("format") or "image/png", "FORMAT")
    is_transparent = (kvp.get("transparent") or "").upper() == "TRUE" and form != "jpeg"
    ground = colour(kvp.get("bgcolor") or WHITE, "BGCOLOR")
    drawing = legend_picture.legend_drawing(
        _entries(layers, snapshot, lang),
        scale=symbol_scale_of(kvp),
        background=None if is_transparent else ground,
    )
    body = svg_text(drawing).encode() if form == "svg" else picture(drawing, form, ground=ground)
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[form])


def legend_size(layer: str, snapshot: Snapshot, lang: Lang) -> tuple[int, int]:
    """Return width and height of a layer's legend in pixels."""
    return legend_picture.legend_size(_entries((layer,), snapshot, lang))


def _entries(layers: tuple[str, ...], snapshot: Snapshot, lang: Lang) -> list[LegendEntry]:
    return legend_entries(snapshot, collections_shown(snapshot, layers), lang)
