"""Esri's geometry objects -> geometries; the kind is told by the members.

Outer rings run clockwise and holes the other way, say the rules; since writers break them, a
ring's part is told by containment, and where the two differ that is told.
"""

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.geojson.geometry import first_odd
from zones.formats.nested_rings import Ring, depths_of, polygon_of

_Part = TypeVar("_Part")
_XY: Final = 2
_SHORTEST_LINE, _SHORTEST_RING = 2, 4
_CURVES: Final = ("curveRings", "curvePaths")
_TRANSFORMED_UP: Final = "lowerLeft"


class UnfitShape(Exception):  # noqa: N818 - told of a feature, never raised on
    """A geometry that cannot be built; ``code`` is a message of the catalogue."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(slots=True)
class EsriJSONGeometryBuilder:
    """Builds geometries of one file and counts what has to be told of them.

    ``transform`` is what quantized coordinates are to be multiplied with and moved by. ``turned``
    and ``empty`` are numbers of features, the latter's once for each part without positions.
    """

    transform: Mapping[str, Any] | None = None
    flattened: int = 0
    closed: int = 0
    turned: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)

    def geometry(self, members: Any, number: int) -> BaseGeometry | None:
        """Return the geometry of a feature by its number; None where there is none.

        Raises
        ------
        UnfitShape
        """
        if members is None or members == {}:
            return None
        if not isinstance(members, Mapping):
            raise UnfitShape("esrijson-shape", members="—")
        if any(members.get(name) for name in _CURVES):
            raise UnfitShape("esrijson-curves")
        for member, build in _BUILDERS.items():
            if member in members:
                return build(self, members, number)
        raise UnfitShape("esrijson-shape", members=", ".join(map(str, members))[:80])

    def point(self, members: Mapping[str, Any], number: int) -> BaseGeometry | None:
        """Return a point; x is null, or "NaN", where it is empty."""
        if members["x"] is None or members["x"] == "NaN":
            return None
        self.flattened += members.get("z") is not None or members.get("m") is not None
        (place,) = self._path([[members["x"], members.get("y")]])
        return shapely.Point(place)

    def points(self, members: Mapping[str, Any], number: int) -> BaseGeometry | None:
        """Return several points."""
        filled = self._filled(_list(members["points"]), number)
        return shapely.MultiPoint(self._path(filled)) if filled else None

    def paths(self, members: Mapping[str, Any], number: int) -> BaseGeometry | None:
        """Return a line, or several."""
        paths = self._filled([self._path(part) for part in _list(members["paths"])], number)
        if any(len(path) < _SHORTEST_LINE for path in paths):
            raise UnfitShape("line-too-short")
        lines = [shapely.LineString(path) for path in paths]
        return shapely.MultiLineString(lines) if len(lines) > 1 else next(iter(lines), None)

    def rings(self, members: Mapping[str, Any], number: int) -> BaseGeometry | None:
        """Return an area of one or several parts."""
        rings = self._filled([self._ring(part) for part in _list(members["rings"])], number)
        if len(rings) > 1 and _are_turned(rings):
            self.turned.append(number)
        return polygon_of(rings)

    def envelope(self, members: Mapping[str, Any], number: int) -> BaseGeometry | None:
        """Return a rectangle."""
        corners = self._path(
            [[members.get("xmin"), members.get("ymin")], [members.get("xmax"), members.get("ymax")]]
        )
        return shapely.box(*corners.ravel())

    def _filled(self, parts: Sequence[_Part], number: int) -> list[_Part]:
        """Return parts that are not empty; the feature is remembered for each that is."""
        filled = [part for part in parts if not isinstance(part, Sized) or len(part)]
        if filled:
            self.empty += [number] * (len(parts) - len(filled))
        return filled

    def _ring(self, positions: Any) -> Ring:
        ring = self._path(positions)
        if len(ring) and (ring[0] != ring[-1]).any():
            self.closed += 1
            ring = np.concatenate([ring, ring[:1]])
        if 0 < len(ring) < _SHORTEST_RING:
            raise UnfitShape("ring-too-short", points=len(ring))
        return ring

    def _path(self, parsed: Any) -> Ring:
        """Return positions as an array; those beyond x and y are left out."""
        positions = _list(parsed)
        for position in positions:
            if not isinstance(position, list) or len(position) < _XY:
                raise UnfitShape("position-too-short")
            if any(type(number) not in (int, float) for number in position[:_XY]):
                raise UnfitShape("position-not-numbers", value=first_odd([position]))
        self.flattened += any(len(position) > _XY for position in positions)
        path = np.array([position[:_XY] for position in positions], np.float64).reshape(-1, _XY)
        return path if self.transform is None else _unquantized(path, self.transform)


def _are_turned(rings: Sequence[Ring]) -> bool:
    """Return whether some ring runs as an outline where it lies as a hole, or the other way."""
    return any(
        bool(depth % 2) != bool(shapely.is_ccw(shapely.linearrings(ring)))
        for depth, ring in zip(depths_of(rings), rings, strict=True)
    )


def _unquantized(path: Ring, transform: Mapping[str, Any]) -> Ring:
    """Return coordinates of steps from one vertex to the next in whole units of a grid."""
    try:
        scale = np.array([float(each) for each in transform["scale"][:_XY]])
        origin = np.array([float(each) for each in transform["translate"][:_XY]])
    except (KeyError, TypeError, ValueError) as error:
        raise UnfitShape("esrijson-transform") from error
    if scale.shape != (_XY,) or origin.shape != (_XY,):
        raise UnfitShape("esrijson-transform")
    if transform.get("originPosition") != _TRANSFORMED_UP:
        scale = scale * (1, -1)
    moved: Ring = np.cumsum(path, axis=0) * scale + origin
    return moved


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise UnfitShape("coordinates-not-lists")
    return value


_BUILDERS: Final[
    dict[str, Callable[[EsriJSONGeometryBuilder, Mapping[str, Any], int], BaseGeometry | None]]
] = {
    "rings": EsriJSONGeometryBuilder.rings,
    "paths": EsriJSONGeometryBuilder.paths,
    "points": EsriJSONGeometryBuilder.points,
    "x": EsriJSONGeometryBuilder.point,
    "xmin": EsriJSONGeometryBuilder.envelope,
}
