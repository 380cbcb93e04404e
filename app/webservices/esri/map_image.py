"""``/MapServer/export``: pictures for clients of ArcGIS that show no features."""

import math
from collections.abc import Mapping
from typing import Any, Final

from app.http import parameters
from app.http.fault_status import RequestError
from app.map_images.layer_list import (
    DEFAULT,
    PLAN,
    STYLES,
    UNLABELLED,
    collection_layer,
    plan_layer,
)
from app.map_images.picture_request import (
    HIGHEST_DPI,
    LONGEST_SIDE,
    LOWEST_DPI,
    MEDIA_TYPES,
    SCREEN_DPI,
    Form,
    Picture,
    usual_ground,
)
from app.webservices.esri.map_layers import MapServiceLayer, collections_drawn, map_layers
from app.webservices.esri.query import SHOWN, is_true
from zones.crs.transform import CRS, STORAGE, from_storage_xy, to_storage_xy
from zones.drawing.model import Bounds, Viewport
from zones.esri.geometry_json import crs_of, spatial_reference
from zones.messages import Lang
from zones.snapshot.model import Snapshot

JSONObject = dict[str, Any]

FORMS: Final[dict[str, Form]] = {
    "png": "png",
    "png8": "png",
    "png24": "png24",
    "png32": "png24",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "svg": "svg",
}
REFUSED: Final = ("layerDefs", "dynamicLayers", "time", "layerTimeOptions", "rotation", "clipping")
"""What would change the picture and is not done."""
_HARMLESS: Final = frozenset({"", "{}", "[]", "0", "null"})
_USUAL_SIZE: Final = "400,400"
_BOX, _PAIR = 4, 2


def map_service_document(name: str, snapshot: Snapshot, lang: Lang) -> JSONObject:
    """Return what the service of a layer's pictures says of itself.

    Raises
    ------
    UnknownCollectionError
    """
    layer = (
        plan_layer(snapshot, lang)
        if name == PLAN
        else collection_layer(snapshot.collection(name), lang)
    )
    extent = layer.extent and _extent(layer.extent, STORAGE)
    return {
        "currentVersion": 10.91,
        "serviceDescription": layer.about,
        "mapName": layer.title,
        "description": layer.about,
        "copyrightText": "",
        "supportsDynamicLayers": False,
        "layers": [_entry(each, lang) for each in map_layers(name, snapshot)],
        "tables": [],
        "spatialReference": spatial_reference(STORAGE),
        "singleFusedMapCache": False,
        "initialExtent": extent,
        "fullExtent": extent,
        "units": "esriDecimalDegrees",
        "supportedImageFormatTypes": "PNG32,PNG24,PNG,JPG,SVG",
        "documentInfo": {"Title": layer.title},
        "capabilities": "Map,Query,Data",
        "exportTilesAllowed": False,
        "maxImageHeight": LONGEST_SIDE,
        "maxImageWidth": LONGEST_SIDE,
        "supportedExtensions": "",
    }


def _entry(each: MapServiceLayer, lang: Lang) -> JSONObject:
    return {
        "id": each.number,
        "name": each.title(lang),
        "parentLayerId": -1,
        "defaultVisibility": True,
        "subLayerIds": None,
        "minScale": 0,
        "maxScale": 0,
        "type": "Feature Layer",
        "geometryType": each.layer.geometry_type,
    }


def exported(query: Mapping[str, str], name: str, snapshot: Snapshot, lang: Lang) -> Picture:
    """Return the picture that ``export`` asks for.

    The box is widened to the picture's proportions, as ArcGIS Server does.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    for refused in REFUSED:
        if query.get(refused, "").strip().lower() not in _HARMLESS:
            raise RequestError("esri-parameter", loc=("query", refused), name=refused)
    box_crs = crs_of(query.get("bboxSR") or str(STORAGE))
    image_crs = crs_of(query.get("imageSR") or query.get("bboxSR") or str(STORAGE))
    width, height = _size(query.get("size") or _USUAL_SIZE)
    box = _in_crs(_box(query.get("bbox", "")), box_crs, image_crs)
    form = FORMS.get((query.get("format") or "png").lower())
    if form is None:
        shown, known = query["format"][:SHOWN], ", ".join(FORMS)
        raise RequestError("wms-format", loc=("query", "format"), given=shown, known=known)
    view = Viewport(image_crs, _widened(box, width / height), width, height, _scale(query))
    is_transparent = is_true(query.get("transparent", "")) and form != "jpeg"
    style = parameters.choice(query.get("style") or DEFAULT, "style", choices=STYLES)
    chosen = query.get("layers", "").strip()
    layers = map_layers(name, snapshot)
    return Picture(
        collections_drawn(layers, chosen) if chosen else (name,),
        view,
        form,
        lang,
        is_labelled=style != UNLABELLED,
        background=None if is_transparent else usual_ground((name,)),
        is_stacked=False,
    )


def export_json(picture: Picture, href: str) -> JSONObject:
    """Return what ``f=json`` tells of a picture: where it is, and what it shows."""
    view = picture.viewport
    return {
        "href": href,
        "width": int(view.width_px),
        "height": int(view.height_px),
        "extent": _extent(view.bounds, view.crs),
        "scale": view.pixel_m * SCREEN_DPI * view.symbol_scale / 0.0254,
        "contentType": MEDIA_TYPES[picture.form],
    }


def _extent(bounds: Bounds, crs: CRS) -> JSONObject:
    sides = dict(zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True))
    return {**sides, "spatialReference": spatial_reference(crs)}


def _box(text: str) -> Bounds:
    numbers = [parameters.number(part, "bbox") for part in text[:500].split(",")]
    if len(numbers) != _BOX:
        raise RequestError("bbox-count", loc=("query", "bbox"), count=len(numbers))
    west, south, east, north = numbers
    if west >= east or south >= north:
        raise RequestError("wms-bbox-order", loc=("query", "bbox"), given=text[:SHOWN])
    return west, south, east, north


def _size(text: str) -> tuple[int, int]:
    parts = text[:SHOWN].split(",")
    if len(parts) != _PAIR:
        raise RequestError("esri-size", loc=("query", "size"), given=text[:SHOWN])
    width, height = (
        parameters.whole_number(part, "size", low=1, high=LONGEST_SIDE) for part in parts
    )
    return width, height


def _scale(query: Mapping[str, str]) -> float:
    text = query.get("dpi")
    if not text:
        return 1.0
    dpi = parameters.number(text, "dpi")
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        loc, shown = ("query", "dpi"), text[:SHOWN]
        raise RequestError("image-dpi", loc=loc, given=shown, low=LOWEST_DPI, high=HIGHEST_DPI)
    return dpi / SCREEN_DPI


def _in_crs(box: Bounds, box_crs: CRS, crs: CRS) -> Bounds:
    if box_crs is crs:
        return box
    corners = [
        from_storage_xy(*to_storage_xy(x, y, box_crs), crs)
        for x in (box[0], box[2])
        for y in (box[1], box[3])
    ]
    x, y = zip(*corners, strict=True)
    bounds = min(x), min(y), max(x), max(y)
    if not all(map(math.isfinite, bounds)) or bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        raise RequestError("map-box-empty", loc=("query", "bbox"), given=f"{box}"[:SHOWN])
    return bounds


def _widened(box: Bounds, proportion: float) -> Bounds:
    """Return the box, wider or higher about its middle so that pixels are square."""
    width, height = box[2] - box[0], box[3] - box[1]
    room_x = max(0.0, height * proportion - width) / 2
    room_y = max(0.0, width / proportion - height) / 2
    return box[0] - room_x, box[1] - room_y, box[2] + room_x, box[3] + room_y
