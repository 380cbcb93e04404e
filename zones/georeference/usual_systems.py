"""The reference systems in which files of this district usually come, the commonest first.

Wider than ``zones.crs.reference_systems``, which lists what requests may be answered in: a file may
be in a 6-degree zone or in UTM, to be stored in CGCS2000 all the same. Zones of 6 degrees
without a prefix are left out: their numbers are those of the 3-degree zone of that meridian.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.coordinate_plausibility import ROUNDING_DEG
from zones.crs.reference_systems import CRS, CoordinateRange
from zones.crs.source_crs import SourceCRS, source_crs_from_epsg
from zones.crs.transform import geometry_to_storage
from zones.georeference.datum_fit import SYSTEMS
from zones.messages import Lang
from zones.questions_to_people import Params, Reason

Floats = NDArray[np.float64]

_FARTHEST_NORTHING_M = 10_002_000.0  # a meridian from the equator to the pole
_UTM_SCALE = 0.9996


class ProjectionZone(NamedTuple):
    """A zone of a map projection; ``prefix`` is its number if eastings begin with it.

    ``older`` is the same zone in Xian 1980 and in Beijing 1954, whose numbers look alike.
    """

    meridian: int
    prefix: int | None = None
    is_utm: bool = False
    older: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class UsualSystem:
    """A system: what the option ``crs`` calls it, what people do, which numbers it has."""

    key: str
    label: str
    label_en: str
    extent: CoordinateRange
    zone: ProjectionZone | None = None
    in_degrees: bool = False

    def believes(self, xy: Floats) -> NDArray[np.bool_]:
        """Return which pairs are in the range of the system's numbers."""
        west, south, east, north = self.extent
        low, high = np.subtract((west, south), ROUNDING_DEG), np.add((east, north), ROUNDING_DEG)
        return np.asarray(((xy >= low) & (xy <= high)).all(axis=1))

    def points(self, xy: Floats) -> NDArray[np.object_]:
        """Return points in EPSG:4490 of pairs in this system, shape (n, 2)."""
        points: NDArray[np.object_] = geometry_to_storage(shapely.points(xy), _system(self.key))
        return points

    def numbers(self, xy: Floats) -> tuple[Reason, ...]:
        """Return what the size of the numbers says for this system."""
        if self.in_degrees:
            return (Reason("reason-degrees"),)
        if self.zone is None:
            return ()
        x, y = np.median(xy, axis=0).tolist()
        params: Params = {"x": f"{x:.0f}", "meridian": self.zone.meridian}
        if self.zone.is_utm:
            apart_km = round((1 - _UTM_SCALE) * y / 1000, 1)
            return (Reason("reason-utm", {**params, "apart_km": apart_km}),)
        if self.zone.prefix is not None:
            return (Reason("reason-zone-prefix", {**params, "zone": self.zone.prefix}),)
        return (Reason("reason-no-prefix", params),)

    def doubts(self) -> tuple[Reason, ...]:
        """Return which other systems of the same numbers nothing here can tell apart."""
        if self.zone is None or self.zone.older is None:
            return ()
        xian, beijing = self.zone.older
        return (Reason("reason-older-datum", {"xian": xian, "beijing": beijing}),)


def _ours(crs: CRS, zone: ProjectionZone | None = None) -> UsualSystem:
    return UsualSystem(crs.key, crs.label, crs.label_en, crs.extent, zone, crs.is_geographic)


DEGREES: Final = tuple(_ours(crs) for crs in SYSTEMS.values())
METRES: Final = (
    _ours(CRS.EPSG_4529, ProjectionZone(123, 41, older=("EPSG:2365", "EPSG:2417"))),
    _ours(CRS.EPSG_4528, ProjectionZone(120, 40, older=("EPSG:2364", "EPSG:2416"))),
    UsualSystem(
        "EPSG:4499",
        "CGCS2000 高斯-克吕格 6 度带，中央经线 123°E，第 21 带",
        "CGCS2000 6-degree Gauss-Krueger, central meridian 123 E, zone 21",
        CoordinateRange(21e6, 0.0, 22e6, _FARTHEST_NORTHING_M),
        ProjectionZone(123, 21, older=("EPSG:2335", "EPSG:21421")),
    ),
    _ours(CRS.EPSG_4550, ProjectionZone(123, older=("EPSG:2386", "EPSG:2438"))),
    _ours(CRS.EPSG_4549, ProjectionZone(120, older=("EPSG:2385", "EPSG:2437"))),
    UsualSystem(
        "EPSG:32651",
        "WGS 84 UTM 51N 带，中央经线 123°E",
        "WGS 84 UTM zone 51N, central meridian 123 E",
        CoordinateRange(1e5, 0.0, 9e5, _FARTHEST_NORTHING_M * _UTM_SCALE),
        ProjectionZone(123, is_utm=True),
    ),
    _ours(CRS.EPSG_3857),
)


def system_label(key: str, lang: Lang) -> str:
    """Return what people call a system that a candidate names; the key where it is no usual one."""
    named = next((each for each in (*DEGREES, *METRES) if each.key == key), None)
    if named is None:
        return key
    return named.label_en if lang == "en" else named.label


@cache
def _system(key: str) -> CRS | SourceCRS:
    known = next((crs for crs in CRS if crs.key == key), None)
    return known or source_crs_from_epsg(int(key.removeprefix("EPSG:")))
