"""The objects of an answer that have a place, wherever in it they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from zones.model import JSON

Kind = Literal["area", "line", "place"]

_OUTLINES: Final = "boundaries"
_OF_DISTRICTS: Final = frozenset({"adcode", "citycode", "level", "aoi"})
_PLACES: Final = ("polyline", "location")


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """An object: what kind of shape its text has, the text, and its other members."""

    kind: Kind
    text: str
    properties: dict[str, JSON]


def placed_objects(root: Any) -> Iterator[PlacedObject]:
    """Yield the objects that have an outline, a line or a location, in the answer's order.

    Where an object has both, the outline counts; the location stays a property.
    """
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += reversed(value)
        elif isinstance(value, Mapping):
            if (found := _placed(value)) is not None:
                yield found
            inner = [each for each in value.values() if isinstance(each, list | dict)]
            pending += reversed(inner)


def count_without_outline(root: Any) -> int:
    """Return how many districts of an answer have a name and no outline."""
    pending, count = [root], 0
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, Mapping):
            count += "adcode" in value and "center" in value and not value.get("polyline")
            pending += [each for each in value.values() if isinstance(each, list | dict)]
    return count


def _placed(members: Mapping[str, Any]) -> PlacedObject | None:
    outlines = members.get(_OUTLINES)
    if isinstance(outlines, list) and outlines and all(isinstance(one, str) for one in outlines):
        return PlacedObject("area", "|".join(outlines), _others(members, _OUTLINES))
    line, location = (members.get(name) for name in _PLACES)
    if isinstance(line, str) and line.strip():
        is_area = _OF_DISTRICTS & members.keys() and ";" in line
        return PlacedObject("area" if is_area else "line", line, _others(members, "polyline"))
    if isinstance(location, str) and "," in location:
        return PlacedObject("place", location, _others(members, "location"))
    if isinstance(location, Mapping) and {"lng", "lat"} <= location.keys():
        text = f"{location['lng']},{location['lat']}"
        return PlacedObject("place", text, _others(members, "location"))
    return None


def _others(members: Mapping[str, Any], place: str) -> dict[str, JSON]:
    """Return the members that are values; AMap writes ``[]`` for a text that is missing."""
    properties: dict[str, JSON] = {}
    for name, value in members.items():
        if name not in (place, "districts") and (value == [] or _is_value(value)):
            properties[name] = None if value == [] else value
    return properties


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
