"""Geometry as it is published: rounded, in each reference system by itself, and still valid.

This is what `/items` shows and what boxes, filters, tiles, look-ups and attribution relate, so
that what a client was given and sends back is the feature it came from: it equals itself, and
neighbours that shared a border share it still. All stored digits are kept for edits and exports.

Each system has its own rounding of the stored digits (7 decimals of a degree, about a centimetre,
or millimetres): what came in millimetres leaves in the same millimetres.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import CRS, from_storage_xy, geometry_from_storage
from zones.star_shaped import are_valid

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]

DEGREE_DECIMALS: Final = 7
"""About a centimetre; the accuracy that RFC 7946 thinks sensible is 6."""
METRE_DECIMALS: Final = 3

_BATCH: Final = 50_000
"""Vertices that are moved at once: no other thread gets the interpreter meanwhile, some 5 ms."""


def decimals_of(crs: CRS) -> int:
    """Return with how many decimals coordinates are published in a system."""
    return DEGREE_DECIMALS if crs.is_geographic else METRE_DECIMALS


def published(geometries: Geometries, crs: CRS) -> Geometries:
    """Return geometries of EPSG:4490 as they are published in ``crs``, x first.

    A geometry that has no more digits is the same object. One that rounding would make invalid,
    as a strip narrower than the last digit, loses what is too narrow; one that would vanish is
    published with all its digits.
    """
    vertices = np.cumsum(shapely.get_num_coordinates(geometries))
    ends = np.flatnonzero(np.diff(vertices // _BATCH)) + 1
    parts = [_published(part, crs) for part in np.split(geometries, ends)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _published(geometries: Geometries, crs: CRS) -> Geometries:
    if not crs.is_lonlat:
        return _mended(_moved(geometries, crs), geometries, crs)
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    rounded = np.round(xy, DEGREE_DECIMALS)
    heights: NDArray[np.bool_] = shapely.has_z(geometries)
    changes = heights.copy()
    changes[owner[(rounded[:, 0] != xy[:, 0]) | (rounded[:, 1] != xy[:, 1])]] = True
    if not changes.any():
        return geometries
    result = geometries.copy()
    result[heights] = shapely.force_2d(geometries[heights])
    after = shapely.set_coordinates(result[changes], rounded[changes[owner]])
    result[changes] = _mended(after, geometries[changes], crs)
    return result


def _moved(geometries: Geometries, crs: CRS) -> Geometries:
    """Return geometries in another system, rounded, in one pass over their vertices."""
    decimals = decimals_of(crs)

    def step(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = from_storage_xy(lon, lat, crs)
        return np.round(x, decimals), np.round(y, decimals)

    moved: Geometries = shapely.transform(geometries, step, interleaved=False)
    return moved


def _mended(rounded: Geometries, stored: Geometries, crs: CRS) -> Geometries:
    """Return the rounded geometries, made valid where rounding alone made them invalid."""
    for i in np.flatnonzero(~are_valid(rounded)):
        if shapely.is_valid(stored[i]):
            rounded[i] = _on_grid(geometry_from_storage(stored[i], crs), decimals_of(crs))
    return rounded


def _on_grid(geometry: shapely.Geometry, decimals: int) -> shapely.Geometry:
    """Return a geometry on the grid of the last digit that is valid, else all its digits."""
    snapped = shapely.set_precision(geometry, 10.0**-decimals)
    # As plain bytes, so that no grid clings to the geometry and to what is made of it.
    plain = shapely.from_wkb(shapely.to_wkb(snapped))
    rounded = shapely.transform(plain, lambda xy: np.round(xy, decimals))
    fits = shapely.get_dimensions(rounded) == shapely.get_dimensions(geometry)
    is_sound = fits and not shapely.is_empty(rounded) and shapely.is_valid(rounded)
    return rounded if is_sound else geometry
