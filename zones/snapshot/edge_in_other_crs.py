"""Features at the edge of a geometry that was given in another system than degrees.

Such a geometry is brought to degrees to be related, as are the features, each rounded in its own
system: at its edge a centimetre decides. Features there are related in the geometry's own
system instead, as they are published in it, so that what a client was given in metres and sends
back in metres is what it was. Further away both ways agree, unless a feature has sides of many
kilometres: one is straight in degrees and bowed in metres, by 2 cm on 1 km, 2 m on 10 km.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.ragged_arrays import distinct
from zones.snapshot.collection import Collection
from zones.snapshot.geometry_arrays import sides_of

Indices = NDArray[np.int64]
_AREAL: Final = 2
_COLLECTIONS: Final = shapely.GeometryType.MULTIPOINT
"""The first of the types that have parts."""

EDGE: Final = 1e-6
"""Degrees, about 10 cm: more than both roundings and the bow of a feature's sides of 2 km."""
MOST_PIECES: Final = 1000
_PIECE_DEGREES, _PIECE_M = 0.001, 400.0
_BOW_OF_DEGREES, _BOW_OF_M = 0.15, 2.5e-13
"""Degrees by which a piece of length 1 is bowed; it grows with the square (BD-09: by waves of 13
km and 40 m; metres: as a circle of latitude on the map)."""


def piece_of(length: float, crs: CRS) -> float:
    """Return how long the pieces of a side are to be that is straight in another system.

    Straight in degrees, each is bowed by a centimetre at most, unless a side is longer than 1
    degree of GCJ-02 or BD-09, or 400 km.
    """
    return max(length / MOST_PIECES, _PIECE_DEGREES if crs.is_geographic else _PIECE_M)


def edge_of(length: float, crs: CRS) -> float:
    """Return, in degrees, how wide an edge is where degrees may not decide."""
    bow = _BOW_OF_DEGREES if crs.is_geographic else _BOW_OF_M
    return EDGE + float(bow * piece_of(length, crs) ** 2)


def longest_side(shape: BaseGeometry) -> float:
    """Return the longer side of a geometry's box, which no side of its own exceeds by much."""
    x_min, y_min, x_max, y_max = shape.bounds
    return float(max(x_max - x_min, y_max - y_min))


def at_the_edge(collection: Collection, shape: BaseGeometry, *, width: float) -> Indices:
    """Return the positions, ascending, of features at a geometry's edge.

    Parameters
    ----------
    shape
        In EPSG:4490. The edge of a polygon is its rings, that of a line or point is itself.
    width
        How far from the edge, in degrees.
    """
    found = collection.tree.query(_pieces(shape), predicate="dwithin", distance=width)[1]
    return distinct(found).astype(np.int64)


def _pieces(shape: BaseGeometry) -> NDArray[np.object_]:
    """Return the edge cut into its segments: the tree finds what is near a small thing quickly."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) >= _COLLECTIONS).any():
        parts = shapely.get_parts(parts)
    dimension = shapely.get_dimensions(parts)
    rings = shapely.get_parts(shapely.boundary(parts[dimension == _AREAL]))
    sides = sides_of(np.concatenate([rings, parts[dimension == 1]]))
    return np.concatenate([parts[dimension == 0], sides])
