"""A box as the geometries that are compared with features."""

import shapely
from shapely.geometry.base import BaseGeometry

from zones.model import BBox


def probes(bbox: BBox) -> list[BaseGeometry]:
    """Return a box as point, line or rectangle; as two where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west > east:
        # Of either side, only what lies within the world's 360 degrees.
        sides = (BBox(west, south, 180, north), BBox(-180, south, east, north))
        return [probe for side in sides if side.west <= side.east for probe in probes(side)]
    if west == east and south == north:
        return [shapely.Point(west, south)]
    if west == east or south == north:
        return [shapely.LineString([(west, south), (east, north)])]
    return [shapely.box(west, south, east, north)]
