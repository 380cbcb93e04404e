"""One element of the plan made to stand out: it is outlined, and what is not in it recedes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import shapely

from zones.drawing.draw_plan_layers import Stroke, Subject
from zones.drawing.model import Style
from zones.drawing.plan_element_colours import PAPER
from zones.drawing.plan_layer_style import LOOKS

_VEIL: Final = Style(fill=PAPER, fill_opacity=0.5)
_AROUND_DEG: Final = 3.0
"""How far round the element the veil reaches; it is cut to the view."""
_EDGE: Final = Style(stroke="#2a2622", stroke_width=3.2)


def highlight_strokes(subjects: Sequence[Subject]) -> list[Stroke]:
    """Return what is drawn over the zones so that these features of one element stand out."""
    if not subjects:
        return []
    ground = shapely.union_all([subject.geometry for subject in subjects])
    first = subjects[0]
    id_ = first.collection.info.id
    if shapely.get_dimensions(ground) < 2:  # noqa: PLR2004 - a line hides nothing
        known = first.element_style
        colour = known.line if known else "#2a2622"
        glow = Style(stroke=colour, stroke_width=16, stroke_opacity=0.28)
        return [Stroke("selection", glow, ground, id_, first.fid)]
    west, south, east, north = ground.bounds
    around = shapely.box(
        west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG
    )
    veil = shapely.difference(around, ground)
    edge = replace(_EDGE, dash=LOOKS["belt"].dash) if id_ == "belts" else _EDGE
    return [
        Stroke("selection", _VEIL, veil, id_, first.fid),
        Stroke("selection", edge, ground, id_, first.fid),
    ]
