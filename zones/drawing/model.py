"""The nouns of a picture: a viewport, shapes in its pixels, placed labels, the drawing of them.

A pixel is whatever unit the picture is measured in; x grows to the right and y downwards from the
top left corner. Widths, radii and sizes of letters in a `Style` are in units of a pixel on the
screen (1/96 inch); in a `Drawing` they have been turned into the picture's own pixels.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.ragged_arrays import Flags, Integers

Bounds = tuple[float, float, float, float]
"""x_min, y_min, x_max, y_max, x being easting or longitude."""

STANDARD_PIXEL_M: Final = 0.00028
"""The pixel that scale denominators of map services are stated for (OGC 06-042, 7.2.4.6.9)."""
METRES_OF_A_DEGREE: Final = 111_319.490793
"""Along the equator of WGS 84; the same figure the standard uses for scale denominators."""
_RADIUS_M: Final = 6_378_137.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """What part of the world a picture shows, and how large.

    ``bounds`` are in ``crs``. ``symbol_scale`` is how many of the picture's pixels a screen's
    pixel of a style is: 1 on a screen, 2 for a picture asked for at 192 dots an inch.
    """

    crs: CRS
    bounds: Bounds
    width_px: float
    height_px: float
    symbol_scale: float = 1.0

    @property
    def unit_px(self) -> tuple[float, float]:
        """How many pixels a unit of the reference system is, across and down."""
        west, south, east, north = self.bounds
        return self.width_px / (east - west), self.height_px / (north - south)

    @property
    def pixel_m(self) -> float:
        """How many metres a pixel is, across; degrees are taken as long as at the equator."""
        unit_m = METRES_OF_A_DEGREE if self.crs.is_geographic else 1.0
        return unit_m / self.unit_px[0]

    @property
    def ground_m(self) -> float:
        """How many metres on the ground a pixel is, at the middle of the picture."""
        _, south, _, north = self.bounds
        if self.crs.is_geographic:
            return METRES_OF_A_DEGREE / self.unit_px[1]
        if self.crs is not CRS.EPSG_3857:
            return self.pixel_m
        # cos(latitude), which is how much Web Mercator stretches.
        return self.pixel_m / math.cosh((south + north) / 2 / _RADIUS_M)

    @property
    def scale_denominator(self) -> float:
        """The n of 1:n, a screen's pixel being 0.28 mm."""
        return self.pixel_m * self.symbol_scale / STANDARD_PIXEL_M


@dataclass(frozen=True, slots=True)
class Style:
    """How a feature is drawn; None for a colour means not at all. Colours are ``#rrggbb``.

    ``dash`` holds lengths of strokes and gaps; ``hatch`` lines at 45 degrees over the fill, in
    this colour; ``radius`` is that of the circle that a point is drawn as.
    """

    fill: str | None = None
    fill_opacity: float = 1.0
    stroke: str | None = None
    stroke_opacity: float = 1.0
    stroke_width: float = 1.0
    dash: tuple[float, ...] = ()
    cap: Literal["round", "butt"] = "round"
    hatch: str | None = None
    radius: float = 5.0


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """How a name is written.

    ``size`` is that of the letters in pixels, ``halo`` the colour round them, ``spacing`` what is
    added between letters, in their size; ``frame`` the colour of a rounded frame round the name.
    """

    size: float = 12.0
    colour: str = "#2d2924"
    halo: str | None = "#fffdf8"
    bold: bool = False
    spacing: float = 0.0
    frame: str | None = None

    def scaled(self, scale: float) -> "LabelStyle":
        """Return the style in letters so many times as large."""
        return self if scale == 1 else replace(self, size=self.size * scale)


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in pixels and its style; whose it is, or None for furniture of labels.

    Points are circles of ``style.radius``. ``names_of`` is the collection whose names furniture
    belongs to.
    """

    geometry: BaseGeometry
    style: Style
    collection: str | None = None
    fid: str | None = None
    names_of: str | None = None


@dataclass(frozen=True, slots=True)
class PixelOutlines:
    """Lines, or rings of areas that are wound alike, in pixels.

    Attributes
    ----------
    points
        Of shape (n, 2); a ring does not repeat its first point at its end.
    counts
        How many points each line or ring has.
    shell
        Of each ring, whether it is an area's outer one; its holes follow it.
    is_area
        Whether these are rings.
    """

    points: NDArray[np.float64]
    counts: Integers
    shell: Flags
    is_area: bool

    def geometry(self) -> Any:
        """Return the lines or areas as one geometry collection."""
        owners = np.repeat(np.arange(len(self.counts)), self.counts)
        if not self.is_area:
            return shapely.geometrycollections(shapely.linestrings(self.points, indices=owners))
        rings = shapely.linearrings(self.points, indices=owners)
        areas = shapely.polygons(rings, indices=np.cumsum(self.shell) - 1)
        return shapely.geometrycollections(areas)


@dataclass(frozen=True, slots=True)
class CrowdShape:
    """Very many features of a collection in one style; otherwise like a `Shape`."""

    outlines: PixelOutlines
    style: Style
    collection: str | None = None
    fid: str | None = None

    @property
    def geometry(self) -> Any:
        """The features as one geometry collection, in pixels."""
        return self.outlines.geometry()


@dataclass(frozen=True, slots=True)
class Label:
    """A text at its place: ``x`` and ``y`` are the middle of the room that it takes.

    ``text`` may have several lines, centred; ``angle`` is in degrees, clockwise. ``downwards``
    text has one letter under another. The letters' height is ``style.size``, lines are
    `LINE_HEIGHT` times as far apart.
    """

    text: str
    x: float
    y: float
    style: LabelStyle
    angle: float = 0.0
    downwards: bool = False
    collection: str | None = None
    fid: str | None = None


LINE_HEIGHT: Final = 1.25


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture: what is drawn from the lowest up, labels on top of all; ``unplaced`` names.

    ``unplaced`` are the names in view that found no room, in the order of their rank.
    """

    viewport: Viewport
    shapes: tuple[Shape | CrowdShape, ...]
    labels: tuple[Label, ...]
    background: str | None = None
    unplaced: tuple[str, ...] = ()
