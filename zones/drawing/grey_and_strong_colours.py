"""A drawing in other colours: greys for cheap printers, stronger ones for projectors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from zones.drawing.model import Drawing, LabelStyle, Style
from zones.drawing.plan_element_colours import ELEMENT_STYLES, ZONE_GREYS

Recolour = Callable[[str], str]

_GREYS_OF_ZONES: Final = {
    ELEMENT_STYLES[id_].colour.lower(): chosen for id_, chosen in ZONE_GREYS.items()
}


def grey(colour: str) -> str:
    """Return the grey that is as light as a colour to the eye (Rec. 709); of a zone its own."""
    if (chosen := _GREYS_OF_ZONES.get(colour.lower())) is not None:
        return chosen
    red, green, blue = _parts(colour)
    level = round(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return f"#{level:02x}{level:02x}{level:02x}"


def strong(colour: str) -> str:
    """Return a colour with half as much again of what sets it apart from grey.

    Projectors in bright rooms wash colours out.
    """
    parts = _parts(colour)
    middle = sum(parts) / 3
    red, green, blue = (min(255, max(0, round(middle + 1.5 * (part - middle)))) for part in parts)
    return f"#{red:02x}{green:02x}{blue:02x}"


def recoloured(drawing: Drawing, recolour: Recolour) -> Drawing:
    """Return the drawing with every colour changed."""
    return replace(
        drawing,
        shapes=tuple(
            replace(shape, style=recoloured_style(shape.style, recolour))
            for shape in drawing.shapes
        ),
        labels=tuple(
            replace(label, style=_letters(label.style, recolour)) for label in drawing.labels
        ),
        background=drawing.background and recolour(drawing.background),
    )


def recoloured_style(style: Style, recolour: Recolour) -> Style:
    """Return a style with every colour changed."""
    return replace(
        style,
        fill=style.fill and recolour(style.fill),
        stroke=style.stroke and recolour(style.stroke),
        hatch=style.hatch and recolour(style.hatch),
    )


def _letters(style: LabelStyle, recolour: Recolour) -> LabelStyle:
    return replace(
        style,
        colour=recolour(style.colour),
        halo=style.halo and recolour(style.halo),
        frame=style.frame and recolour(style.frame),
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
