"""Places that are known only to within a circle: what they are shown as, and what they prove.

A point is known to within its ``accuracy_m``. Up to 250 m it is shown as a point; beyond, where it
lies is not known well enough for a point to say so: it is shown as a circle of that size and is
certain to lie in no zone, whatever its centre lies in. The map's scripts draw by the same bound,
which the page hands them (``js/map/uncertainty-circles.js``).
"""

from collections.abc import Iterable
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import PLANE, geometry_to_storage, to_plane
from zones.model import Feature
from zones.snapshot.plan_feature_reading import Properties, accuracy_m

CIRCLE_BEYOND_M: Final = 250.0


def circle_m(geometry: BaseGeometry | None, properties: Properties) -> float | None:
    """Return the radius in metres of the circle that a place is shown as; None if it is a point.

    Lines and areas, which have an accuracy of their own, are no circles.
    """
    reach = _reach_m(geometry, properties)
    return reach if reach is not None and reach > CIRCLE_BEYOND_M else None


def possible_ground(feature: Feature) -> BaseGeometry | None:
    """Return where a feature may lie, in EPSG:4490: a point with an accuracy as a disc.

    Anything else is taken as drawn; None without a geometry.
    """
    reach = _reach_m(feature.geometry, feature.properties)
    if reach is None:
        return feature.geometry
    disc: BaseGeometry = geometry_to_storage(
        shapely.buffer(to_plane(feature.geometry), reach), PLANE
    )
    return disc


def certainly_within(feature: Feature, polygons: Iterable[BaseGeometry]) -> bool:
    """Return whether one of the polygons (EPSG:4490) holds the feature wherever it may lie."""
    ground = possible_ground(feature)
    if ground is None or circle_m(feature.geometry, feature.properties) is not None:
        return False
    return any(shapely.covers(polygon, ground) for polygon in polygons)


def _reach_m(geometry: BaseGeometry | None, properties: Properties) -> float | None:
    is_point = geometry is not None and geometry.geom_type == "Point" and not geometry.is_empty
    return accuracy_m(properties) if is_point else None
