"""How a layer is drawn, in Esri's words: as our own maps draw the collection."""

from collections.abc import Sequence
from math import inf, nextafter
from sys import float_info
from typing import Any, Final

from app.webservices.esri.layers import GeometryLayer
from zones.drawing.draw_plan_layers import is_plan_layer
from zones.drawing.model import Style
from zones.drawing.plan_element_colours import ELEMENT_STYLES, FILL_OPACITY
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.staff_layer_style import Symbology, as_dot, symbology_of
from zones.esri.field_types import EsriFields
from zones.snapshot.collection import Collection

JSONObject = dict[str, Any]

POINTS_OF_PIXEL: Final = 0.75
_STATUSES: Final = ("planned", "upgrade", "existing")
_PLAIN: Final = {
    "belt_lines": "belt-line",
    "subdistricts": "subdistrict",
    "disputes": "dispute",
    "district": "district-line",
    "basemap": "water",
}
"""Looks of the plan's collections that are drawn alike throughout."""
_PLACED: Final = {
    "polygon": "esriServerPolygonPlacementAlwaysHorizontal",
    "line": "esriServerLinePlacementAboveAlong",
    "point": "esriServerPointLabelPlacementAboveRight",
}


def drawing_info(collection: Collection, layer: GeometryLayer, fields: EsriFields) -> JSONObject:
    """Return renderer and labels of a layer."""
    if is_plan_layer(collection.info.id):
        renderer, label = _plan_renderer(collection, layer.kind, fields), fields.display
        return {"renderer": renderer, "labelingInfo": _labels(label, layer.kind)}
    symbology = symbology_of(collection.info)
    label = fields.display if symbology.label is None else symbology.label
    named = fields.find(label)
    return {
        "renderer": _renderer(symbology, layer.kind, fields),
        "labelingInfo": _labels(named.name, layer.kind) if named else [],
    }


def _plan_renderer(collection: Collection, kind: str, fields: EsriFields) -> JSONObject:
    """Return the renderer of a collection of the plan, by its elements or by what they become."""
    elements = [fid for fid in collection.fids if fid in ELEMENT_STYLES]
    if elements:
        signs = [(fid, ELEMENT_STYLES[fid].short, _element(fid)) for fid in elements]
        name = "id" if "id" in fields.by_name else fields.display
        return _by_value(name, signs, Style(fill="#555555", stroke="#555555"), kind)
    if collection.info.id == "sites" and fields.find("status"):
        signs = [(each, each, LOOKS[f"site-{each}"]) for each in _STATUSES]
        return _by_value("status", signs, LOOKS["site-existing"], kind)
    look = _PLAIN.get(collection.info.id, "own")
    return _simple(LOOKS[look], kind)


def _element(fid: str) -> Style:
    shade = ELEMENT_STYLES[fid]
    return Style(fill=shade.colour, fill_opacity=FILL_OPACITY, stroke=shade.line, stroke_width=1.8)


def _renderer(symbology: Symbology, kind: str, fields: EsriFields) -> JSONObject:
    field = fields.find(symbology.property)
    if symbology.kind == "single" or field is None:
        return _simple(symbology.otherwise, kind)
    if symbology.kind == "categories":
        signs = [
            (v, each.title or v, each.style) for each in symbology.classes for v in each.values
        ]
        return _by_value(field.name, signs, symbology.otherwise, kind)
    return {
        "type": "classBreaks",
        "field": field.name,
        "minValue": -float_info.max,
        "defaultSymbol": _symbol(symbology.otherwise, kind),
        "classBreakInfos": [
            {
                # An upper bound belongs to Esri's class, and not to ours.
                "classMaxValue": float_info.max
                if each.below is None
                else nextafter(each.below, -inf),
                "label": each.title or ("" if each.below is None else f"< {each.below:g}"),
                "symbol": _symbol(each.style, kind),
            }
            for each in symbology.classes
        ],
    }


def _simple(style: Style, kind: str) -> JSONObject:
    return {"type": "simple", "symbol": _symbol(style, kind), "label": "", "description": ""}


def _by_value(
    field: str, signs: Sequence[tuple[str, str, Style]], otherwise: Style, kind: str
) -> JSONObject:
    return {
        "type": "uniqueValue",
        "field1": field,
        "defaultSymbol": _symbol(otherwise, kind),
        "uniqueValueInfos": [
            {"value": value, "label": label, "symbol": _symbol(style, kind)}
            for value, label, style in signs
        ],
    }


def _labels(field: str, kind: str) -> list[JSONObject]:
    symbol = {
        "type": "esriTS",
        "color": [40, 40, 40, 255],
        "haloColor": [255, 255, 255, 255],
        "haloSize": 1,
        "font": {"family": "Arial", "size": 10},
    }
    placed = {"labelExpression": f"[{field}]", "labelPlacement": _PLACED[kind], "symbol": symbol}
    return [placed]


def _symbol(style: Style, kind: str) -> JSONObject:
    if kind == "line":
        return _line(style)
    if kind == "point":
        dot = style if style.fill and style.fill_opacity > FILL_OPACITY else as_dot(style)
        return {
            "type": "esriSMS",
            "style": "esriSMSCircle",
            "color": _rgba(dot.fill, dot.fill_opacity),
            "size": 2 * dot.radius * POINTS_OF_PIXEL,
            "outline": _line(dot),
        }
    filled = "esriSFSForwardDiagonal" if style.hatch else "esriSFSSolid"
    colour = style.hatch or style.fill
    return {
        "type": "esriSFS",
        "style": filled if colour else "esriSFSNull",
        "color": _rgba(colour, style.fill_opacity),
        "outline": _line(style),
    }


def _line(style: Style) -> JSONObject:
    dashed = "esriSLSDash" if style.dash else "esriSLSSolid"
    return {
        "type": "esriSLS",
        "style": dashed if style.stroke else "esriSLSNull",
        "color": _rgba(style.stroke, style.stroke_opacity),
        "width": style.stroke_width * POINTS_OF_PIXEL,
    }


def _rgba(colour: str | None, opacity: float) -> list[int]:
    return [*bytes.fromhex(colour[1:7]), round(255 * opacity)] if colour else [0, 0, 0, 0]
