"""Viewports that the tests of drawings share."""

from zones.crs.transform import CRS, from_storage_xy
from zones.drawing.model import Viewport
from zones.model import BBox
from zones.snapshot.model import Snapshot


def district_view(snapshot: Snapshot, width_px: float = 900, *, scale: float = 1) -> Viewport:
    """Return the whole district in EPSG:4550 with 600 m round it, as high as it needs to be."""
    return view_of(snapshot.collection("district").extent, width_px, scale=scale)


def view_of(box: BBox | None, width_px: float, *, scale: float = 1) -> Viewport:
    """Return a box of degrees in EPSG:4550 with 600 m round it."""
    assert box is not None
    west, south = from_storage_xy(box.west, box.south, CRS.EPSG_4550)
    east, north = from_storage_xy(box.east, box.north, CRS.EPSG_4550)
    bounds = (west - 600, south - 600, east + 600, north + 600)
    height = width_px * (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    return Viewport(CRS.EPSG_4550, bounds, width_px, height, scale)
