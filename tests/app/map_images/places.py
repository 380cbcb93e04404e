"""Whether a picture shows the zones where they are, to a pixel."""

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import CRS, geometry_from_storage, to_storage_xy
from zones.drawing.model import Bounds
from zones.snapshot.model import Snapshot

STEP = 3
"""Every third pixel of every third row is looked at."""
EDGE_PX = 2.0
"""Half the width of a border, and one pixel."""


def check_places(
    picture: NDArray[np.uint8],
    bounds: Bounds,
    crs: CRS,
    snapshot: Snapshot,
    *,
    within_px: float = EDGE_PX,
) -> None:
    """Check that what is painted of the layer ``zones`` without names is just what lies in them.

    Pixels as near to the zones' edge as its line and one pixel reach are left out.
    """
    west, south, east, north = bounds
    rows, columns = picture.shape[:2]
    row, column = (each.ravel() for each in np.mgrid[:rows:STEP, :columns:STEP])
    across, down = columns / (east - west), rows / (north - south)
    x, y = west + (column + 0.5) / across, north - (row + 0.5) / down
    zones = shapely.union_all(snapshot.collection("zones").geometries)
    is_inside = shapely.contains_xy(zones, *to_storage_xy(x, y, crs))
    edge = geometry_from_storage(shapely.segmentize(zones.boundary, 0.001), crs)
    edge_px = shapely.transform(edge, lambda places: (places - (west, south)) * (across, down))
    shapely.prepare(edge_px)
    middles = shapely.points((x - west) * across, (y - south) * down)
    is_near = shapely.dwithin(edge_px, middles, within_px)
    assert 0.02 < is_inside.mean() < 0.98
    assert (is_inside == (picture[row, column, 3] > 0))[~is_near].all()
