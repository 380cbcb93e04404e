"""Where on the paper what stands: all in mm from the upper left corner."""

from dataclasses import dataclass
from typing import Final

from zones.drawing.model import Bounds
from zones.printing.sheet_options import Size

NICE_SCALES: Final = tuple(
    step * 10**power
    for power in range(2, 7)
    for step in (1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 7.5, 8, 9)
    if step * 10**power <= 5_000_000  # noqa: PLR2004 - the largest that can be ordered
)
"""The n of scales 1:n that a ruler can be used with."""
_EDGE_SHARE: Final = 0.04
"""What is left free round what the map shows, as a share of the frame."""


@dataclass(frozen=True, slots=True)
class PaperBox:
    """A rectangle on the paper."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """A sheet's boxes: the paper, the title's, the map's within its frame, that of all else.

    ``text_mm`` is the height of usual letters, ``symbol_scale`` how large strokes and letters of
    the map are against the screen's.
    """

    paper: PaperBox
    title: PaperBox
    frame: PaperBox
    panel: PaperBox
    is_landscape: bool
    text_mm: float
    symbol_scale: float
    grid_room: float


_TEXT_MM: Final = {Size.A4: 2.35, Size.A3: 2.9, Size.A2: 3.8, Size.A1: 5.2, Size.A0: 7.2}
_SYMBOL_SCALE: Final = {Size.A4: 0.68, Size.A3: 0.84, Size.A2: 1.1, Size.A1: 1.5, Size.A0: 2.1}


def layout_of(size: Size, *, landscape: bool) -> PaperLayout:
    """Return the layout: of landscape paper the panel is on the right, else below the map."""
    short, long = size.value
    width, height = (long, short) if landscape else (short, long)
    text = _TEXT_MM[size]
    margin = 4.2 * text
    title = PaperBox(margin, margin * 0.8, width - 2 * margin, 4.6 * text)
    grid_room = 1.9 * text
    top = title.y + title.height + 0.8 * text + grid_room
    if landscape:
        panel_width = max(width * 0.235, 27 * text)
        panel = PaperBox(
            width - margin - panel_width,
            top - grid_room,
            panel_width,
            height - margin - top + grid_room,
        )
        frame = PaperBox(
            margin + grid_room,
            top,
            panel.x - margin - 2 * grid_room - 1.6 * text,
            height - margin - grid_room - top,
        )
    else:
        panel_height = max(height * 0.165, 20.5 * text)
        panel = PaperBox(margin, height - margin - panel_height, width - 2 * margin, panel_height)
        frame = PaperBox(
            margin + grid_room,
            top,
            width - 2 * margin - 2 * grid_room,
            panel.y - top - grid_room - 1.2 * text,
        )
    return PaperLayout(
        PaperBox(0, 0, width, height),
        title,
        frame,
        panel,
        landscape,
        text,
        _SYMBOL_SCALE[size],
        grid_room,
    )


def fitting_scale(extent: Bounds, frame: PaperBox) -> float:
    """Return the largest round scale 1:n at which an extent in metres fits into the frame."""
    west, south, east, north = extent
    room = 1 - 2 * _EDGE_SHARE
    needed = max(
        (east - west) * 1000 / (frame.width * room), (north - south) * 1000 / (frame.height * room)
    )
    return next((scale for scale in NICE_SCALES if scale >= needed), needed)


def map_bounds(extent: Bounds, frame: PaperBox, scale: float) -> Bounds:
    """Return what the frame shows at 1:``scale`` about the middle of an extent, in metres."""
    west, south, east, north = extent
    half_x, half_y = frame.width * scale / 2000, frame.height * scale / 2000
    x, y = (west + east) / 2, (south + north) / 2
    return x - half_x, y - half_y, x + half_x, y + half_y
