"""``/MapServer/legend``: what the signs of each layer stand for, each a picture of its own."""

from base64 import b64encode
from hashlib import sha256
from typing import Any, Final

from app.webservices.esri.map_layers import MapServiceLayer, map_layers
from zones.drawing.legend_entries import LegendEntry, legend_entries
from zones.drawing.legend_picture import sign_drawing
from zones.drawing.raster_engine import picture
from zones.messages import Lang
from zones.snapshot.model import Snapshot

JSONObject = dict[str, Any]

_KINDS: Final = {"polygon": "area", "line": "line", "point": "point"}


def legend_document(name: str, snapshot: Snapshot, lang: Lang) -> JSONObject:
    """Return the legend of the layers of a service.

    Raises
    ------
    UnknownCollectionError
    """
    layers = map_layers(name, snapshot)
    return {"layers": [_layer(each, snapshot, lang) for each in layers]}


def _layer(each: MapServiceLayer, snapshot: Snapshot, lang: Lang) -> JSONObject:
    entries = legend_entries(snapshot, [each.collection.info.id], lang)
    signs = [entry for entry in entries if entry.styles]
    # Of a collection of several kinds, each layer has its own; a disc of a place is a sign too.
    own = [entry for entry in signs if entry.kind == _KINDS[each.layer.kind]] or signs
    return {
        "layerId": each.number,
        "layerName": each.title(lang),
        "layerType": "Feature Layer",
        "minScale": 0,
        "maxScale": 0,
        "legend": [_sign(entry) for entry in own],
    }


def _sign(entry: LegendEntry) -> JSONObject:
    drawing = sign_drawing(entry)
    data = picture(drawing, "png24")
    return {
        "label": entry.title,
        "url": sha256(data).hexdigest()[:32],
        "imageData": b64encode(data).decode(),
        "contentType": "image/png",
        "width": int(drawing.viewport.width_px),
        "height": int(drawing.viewport.height_px),
    }
