"""How far millions of points are from the nearest border between zones."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import PLANE, from_storage_xy, to_plane
from zones.lookup.locator import BORDER_REPORTED_WITHIN_M
from zones.lookup.lookup_layers import LookupLayers

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BorderDistances:
    """Metres of EPSG:4550 to the nearest border, and its accuracy; NaN where it is not told."""

    distance_m: Floats
    accuracy_m: Floats


class BorderTree:
    """The borders between zones and the district's outline, ready to be measured to."""

    def __init__(self, layers: LookupLayers) -> None:
        between = [border for border in layers.borders if border.separates_zones]
        stated = [np.nan if b.accuracy_m is None else b.accuracy_m for b in between]
        self._accuracy_m = np.array(stated, np.float64)
        parts, self._owners = shapely.get_parts(
            np.array([*to_plane(np.array([b.geometry for b in between], object)), None]),
            return_index=True,
        )
        self._tree = shapely.STRtree(parts)
        outlines = [layers.lines[district.outline] for district in layers.districts]
        self._outline = to_plane(shapely.union_all(outlines)) if outlines else None

    def nearest(self, lon: Floats, lat: Floats, inside: Bools) -> BorderDistances:
        """Return for each of n places, NaN left out, the nearest border.

        Parameters
        ----------
        inside
            Which of them lie in the district: farther than 5 km from it nothing is told.
        """
        distance, accuracy = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
        x, y = from_storage_xy(lon, lat, PLANE)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(self._owners) or not len(finite):
            return BorderDistances(distance, accuracy)
        points = shapely.points(x[finite], y[finite])
        (point, part), away = self._tree.query_nearest(points, return_distance=True)
        # Of borders that are equally near the first one counts, as for a single point.
        order = np.lexsort((self._owners[part], point))
        first = order[np.unique(point[order], return_index=True)[1]]
        distance[finite[point[first]]] = away[first]
        accuracy[finite[point[first]]] = self._accuracy_m[self._owners[part[first]]]
        far = finite[self._is_far(points, distance[finite], inside[finite])]
        distance[far] = accuracy[far] = np.nan
        return BorderDistances(distance, accuracy)

    def _is_far(self, points: NDArray[np.object_], away: Floats, inside: Bools) -> Bools:
        outline_m = away.copy()
        if self._outline is not None:
            outline_m[~inside] = shapely.distance(self._outline, points[~inside])
        return np.asarray(~inside & (outline_m > BORDER_REPORTED_WITHIN_M))
