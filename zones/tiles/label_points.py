"""A place for each polygon's name: one point within it, in a layer of its own.

A client that names polygons by their pieces in tiles writes a name once for every tile; a layer
of points has each name once.
"""

from typing import Final

import numpy as np
import shapely

from zones.tiles.paths import Floats, Geometries, GeomType
from zones.tiles.shapes_on_grid import Shapes, parts_of_kind, point_shapes
from zones.tiles.tile_matrix_sets import TileMatrixSet

LEAST_LABEL_UNITS: Final = 256.0
"""A polygon is named from the zoom on where it covers as much as a square of this side: sixteen
pixels where a tile is drawn with 256, thirty-two with 512. So there is room for fewer than 300
names in a tile of polygons that do not overlap."""


def label_shapes(geometries: Geometries, polygons: Shapes, tms: TileMatrixSet) -> Shapes:
    """Return one point for each feature that has polygons, certainly within one of them.

    Parameters
    ----------
    geometries
        Of the collection, in EPSG:4490.
    polygons
        Their polygons on the grid of ``tms``.
    """
    parts, position = parts_of_kind(geometries, GeomType.POLYGON)
    named = np.isin(position, polygons.feature)
    _, owner = np.unique(position[named], return_inverse=True)
    areas = shapely.multipolygons(parts[named], indices=owner)
    with np.errstate(all="ignore"):  # a flat polygon's point may be nowhere: it gets no name
        points = shapely.point_on_surface(areas)
    return point_shapes(
        points,
        polygons.feature,
        tms,
        room=_sides_of_squares(areas, polygons),
        least_units=LEAST_LABEL_UNITS,
    )


def _sides_of_squares(areas: Geometries, polygons: Shapes) -> Floats:
    """Return the sides of squares as large as the areas, in the unit of the grid.

    The part of its bounds that a polygon fills is the same in degrees and on the grid, as near
    as it matters here.
    """
    west, south, east, north = shapely.bounds(areas).T
    bounds = np.maximum((east - west) * (north - south), np.finfo(float).tiny)
    # Holes larger than what they are in make an area negative.
    filled = np.maximum(shapely.area(areas), 0.0) / bounds
    width, height = polygons.right - polygons.left, polygons.bottom - polygons.top
    sides: Floats = np.sqrt(filled * width * height)
    return sides
