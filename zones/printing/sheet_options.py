"""What is ordered of a sheet, and the limits of that."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from zones.errors import PrintError
from zones.messages import Lang
from zones.model import BBox

MM_PER_INCH: Final = 25.4
PX_PER_MM: Final = 96 / MM_PER_INCH
"""Pixels of the screen, which the widths of styles are in."""
LOWEST_SCALE, HIGHEST_SCALE = 100, 5_000_000
LOWEST_DPI, HIGHEST_DPI = 36, 600
MOST_PIXELS: Final = 60_000_000
"""Of a PNG: an A0 at 180 dots an inch, an A3 at 600."""
LONGEST_TITLE: Final = 80


class Size(Enum):
    """A size of paper: its shorter and longer side in mm (ISO 216)."""

    A4 = (210.0, 297.0)
    A3 = (297.0, 420.0)
    A2 = (420.0, 594.0)
    A1 = (594.0, 841.0)
    A0 = (841.0, 1189.0)


class Look(Enum):
    """How colours are printed: as they are, in greys, or strong enough for a projector."""

    COLOUR = "colour"
    GREY = "grey"
    PROJECTOR = "projector"


class Grid(Enum):
    """Which coordinates are at the frame: metres of EPSG:4550, degrees, or none."""

    METRES = "metres"
    DEGREES = "degrees"
    NONE = "none"


class AppendixTable(Enum):
    """A table that follows the map on pages of its own."""

    FIGURES = "figures"
    SITES = "sites"
    CONFLICTS = "conflicts"


class Form(Enum):
    """What is made: ``geo`` is a zip of a PNG with its world file and ``.prj``."""

    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    GEO = "geo"


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """One order. ``element`` is an id of the plan's, or ``all`` for one sheet an element.

    ``landscape`` None takes what shows the map largest; ``scale`` None the roundest that the map
    fits in; ``collections`` None those shown at first, and the conflicts. ``made_on`` is the day,
    as text, that the sheet says it was made on, ``revised_on`` that of the revision.
    """

    form: Form = Form.PDF
    size: Size = Size.A3
    landscape: bool | None = None
    collections: tuple[str, ...] | None = None
    element: str | None = None
    bbox: BBox | None = None
    scale: int | None = None
    title: str | None = None
    lang: Lang = "zh"
    look: Look = Look.COLOUR
    grid: Grid = Grid.METRES
    tables: tuple[AppendixTable, ...] = ()
    dpi: int = 150
    made_on: str = ""
    revised_on: str = ""


def check_order(order: SheetOrder) -> None:
    """Refuse what would be too much for paper or memory.

    Raises
    ------
    PrintError
        ``print-pixels``, ``print-title-long`` or ``print-place``; ``loc`` names the parameter.
    """
    if order.element and order.bbox:
        raise PrintError("print-place", loc=("query", "bbox"))
    if order.title and len(order.title) > LONGEST_TITLE:
        raise PrintError(
            "print-title-long", loc=("query", "title"), length=len(order.title), most=LONGEST_TITLE
        )
    if order.form in {Form.PNG, Form.GEO}:
        short, long = (side / MM_PER_INCH * order.dpi for side in order.size.value)
        if short * long > MOST_PIXELS:
            most = int((MOST_PIXELS / (short * long)) ** 0.5 * order.dpi)
            raise PrintError(
                "print-pixels", loc=("query", "dpi"), pixels=round(short * long), most=most
            )
