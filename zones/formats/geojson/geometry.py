"""GeoJSON's geometry objects -> geometries, strictly and many at a time.

Positions must be numbers; a third and further ones are left out, since heights are not kept.
Rings that do not end where they begin are closed. Parts and holes without positions stay as they
are (``zones.quality.empty_parts``). What cannot be built is told, not guessed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from zones.formats.wkb import SLIP
from zones.sandbox.limits import DEEPEST_NESTING

Geometries = NDArray[np.object_]
Path = list[list[float]]

_XY = 2
_SHOWN = 60
_SHORTEST_LINE, _SHORTEST_RING = 2, 4


class MalformedGeometry(Exception):  # noqa: N818 - told to the caller as a code, never raised on
    """Coordinates that do not make a geometry; ``code`` is a message of the catalogue."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(slots=True)
class Built:
    """Geometries in the order asked for, None where there is none or it cannot be built.

    ``flattened`` and ``closed`` count geometries with further ordinates, and with open rings, of
    which ``first_closed`` is the first one's index.
    """

    geometries: Geometries
    faults: dict[int, MalformedGeometry] = field(default_factory=dict)
    flattened: int = 0
    closed: int = 0
    first_closed: int = 0


def build_geometries(objects: Sequence[object], *, depth: int = 1) -> Built:
    """Return the geometries of GeoJSON geometry objects; null stays None.

    ``depth`` is how deep in geometry collections the objects lie.
    """
    built = Built(np.full(len(objects), None, dtype=object))
    parsed: dict[str, list[tuple[int, Any]]] = {}
    for index, item in enumerate(objects):
        if item is None:
            continue
        closed_before = built.closed
        try:
            kind, coordinates = _parse(item, built, depth)
        except MalformedGeometry as fault:
            built.faults[index] = fault
        else:
            parsed.setdefault(kind, []).append((index, coordinates))
        if built.closed and not closed_before:
            built.first_closed = index
    for kind, found in parsed.items():
        indices = np.array([index for index, _ in found])
        built.geometries[indices] = _BUILDERS[kind]([coordinates for _, coordinates in found])
    return built


def _parse(parsed: object, built: Built, depth: int) -> tuple[str, Any]:
    """Return the type of one object and its coordinates, sound enough to build from."""
    kind = parsed.get("type") if isinstance(parsed, dict) else None
    if not isinstance(parsed, dict) or not isinstance(kind, str) or kind not in _BUILDERS:
        raise MalformedGeometry("geometry-unknown-type", type=str(kind)[:40])
    if kind == "GeometryCollection":
        return kind, _members(parsed.get("geometries"), built, depth)
    parser = _Coordinates()
    coordinates = _PARSERS[kind](parser, parsed.get("coordinates"))
    built.flattened += parser.flattened
    built.closed += parser.closed
    return kind, coordinates


def _members(parsed: object, built: Built, depth: int) -> Geometries:
    if depth > DEEPEST_NESTING:
        raise MalformedGeometry("collection-too-deep", most=DEEPEST_NESTING)
    inner = build_geometries(_list(parsed), depth=depth + 1)
    if inner.faults:
        raise next(iter(inner.faults.values()))
    built.flattened += inner.flattened
    built.closed += inner.closed
    inner.geometries[shapely.is_missing(inner.geometries)] = shapely.GeometryCollection()  # null
    return inner.geometries


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedGeometry("coordinates-not-lists")
    return value


@dataclass(slots=True)
class _Coordinates:
    """Parses the coordinates of one geometry and remembers what it had to mend."""

    flattened: bool = False
    closed: bool = False

    def point(self, position: object) -> Path:
        return self.path([position]) if _list(position) else []

    def path(self, parsed: object) -> Path:
        positions = _list(parsed)
        if not positions:
            return []
        if set(map(type, positions)) != {list}:
            raise MalformedGeometry("coordinates-not-lists")
        sizes = set(map(len, positions))
        if min(sizes) < _XY:
            raise MalformedGeometry("position-too-short")
        if not set(map(type, chain.from_iterable(positions))) <= {int, float}:
            raise MalformedGeometry("position-not-numbers", value=first_odd(positions))
        if sizes == {_XY}:
            return positions
        self.flattened = True
        return [position[:_XY] for position in positions]

    def points(self, parsed: object) -> list[Path]:
        """Return the path of each point; one without a position has an empty one."""
        given = _list(parsed)
        filled = iter(self.path([position for position in given if position != []]))
        return [[] if position == [] else [next(filled)] for position in given]

    def line(self, parsed: object) -> Path:
        path = self.path(parsed)
        if 0 < len(path) < _SHORTEST_LINE:
            raise MalformedGeometry("line-too-short")
        return path

    def ring(self, parsed: object) -> Path:
        path = self.path(parsed)
        if path and path[0] != path[-1]:
            self.closed = True
            path = [*(path[:-1] if _ends_at_start(path) else path), path[0]]
        if 0 < len(path) < _SHORTEST_RING:
            raise MalformedGeometry("ring-too-short", points=len(path))
        return path

    def lines(self, parsed: object) -> list[Path]:
        return [self.line(part) for part in _list(parsed)]

    def rings(self, parsed: object) -> list[Path]:
        rings = [self.ring(part) for part in _list(parsed)]
        if not any(rings):
            return []
        if not rings[0]:  # holes without a shell
            raise MalformedGeometry("ring-too-short", points=0)
        return rings

    def polygons(self, parsed: object) -> list[list[Path]]:
        return [self.rings(part) for part in _list(parsed)]


def first_odd(positions: Iterable[Iterable[object]]) -> str:
    """Return the first value of positions that is no number, as JSON has it.

    Examples
    --------
    >>> first_odd([[123.4, 41.8], ["123.4", None]])
    '"123.4"'
    """
    values = chain.from_iterable(positions)
    odd = next((value for value in values if type(value) not in (int, float)), None)
    return orjson.dumps(odd).decode()[:_SHOWN]


def _ends_at_start(path: Path) -> bool:
    """Return whether a ring's last position is its first but for a slip of the last digits.

    Joining the two would make a side of micrometres, which mostly crosses its neighbours.
    """
    if len(path) <= _SHORTEST_RING:
        return False
    (x, y), (last_x, last_y) = path[0], path[-1]
    size = max(abs(to[0] - x) + abs(to[1] - y) for to in path)
    return bool(abs(last_x - x) + abs(last_y - y) <= SLIP * size)


def _flat(paths: Iterable[Path]) -> NDArray[np.float64]:
    return np.array(list(chain.from_iterable(paths)), np.float64).reshape(-1, 2)


def _owners(groups: Sequence[Sequence[Any]]) -> NDArray[np.int64]:
    """Return for each member of each group the index of its group."""
    return np.repeat(np.arange(len(groups)), [len(group) for group in groups])


def _some(
    make: Callable[[list[Any]], Geometries], groups: Sequence[Sequence[Any]], kind: int
) -> Geometries:
    """Return what ``make`` builds of the groups that have members, and empties for the others."""
    made = shapely.empty(len(groups), geom_type=kind)
    filled = [index for index, group in enumerate(groups) if len(group)]
    if filled:
        made[filled] = make([groups[index] for index in filled])
    return np.asarray(made)


def _points(paths: list[Path]) -> Geometries:
    return np.asarray(shapely.points(_flat(paths)))


def _multipoints(groups: list[list[Path]]) -> Geometries:
    points = _some(_points, list(chain.from_iterable(groups)), 0)
    return np.asarray(shapely.multipoints(points, indices=_owners(groups)))


def _linestrings(paths: list[Path]) -> Geometries:
    return np.asarray(shapely.linestrings(_flat(paths), indices=_owners(paths)))


def _linearrings(paths: list[Path]) -> Geometries:
    return np.asarray(shapely.linearrings(_flat(paths), indices=_owners(paths)))


def _multilinestrings(groups: list[list[Path]]) -> Geometries:
    lines = _some(_linestrings, list(chain.from_iterable(groups)), 1)
    return np.asarray(shapely.multilinestrings(lines, indices=_owners(groups)))


def _polygons(groups: list[list[Path]]) -> Geometries:
    paths = list(chain.from_iterable(groups))
    rings = _some(_linearrings, paths, 2)
    return np.asarray(shapely.polygons(rings, indices=_owners(groups)))


def _multipolygons(groups: list[list[list[Path]]]) -> Geometries:
    polygons = _some(_polygons, list(chain.from_iterable(groups)), 3)
    return np.asarray(shapely.multipolygons(polygons, indices=_owners(groups)))


def _collections(groups: list[Geometries]) -> Geometries:
    return np.array([shapely.geometrycollections(group) for group in groups], dtype=object)


_PARSERS: Final[dict[str, Callable[[_Coordinates, object], Any]]] = {
    "Point": _Coordinates.point,
    "MultiPoint": _Coordinates.points,
    "LineString": _Coordinates.line,
    "MultiLineString": _Coordinates.lines,
    "Polygon": _Coordinates.rings,
    "MultiPolygon": _Coordinates.polygons,
}
_BUILDERS: Final[dict[str, Callable[[list[Any]], Geometries]]] = {
    "Point": lambda groups: _some(_points, groups, 0),
    "LineString": lambda groups: _some(_linestrings, groups, 1),
    "Polygon": lambda groups: _some(_polygons, groups, 3),
    "MultiPoint": lambda groups: _some(_multipoints, groups, 4),
    "MultiLineString": lambda groups: _some(_multilinestrings, groups, 5),
    "MultiPolygon": lambda groups: _some(_multipolygons, groups, 6),
    "GeometryCollection": _collections,
}
