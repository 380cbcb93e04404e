"""Parts and holes without a vertex: left out before anything else looks at a geometry, and told.

GEOS keeps them as they came, and not all that it does with a geometry allows for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.model import Problem
from zones.sandbox.limits import DEEPEST_NESTING
from zones.source.model import Source, SourceBatch, SourceLayer

Geometries = NDArray[np.object_]
Mask = NDArray[np.bool_]

_POLYGON, _FIRST_WITH_PARTS, _COLLECTION = 3, 4, 7
_MAKERS: Final = {
    4: shapely.MultiPoint,
    5: shapely.MultiLineString,
    6: shapely.MultiPolygon,
    7: shapely.GeometryCollection,
}


@dataclass(frozen=True, slots=True)
class WithoutEmptyParts:
    """A source whose geometries have no empty parts and holes; those left out are told."""

    source: Source

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the layer."""
        return self.source.layer

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        for share, batch in self.source.batches():
            geometries, lost = without_empty_parts(batch.geometries)
            if not lost.any():
                yield share, batch
                continue
            first = int(batch.numbers[np.flatnonzero(lost)[0]])
            told = Problem("geometry-parts-empty", {"count": int(lost.sum())}, "note", first)
            yield share, replace(batch, geometries=geometries, problems=(*batch.problems, told))


def without_empty_parts(geometries: Geometries) -> tuple[Geometries, NDArray[np.int64]]:
    """Return the geometries without empty parts and holes, and how many each has lost.

    What is empty as a whole, and None, stay as they are; heights and measures are kept.

    Examples
    --------
    >>> found, lost = without_empty_parts(np.array([shapely.from_wkt("MULTIPOINT((1 2), EMPTY)")]))
    >>> found[0], lost.tolist()
    (<MULTIPOINT ((1 2))>, [1])
    """
    lost = np.zeros(len(geometries), np.int64)
    affected = np.flatnonzero(_affected(geometries))
    if not affected.size:
        return geometries, lost
    cleaned = geometries.copy()
    for index in affected:
        cleaned[index], lost[index] = _cleaned(geometries[index], DEEPEST_NESTING)
    return cleaned, lost


def _affected(geometries: Geometries) -> Mask:
    """Return which geometries may lose something: collections of all kinds are looked into."""
    types = shapely.get_type_id(geometries)
    found = types == _COLLECTION
    several = np.flatnonzero((types >= _FIRST_WITH_PARTS) & (types < _COLLECTION))
    parts, owners = shapely.get_parts(geometries[several], return_index=True)
    found[several[owners[shapely.is_empty(parts)]]] = True
    single = np.flatnonzero(types == _POLYGON)
    found[single[_with_empty_holes(geometries[single])]] = True
    found[several[owners[_with_empty_holes(parts)]]] = True
    return np.asarray(found & ~shapely.is_empty(geometries))


def _with_empty_holes(geometries: Geometries) -> NDArray[np.int64]:
    """Return the indices of polygons that have a hole without a vertex."""
    holed = np.flatnonzero(shapely.get_num_interior_rings(geometries))
    rings, owners = shapely.get_rings(geometries[holed], return_index=True)
    return np.asarray(holed[owners[shapely.is_empty(rings)]])


def _cleaned(geometry: BaseGeometry, levels: int) -> tuple[BaseGeometry, int]:
    """Return a geometry that is not empty without what is empty in it, and how much that was.

    Collections deeper than ``levels`` stay: they are refused later.
    """
    if geometry.geom_type == "Polygon":
        rings = shapely.get_rings(geometry)
        filled = rings[~shapely.is_empty(rings)]
        lost = len(rings) - len(filled)
        return (shapely.Polygon(filled[0], filled[1:]) if lost else geometry), lost
    kind = int(shapely.get_type_id(geometry))
    if kind < _FIRST_WITH_PARTS or levels < 0:
        return geometry, 0
    parts = shapely.get_parts(geometry)
    filled = parts[~shapely.is_empty(parts)]
    inner = [_cleaned(part, levels - 1) for part in filled]
    lost = len(parts) - len(filled) + sum(count for _, count in inner)
    return (_MAKERS[kind]([part for part, _ in inner]) if lost else geometry), lost
