"""The looks of drawings as options of Leaflet's paths, so that the screen has the same ones."""

from typing import Any

from zones.drawing.model import Style
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.staff_layer_style import symbology_of
from zones.model import CollectionInfo
from zones.properties.titles_and_codes import FieldWords

_HATCH_FILL = "url(#hatch)"
"""The pattern that the map's script puts into the page."""


def leaflet_looks() -> dict[str, dict[str, Any]]:
    """Return the options of each of the plan's looks by its name."""
    return {name: leaflet_options(style) for name, style in LOOKS.items()}


def leaflet_symbology(info: CollectionInfo) -> dict[str, Any] | None:
    """Return how the map's script draws a collection that staff styled; None of any other."""
    if not info.style:
        return None
    symbology = symbology_of(info)
    return {
        "kind": symbology.kind,
        "property": symbology.property,
        "look": leaflet_options(symbology.otherwise),
        "label": symbology.label,
        "label_texts": FieldWords(info).texts(symbology.label or ""),
        "classes": [
            {
                "values": list(each.values),
                "below": each.below,
                "title": each.title,
                "look": leaflet_options(each.style),
            }
            for each in symbology.classes
        ],
    }


def leaflet_options(style: Style) -> dict[str, Any]:
    """Return a style as Leaflet's options; what is as Leaflet has it anyway is left out."""
    options: dict[str, Any] = {}
    if style.stroke:
        options |= {"color": style.stroke, "weight": style.stroke_width}
        if style.stroke_opacity < 1:
            options["opacity"] = style.stroke_opacity
        if style.dash:
            options["dashArray"] = " ".join(f"{part:g}" for part in style.dash)
        if style.cap != "round":
            options["lineCap"] = style.cap
    else:
        options["stroke"] = False
    if style.fill or style.hatch:
        options["fillColor"] = _HATCH_FILL if style.hatch else style.fill
        options["fillOpacity"] = style.fill_opacity
        if style.fill and style.stroke:
            options["radius"] = style.radius
    else:
        options["fill"] = False
    return options
