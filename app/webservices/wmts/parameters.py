"""Which tile is asked for, however it is asked."""

import re
from typing import Final

from app.http.fault_status import RequestError
from app.map_images.layer_list import PLAN, STYLES, UNLABELLED, is_layer
from app.map_images.metatiles import TileKind
from app.webservices.key_value_pairs import SHOWN, KeyValues
from zones.drawing.raster_encode import Form
from zones.messages import Lang
from zones.snapshot.model import Snapshot
from zones.tiles import (
    CGCS2000_QUAD,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    WORLD_CRS84_QUAD,
    Tile,
    TileMatrixSet,
)

SETS: Final = (WORLD_CRS84_QUAD, CGCS2000_QUAD, WEB_MERCATOR_QUAD)
"""In the order of the capabilities. OpenLayers takes the first set in the system of its view, and
reads EPSG:4490, which it does not know, with the axes the wrong way: the same tiles as CRS84
come first."""
FORMS: Final[dict[str, Form]] = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/webp": "webp",
}
SUFFIXES: Final[dict[str, str]] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
_DIGITS: Final = re.compile(r"[0-9]{1,10}")


def tile_of(kvp: KeyValues) -> Tile:
    """Return the tile.

    Raises
    ------
    RequestError
        ``ows-parameter-missing``, ``wmts-set``, ``wmts-number``.
    TileOutOfRangeError
    """
    name = kvp.required("TileMatrixSet")
    tms = TILE_MATRIX_SETS.get(name)
    if tms is None:
        loc = ("query", "TileMatrixSet")
        known = ", ".join(each.id for each in SETS)
        raise RequestError("wmts-set", loc=loc, given=name[:SHOWN], known=known)
    zoom = _number(kvp, "TileMatrix", tms)
    row, column = (_number(kvp, name, tms) for name in ("TileRow", "TileCol"))
    return tms.tile(zoom, row, column)


def _number(kvp: KeyValues, name: str, tms: TileMatrixSet) -> int:
    text = kvp.required(name)
    # Some clients write a matrix as they find it in other services: ``EPSG:4490:7``.
    digits = text.rpartition(":")[2] if name == "TileMatrix" else text
    if not _DIGITS.fullmatch(digits):
        raise RequestError(
            "wmts-number", loc=("query", name), name=name, given=text[:SHOWN], tms=tms.id
        )
    return int(digits)


def kind_of(kvp: KeyValues, snapshot: Snapshot, lang: Lang) -> TileKind:
    """Return what the tile shows.

    Raises
    ------
    RequestError
        ``wms-layer``, ``wms-style``, ``wms-format``.
    """
    layer = layer_named(kvp.required("Layer"), snapshot)
    style = kvp.get("style") or ""
    if style and style not in STYLES:
        loc, known = ("query", "Style"), ", ".join(STYLES)
        raise RequestError("wms-style", loc=loc, given=style[:SHOWN], known=known)
    name = (kvp.get("format") or "image/png").strip().lower()
    form = FORMS.get(name)
    if form is None:
        loc, known = ("query", "Format"), ", ".join(FORMS)
        raise RequestError("wms-format", loc=loc, given=name[:SHOWN], known=known)
    return TileKind(layer, form, lang, is_labelled=style != UNLABELLED)


def layer_named(name: str, snapshot: Snapshot) -> str:
    """Return a layer's name if there is one.

    Raises
    ------
    RequestError
        ``wms-layer``.
    """
    if not is_layer(name, snapshot):
        known = ", ".join((PLAN, *snapshot.collections))[:1000]
        raise RequestError("wms-layer", loc=("query", "Layer"), given=name[:SHOWN], known=known)
    return name
