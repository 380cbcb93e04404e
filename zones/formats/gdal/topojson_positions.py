"""Positions of a TopoJSON, looked at before GDAL reads it.

GDAL puts a position at 0 that has three numbers, or one that is none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from zones.errors import SourceError
from zones.model import Problem

_PLANE: Final = 2
_SHOWN: Final = 60
_LISTED: Final = {"Point": 0, "MultiPoint": 1}


def flattened_topology(path: Path) -> tuple[Problem, ...]:
    """Rewrite a file whose positions have heights without them; return a note that says so.

    Raises
    ------
    SourceError
        ``topojson-number`` for a position that is not made of numbers.
    """
    try:
        topology = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return ()  # for the reader to tell of
    higher = 0
    for position in _positions(topology):
        _check(position)
        higher += len(position) > _PLANE
        del position[_PLANE:]
    if not higher:
        return ()
    path.write_bytes(orjson.dumps(topology))
    return (Problem("heights-dropped", {"count": higher}, "note"),)


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
    objects = topology.get("objects")
    waiting = list(objects.values()) if isinstance(objects, dict) else []
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        waiting.extend(_list(one.get("geometries")))
        if one.get("type") in _LISTED and "coordinates" in one:
            coordinates = one["coordinates"]
            yield from _list(coordinates) if _LISTED[one["type"]] else [coordinates]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
