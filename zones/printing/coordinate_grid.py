"""The coordinate grid: lines over the map, and figures where they meet the frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import PLANE, from_storage_xy
from zones.drawing.model import Viewport
from zones.drawing.project_to_pixels import view_degrees
from zones.printing.paper_layout import PaperBox
from zones.printing.sheet_options import PX_PER_MM, Grid

LEAST_MM: Final = 28.0
MOST_LINES: Final = 60
_STEPS_OF_DEGREES: Final = tuple(
    part / 3600 for part in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000)
)
_SAMPLES: Final = 65
Side = Literal["top", "bottom", "left", "right"]


@dataclass(frozen=True, slots=True)
class GridMark:
    """A figure at the frame: on which side, how far along it in mm from its left or upper end."""

    text: str
    side: Side
    at_mm: float


@dataclass(frozen=True, slots=True)
class GridLines:
    """Lines in the map's pixels, and their figures."""

    lines: tuple[shapely.LineString, ...]
    marks: tuple[GridMark, ...]


def grid_of(grid: Grid, view: Viewport, frame: PaperBox, text_mm: float) -> GridLines:
    """Return the grid of a map of EPSG:4550, about every ``LEAST_MM`` of paper a line."""
    if grid is Grid.NONE:
        return GridLines((), ())
    least_mm = max(LEAST_MM, 12 * text_mm)
    lines = _metres(view, least_mm) if grid is Grid.METRES else _degrees(view, least_mm)
    edge = shapely.box(0, 0, view.width_px, view.height_px)
    found: list[shapely.LineString] = []
    marks: list[GridMark] = []
    for text, is_upright, line in lines:
        inside = shapely.intersection(line, edge)
        if inside.is_empty or inside.length == 0:
            continue
        found.append(inside)
        marks += _marks(text, is_upright, line, frame)
    return GridLines(tuple(found), tuple(marks))


def _marks(
    text: str, is_upright: bool, line: shapely.LineString, frame: PaperBox
) -> Iterator[GridMark]:
    """Return the figures of a line: an upright one above and below, another left and right."""
    sides: dict[Side, shapely.LineString]
    width, height = frame.width * PX_PER_MM, frame.height * PX_PER_MM
    if is_upright:
        sides = {
            "top": shapely.LineString([(0, 0), (width, 0)]),
            "bottom": shapely.LineString([(0, height), (width, height)]),
        }
    else:
        sides = {
            "left": shapely.LineString([(0, 0), (0, height)]),
            "right": shapely.LineString([(width, 0), (width, height)]),
        }
    for side, edge in sides.items():
        point = shapely.intersection(line, edge)
        if point.geom_type == "Point" and not point.is_empty:
            yield GridMark(text, side, (point.x if is_upright else point.y) / PX_PER_MM)


def _metres(view: Viewport, least_mm: float) -> Iterator[tuple[str, bool, shapely.LineString]]:
    west, south, east, north = view.bounds
    metres_per_mm = (east - west) / view.width_px * PX_PER_MM
    step = _nice(least_mm * metres_per_mm)
    far = 10 * max(view.width_px, view.height_px)
    across, down = view.unit_px
    for x in _multiples(west, east, step):
        px = (x - west) * across
        yield _grouped(x), True, shapely.LineString([(px, -far), (px, far)])
    for y in _multiples(south, north, step):
        px = (north - y) * down
        yield _grouped(y), False, shapely.LineString([(-far, px), (far, px)])


def _degrees(view: Viewport, least_mm: float) -> Iterator[tuple[str, bool, shapely.LineString]]:
    west, south, east, north = view_degrees(view)
    mm_per_degree = view.width_px / PX_PER_MM / max(east - west, 1e-9)
    least_degrees = least_mm / mm_per_degree
    step = next(
        (each for each in _STEPS_OF_DEGREES if each >= least_degrees), _STEPS_OF_DEGREES[-1]
    )
    along = np.linspace(0, 1, _SAMPLES)
    for lon in _multiples(west, east, step):
        lats = south + along * (north - south)
        yield _dms(lon, step), True, _line(np.full(_SAMPLES, lon), lats, view)
    for lat in _multiples(south, north, step):
        lons = west + along * (east - west)
        yield _dms(lat, step), False, _line(lons, np.full(_SAMPLES, lat), view)


def _line(lon: NDArray[np.float64], lat: NDArray[np.float64], view: Viewport) -> shapely.LineString:
    x, y = from_storage_xy(lon, lat, PLANE)
    across, down = view.unit_px
    points = np.column_stack([(x - view.bounds[0]) * across, (view.bounds[3] - y) * down])
    return shapely.LineString(points)


def _nice(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is no less."""
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999)


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = ceil(low / step), floor(high / step)
    return [number * step for number in range(first, min(last, first + MOST_LINES) + 1)]


def _grouped(metres: float) -> str:
    return f"{metres:,.0f}".replace(",", " ")


def _dms(degrees: float, step: float) -> str:
    """Return degrees, minutes and, where the lines are nearer than a minute, seconds."""
    seconds = round(degrees * 3600)
    whole, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    text = f"{whole}°{minutes:02d}′"
    return text if step * 60 >= 0.999 else f"{text}{rest:02d}″"  # noqa: PLR2004 - a minute, but for rounding
