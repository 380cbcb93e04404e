"""Relations to a geometry of points beside lines or areas, worked out from those to its parts.

GEOS 3.14 relates such collections wrongly: a square is not within the collection of itself and a
point elsewhere, and a line that joins two of its points lies within it.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Bools = NDArray[np.bool_]

_LINE: Final = 1
_FIRST_OF_MANY: Final = 4  # as GEOS numbers the types of geometries
_ALONG: Final = "1********"  # interiors share a line


def merged(collection: BaseGeometry) -> BaseGeometry:
    """Return the geometry that means a collection: areas as one, points only where nothing else is.

    Areas that overlap or repeat mislead GEOS as well. Lines stay as they are: where they cross,
    a union moves them by a rounding, and off the points that lie on them.
    """
    parts = _simple_parts(collection)
    dimensions = shapely.get_dimensions(parts)
    points, lines, areas = (parts[dimensions == each] for each in range(3))
    rest = [*lines, *([shapely.union_all(areas)] if len(areas) else [])]
    if not rest:
        return _only(shapely.union_all(points))
    whole = _together(np.array(rest))
    alone = points[~shapely.covers(whole, points)]
    return _only(whole) if not len(alone) else shapely.GeometryCollection([*alone, *rest])


def is_mixed(shape: Any) -> bool:
    """Return whether a geometry has points beside lines or areas."""
    if not isinstance(shape, BaseGeometry) or shape.geom_type != "GeometryCollection":
        return False
    dimensions = set(shapely.get_dimensions(shapely.get_parts(shape)).tolist())
    return 0 in dimensions and len(dimensions) > 1


def relate_to_mixed(op: str, geometries: Any, shape: BaseGeometry) -> Bools:
    """Return whether geometries are so related to ``shape``, one that `merged` returns."""
    return np.atleast_1d(_RELATIONS[op](_Sides(geometries, shape)))


def _simple_parts(shape: BaseGeometry) -> NDArray[np.object_]:
    """Return the points, lines and polygons of a geometry, however it nests them."""
    parts = np.array([shape])
    while (shapely.get_type_id(parts) >= _FIRST_OF_MANY).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts)


def _together(parts: NDArray[np.object_]) -> BaseGeometry:
    if len(parts) == 1:
        return _only(parts[0])
    if (shapely.get_type_id(parts) == _LINE).all():
        return shapely.MultiLineString(parts.tolist())
    return shapely.GeometryCollection(parts.tolist())


def _only(shape: BaseGeometry) -> BaseGeometry:
    """Return a geometry of one part as that part."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


class _Sides:
    """Geometries on one side; on the other points, and what is no point."""

    def __init__(self, geometries: Any, shape: BaseGeometry) -> None:
        parts = shapely.get_parts(shape)
        are_points = shapely.get_dimensions(parts) == 0
        self.geometries = geometries
        self.whole = shape
        self.points = shapely.multipoints(parts[are_points])
        self.rest = _together(parts[~are_points])
        self.more = shapely.get_dimensions(geometries) - int(shapely.get_dimensions(self.rest))

    @cached_property
    def meet(self) -> Any:
        met = (shapely.intersects(self.geometries, each) for each in (self.rest, self.points))
        return np.logical_or(*met)

    @cached_property
    def meet_inside(self) -> Any:
        """Whether interiors meet, as those do of what meets and not only touches."""
        rest, points = (
            shapely.intersects(self.geometries, each) & ~shapely.touches(self.geometries, each)
            for each in (self.rest, self.points)
        )
        return np.logical_or(rest, points)

    @cached_property
    def covered(self) -> Any:
        """Whether the other side covers them; points cover nothing of a line or an area."""
        are_points = shapely.get_dimensions(self.geometries) == 0
        by_all = shapely.covered_by(self.geometries, self.whole)
        return np.where(are_points, by_all, shapely.covered_by(self.geometries, self.rest))

    @cached_property
    def cover(self) -> Any:
        covered = (shapely.covers(self.geometries, each) for each in (self.rest, self.points))
        return np.logical_and(*covered)

    @cached_property
    def overlap(self) -> Any:
        along = shapely.relate_pattern(self.geometries, self.rest, _ALONG)
        are_lines = shapely.get_dimensions(self.geometries) == 1
        inside = np.where(are_lines, along, self.meet_inside)
        return (self.more == 0) & inside & ~self.covered & ~self.cover

    @cached_property
    def cross(self) -> Any:
        along = shapely.relate_pattern(self.geometries, self.rest, _ALONG)
        are_lines = shapely.get_dimensions(self.geometries) == 1
        of_lines = (self.more == 0) & are_lines & ~along
        lower, higher = (self.more < 0) & ~self.covered, (self.more > 0) & ~self.cover
        return self.meet_inside & (lower | higher | of_lines)


_RELATIONS: Final[Mapping[str, Callable[[_Sides], Any]]] = MappingProxyType(
    {
        "s_intersects": lambda sides: sides.meet,
        "s_disjoint": lambda sides: ~sides.meet,
        "s_equals": lambda sides: sides.meet_inside & sides.covered & sides.cover,
        "s_touches": lambda sides: sides.meet & ~sides.meet_inside,
        "s_crosses": lambda sides: sides.cross,
        "s_overlaps": lambda sides: sides.overlap,
        "s_within": lambda sides: sides.meet_inside & sides.covered,
        "s_contains": lambda sides: sides.meet_inside & sides.cover,
    }
)
