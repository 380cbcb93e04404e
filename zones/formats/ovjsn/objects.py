"""The objects of an .ovjsn -> geometries and properties, as files of 奥维 10 have them.

``ObjItems[]`` has ``Type`` and ``Object``: 7 a point, 8 a line, 13 an area, others groups of
further objects; others describe the format with ``Type`` within ``Object``. ``ObjectDetail`` has
``Latlng``, flat and latitude first, and ``Gcj02``, 1 where positions are shifted (as
Fangster-1/ovkml-converter of 2026 has it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_POINT, _LINE, _AREA = 7, 8, 13
_SHORTEST: Final = {_POINT: 1, _LINE: 2, _AREA: 3}
_DEEPEST = 50
_DETAIL: Final = "ObjectDetail"
SHIFTED, PLAIN = "GCJ-02", "CGCS2000"


@dataclass(frozen=True, slots=True)
class OvObject:
    """An object with a place: what it is called, the groups it lies in, and its datum's name.

    ``geometry`` is None where ``fault`` says why it cannot be built.
    """

    name: str
    comment: str
    folder: str
    datum: str
    geometry: BaseGeometry | None
    fault: str = ""


def objects_of(content: Any) -> Iterator[OvObject]:
    """Yield the points, lines and areas of a file, groups looked through in their order."""
    yield from _within(content, "", 0)


def unread_kinds(content: Any) -> dict[str, int]:
    """Return how many objects of other kinds there are that hold no further ones."""
    found: dict[str, int] = {}
    for item, _ in _items(content, "", 0):
        if _type(item) not in _SHORTEST and not _children(item):
            kind = str(_type(item))[:20]
            found[kind] = found.get(kind, 0) + 1
    return found


def _within(content: Any, folder: str, depth: int) -> Iterator[OvObject]:
    for item, where in _items(content, folder, depth):
        if _type(item) in _SHORTEST:
            yield _object(item, where)


def _items(content: Any, folder: str, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each item with the path of the groups around it."""
    for item in _children(content) if depth < _DEEPEST else ():
        yield item, folder
        inner = f"{folder}/{_text(_part(item, 'Object'), 'Name')}".strip("/")
        yield from _items(item, inner, depth + 1)


def _children(content: Any) -> list[dict[str, Any]]:
    """Return the objects directly within a file, an item or an item's detail."""
    for place in (content, _part(content, "Object"), _part(_part(content, "Object"), _DETAIL)):
        for key in ("ObjItems", "ObjChildren"):
            children = place.get(key) if isinstance(place, dict) else None
            if isinstance(children, list):
                return [each for each in children if isinstance(each, dict)]
    return []


def _object(item: dict[str, Any], folder: str) -> OvObject:
    members = _part(item, "Object")
    detail = _part(members, _DETAIL) or members
    geometry, fault = _geometry(_type(item), detail)
    datum = SHIFTED if detail.get("Gcj02") in (1, True, "1") else PLAIN
    return OvObject(
        _text(members, "Name"), _text(members, "Comment"), folder, datum, geometry, fault
    )


def _geometry(kind: int, detail: dict[str, Any]) -> tuple[BaseGeometry | None, str]:
    flat = detail.get("Latlng")
    if flat is None and kind == _POINT:
        flat = [detail.get("Lat"), detail.get("Lng")]
    numbers = flat if isinstance(flat, list) else []
    if len(numbers) % 2 or not all(type(each) in (int, float) for each in numbers):
        return None, "ovjsn-positions"
    lonlat = np.array(numbers, np.float64).reshape(-1, 2)[:, ::-1]
    if len(lonlat) < _SHORTEST[kind]:
        return None, "ovjsn-positions"
    if kind == _POINT:
        return shapely.Point(lonlat[0]), ""
    if kind == _LINE:
        return shapely.linestrings(lonlat), ""
    ring = lonlat if (lonlat[0] == lonlat[-1]).all() else np.vstack([lonlat, lonlat[:1]])
    if len(ring) <= _SHORTEST[kind]:
        return None, "ovjsn-positions"
    return shapely.polygons(ring), ""


def _type(item: dict[str, Any]) -> int:
    """Return the number of an item's kind, -1 where it has none."""
    found = item.get("Type", _part(item, "Object").get("Type"))
    return found if type(found) is int else -1


def _part(members: Any, key: str) -> dict[str, Any]:
    found = members.get(key) if isinstance(members, dict) else None
    return found if isinstance(found, dict) else {}


def _text(members: dict[str, Any], key: str) -> str:
    value = members.get(key)
    return value.strip() if isinstance(value, str) else ""
