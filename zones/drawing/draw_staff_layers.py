"""How features of collections that staff added are drawn: the finer the more there are."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import shapely

from zones.drawing.draw_plan_layers import Stroke, Subject, circle
from zones.drawing.model import Style
from zones.drawing.staff_layer_style import Symbology, as_dot

_DASH_OF_CIRCLE: Final = (5.0, 4.0)


def own_strokes(
    subjects: list[Subject], symbology: Symbology, spacing_px: float
) -> Iterator[Stroke]:
    """Return how features of one collection are drawn.

    Parameters
    ----------
    spacing_px
        How far the features are apart, about, in pixels of the screen: strokes and dots are the
        finer the more there are, or they would hide the ground.
    """
    fine: dict[tuple[int, int], Style] = {}
    dimensions = shapely.get_dimensions([subject.geometry for subject in subjects])
    for subject, dimension in zip(subjects, dimensions.tolist(), strict=True):
        style = symbology.style_of(subject.properties)
        disc = circle(subject.geometry, subject.properties) if dimension == 0 else None
        key = (id(style), 2 if disc is not None else dimension)
        if key not in fine:
            fine[key] = refined(style, key[1], spacing_px)
        drawn = fine[key] if disc is None else replace(fine[key], dash=_DASH_OF_CIRCLE)
        geometry = subject.geometry if disc is None else disc
        yield Stroke("own", drawn, geometry, subject.collection.info.id, subject.fid)


def refined(style: Style, dimension: int, spacing: float) -> Style:
    """Return the style for points, lines or areas that are so many pixels apart."""
    if dimension == 0:
        radius = min(style.radius, max(1.5, spacing / 3))
        dot = as_dot(style)
        return replace(dot, radius=radius, stroke_width=min(dot.stroke_width, radius / 3))
    if dimension == 1:
        width = min(style.stroke_width, max(0.5, spacing / 10))
        return replace(style, fill=None, hatch=None, stroke_width=width)
    return replace(style, stroke_width=min(style.stroke_width, max(0.1, spacing / 10)))
