"""Objects and positions of a TopoJSON, looked at before GDAL reads it.

GDAL puts a position at 0 that has three numbers, or one that is none.
"""

from collections.abc import Iterator
from typing import Any, Final

from zones.errors import SourceError
from zones.model import Problem

_PLANE: Final = 2
_SHOWN: Final = 60
_POINTS: Final = "MultiPoint"
_LISTED: Final = ("Point", _POINTS)


def objects_of(topology: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the geometry objects that are no objects' lists, by the name of the whole."""
    objects = topology.get("objects") if isinstance(topology, dict) else None
    for name, whole in (objects if isinstance(objects, dict) else {}).items():
        waiting = [whole]
        while waiting:
            one = waiting.pop()
            if not isinstance(one, dict):
                continue
            if one is not whole or "geometries" not in one:
                yield name, one
            waiting.extend(reversed(_list(one.get("geometries"))))


def flattened(topology: Any) -> tuple[Problem, ...]:
    """Take the heights out of positions, in place; return a note that says so.

    Raises
    ------
    SourceError
        ``topojson-number`` for a position that is not made of numbers.
    """
    higher = 0
    for position in _positions(topology):
        _check(position)
        higher += len(position) > _PLANE
        del position[_PLANE:]
    return (Problem("heights-dropped", {"count": higher}, "note"),) if higher else ()


def empty_parts_of(one: dict[str, Any]) -> int:
    """Return how many areas and rings without arcs GDAL leaves out of an object without a word.

    -1 if a ring that is no outline would become one. Points without a position are taken out.
    """
    if one.get("type") in _LISTED:
        return _without_empty_points(one)
    arcs = _list(one.get("arcs"))
    areas = {"Polygon": [arcs], "MultiPolygon": arcs}.get(str(one.get("type")), [])
    filled = [rings for rings in areas if isinstance(rings, list) and any(rings)]
    if not all(rings[0] for rings in filled):
        return -1
    lost = len(areas) - len(filled) + sum(rings.count([]) for rings in filled)
    return lost if filled else 0


def _without_empty_points(one: dict[str, Any]) -> int:
    """Take out what GDAL would not read the file for; return how much of an object that was.

    What has no position at all has no place.
    """
    points = one.get("coordinates")
    if one["type"] != _POINTS:
        one["type"] = None if points == [] else one["type"]
        return 0
    filled = [position for position in _list(points) if position != []]
    lost = len(_list(points)) - len(filled)
    if lost:
        one["coordinates"] = filled
        one["type"] = _POINTS if filled else None
    return lost if filled else 0


def _check(position: Any) -> None:
    is_whole = isinstance(position, list) and len(position) >= _PLANE
    numbers = position if isinstance(position, list) else []
    if not is_whole or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise SourceError("topojson-number", value=str(position)[:_SHOWN])


def _positions(topology: Any) -> Iterator[Any]:
    """Yield the positions of arcs and of points."""
    if not isinstance(topology, dict):
        return
    for arc in _list(topology.get("arcs")):
        yield from _list(arc)
    for _, one in objects_of(topology):
        if one.get("type") in _LISTED and "coordinates" in one:
            coordinates = one["coordinates"]
            points = _list(coordinates) if one["type"] == _POINTS else [coordinates]
            yield from (position for position in points if position != [])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
