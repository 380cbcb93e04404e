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
class Placed:
    """An object: what kind of shape its text has, the text, and its other members."""

    kind: Kind
    text: str
    properties: dict[str, JSON]


def placed_objects(root: Any) -> Iterator[Placed]:
    """Yield the objects that have an outline, a line or a location, in the answer's order.

    Where an object has both, the outline counts; the location stays a property.
    """
    pending = [root]
    while pending:
        told = pending.pop()
        if isinstance(told, list):
            pending += reversed(told)
        elif isinstance(told, Mapping):
            if (found := _placed(told)) is not None:
                yield found
            inner = [each for each in told.values() if isinstance(each, list | dict)]
            pending += reversed(inner)


def count_without_outline(root: Any) -> int:
    """Return how many districts of an answer have a name and no outline."""
    pending, count = [root], 0
    while pending:
        told = pending.pop()
        if isinstance(told, list):
            pending += told
        elif isinstance(told, Mapping):
            count += "adcode" in told and "center" in told and not told.get("polyline")
            pending += [each for each in told.values() if isinstance(each, list | dict)]
    return count


def _placed(told: Mapping[str, Any]) -> Placed | None:
    outlines = told.get(_OUTLINES)
    if isinstance(outlines, list) and outlines and all(isinstance(one, str) for one in outlines):
        return Placed("area", "|".join(outlines), _others(told, _OUTLINES))
    line, location = (told.get(name) for name in _PLACES)
    if isinstance(line, str) and line.strip():
        is_area = _OF_DISTRICTS & told.keys() and ";" in line
        return Placed("area" if is_area else "line", line, _others(told, "polyline"))
    if isinstance(location, str) and "," in location:
        return Placed("place", location, _others(told, "location"))
    if isinstance(location, Mapping) and {"lng", "lat"} <= location.keys():
        text = f"{location['lng']},{location['lat']}"
        return Placed("place", text, _others(told, "location"))
    return None


def _others(told: Mapping[str, Any], place: str) -> dict[str, JSON]:
    """Return the members that are values; AMap writes ``[]`` for a text that is missing."""
    kept: dict[str, JSON] = {}
    for name, value in told.items():
        if name not in (place, "districts") and (value == [] or _is_value(value)):
            kept[name] = None if value == [] else value
    return kept


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
