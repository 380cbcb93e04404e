"""Millimetres on a map of MapGIS's -> metres, by the scale that a person or the file names.

The scale's denominator is a double at byte 143 of the file's head. mapgis2shp multiplies by it, as
millimetres, where it knows projection and ellipsoid; degrees it multiplies too.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import Problem
from zones.source.model import MapScale
from zones.source.reading_choices import LEAST_MAP_SCALE, MOST_MAP_SCALE

_SCALE_AT: Final = 143
_MM: Final = 1000.0
_CHINA: Final = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north in degrees
_NO_SCALE: Final = "—"


@dataclass(frozen=True, slots=True)
class Scaled:
    """Shapes in metres, or in degrees as they are; ``to_confirm`` where no person named the scale.

    The shapes are an array of objects, None where a feature has none.
    """

    shapes: NDArray[np.object_]
    notes: tuple[Problem, ...]
    to_confirm: MapScale | None


def in_metres(read: Any, path: Path, *, chosen: float | None) -> Scaled:
    """Return the shapes that mapgis2shp read, by the scale chosen, else by the file's.

    Without either they stay as they are, which is what 1:1000 makes of millimetres.
    """
    written = _written(path)
    shapes = np.array([*read.geom, None], dtype=object)[:-1]
    factor = _factor(read.crs, written)
    if chosen is not None:
        params = {"scale": f"{chosen:.15g}", "written": _shown(written)}
        note = Problem("mapgis-scale-chosen", params, "note")
        return Scaled(_times(shapes, chosen / _MM / factor), (note,), None)
    if _are_degrees(shapes, factor):
        note = Problem("mapgis-degrees", {}, "note")
        return Scaled(_times(shapes, 1 / factor), (note,), None)
    if not (read.crs and LEAST_MAP_SCALE <= written <= MOST_MAP_SCALE):
        return Scaled(_times(shapes, 1 / factor), (), MapScale(_MM, is_named=False))
    note = Problem("mapgis-scale", {"scale": f"{written:.15g}"}, "note")
    scaled = _times(shapes, written / _MM / factor)
    return Scaled(scaled, (note,), MapScale(written, is_named=True))


def _factor(crs: Any, written: float) -> float:
    """Return by what mapgis2shp has multiplied the numbers of the file."""
    if not crs:
        return 1.0
    return written if crs.is_geographic else written / _MM


def _written(path: Path) -> float:
    with path.open("rb") as file:
        file.seek(_SCALE_AT)
        (scale,) = struct.unpack("<d", file.read(8))
    return float(scale)


def _shown(written: float) -> str:
    return f"1:{written:.15g}" if LEAST_MAP_SCALE <= written <= MOST_MAP_SCALE else _NO_SCALE


def _times(shapes: NDArray[np.object_], factor: float) -> NDArray[np.object_]:
    if factor == 1:
        return shapes
    scaled: NDArray[np.object_] = shapely.transform(shapes, lambda xy: xy * factor)
    return scaled


def _are_degrees(shapes: NDArray[np.object_], factor: float) -> bool:
    """Return whether all numbers are degrees of China, which millimetres on a map are not."""
    if not len(shapes):
        return False
    west, south, east, north = (shapely.total_bounds(shapes) / factor).tolist()
    least_x, least_y, most_x, most_y = _CHINA
    return bool(west >= least_x and south >= least_y and east <= most_x and north <= most_y)
