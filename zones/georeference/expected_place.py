"""Where features are expected: the district's outline, small enough to hand to a reader."""

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.model import BBox
from zones.store.protocol import Store

_DISTRICT = "district"
_NEAR_DEG = 0.25  # what lies farther from the district (some 25 km) deserves a remark
# The order to the reading process is one argument, which Linux limits to 128 kB.
_MOST_VERTICES = 1500
_TOLERANCES_DEG: Final = (0.0, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3)  # 1e-5 is a metre


def district_outline(store: Store) -> BaseGeometry | None:
    """Return the district in EPSG:4490, simplified no more than need be; None if there is none."""
    if all(info.id != _DISTRICT for info in store.collections()):
        return None
    shapes = [feature.geometry for feature in store.features(_DISTRICT)]
    areas = [shape for shape in shapes if shape is not None and shape.area > 0]
    if not areas:
        return None
    whole = shapely.union_all(np.array(areas, dtype=object))
    for tolerance in _TOLERANCES_DEG:
        outline: BaseGeometry = shapely.simplify(whole, tolerance) if tolerance else whole
        if shapely.get_num_coordinates(outline) <= _MOST_VERTICES:
            return outline
    return shapely.envelope(whole)


def surroundings(outline: BaseGeometry | None) -> BBox | None:
    """Return the district and what lies near it."""
    if outline is None:
        return None
    west, south, east, north = outline.bounds
    return BBox(west - _NEAR_DEG, south - _NEAR_DEG, east + _NEAR_DEG, north + _NEAR_DEG)
