"""Where a point is surely nearer to a line than the line's accuracy, and where it may be."""

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import PLANE, geometry_to_storage, to_plane
from zones.lookup.border_lines import Border

# GEOS smooths a line by up to 1 % of the distance before it buffers it, and its arcs of 32
# sides a quarter lie within 0.03 %; 5 cm cover sides that are straight in one system only.
_SHARE = 0.0115
_LEAST_M = 0.05
_LONGEST_SIDE_M = 500.0


@dataclass(frozen=True, slots=True)
class UncertaintyBand:
    """What is nearer to some lines than their accuracy lies within ``outer`` and holds ``inner``.

    Polygons in EPSG:4490; None where no line has an accuracy.
    """

    inner: BaseGeometry | None
    outer: BaseGeometry | None


def band_of(borders: Iterable[Border]) -> UncertaintyBand:
    """Return the band along borders; a border without accuracy is taken as drawn."""
    reaches = [(to_plane(b.geometry), b.accuracy_m) for b in borders if b.accuracy_m]
    return UncertaintyBand(
        inner=_united(shapely.buffer(line, m - _margin(m), quad_segs=32) for line, m in reaches),
        outer=_united(shapely.buffer(line, m + _margin(m), quad_segs=32) for line, m in reaches),
    )


def _margin(reach_m: float) -> float:
    return min(reach_m, _LEAST_M + _SHARE * reach_m)


def _united(parts: Iterable[BaseGeometry]) -> BaseGeometry | None:
    some = [part for part in parts if not part.is_empty]
    if not some:
        return None
    whole = shapely.segmentize(shapely.union_all(some), _LONGEST_SIDE_M)
    united: BaseGeometry = geometry_to_storage(whole, PLANE)
    return united
