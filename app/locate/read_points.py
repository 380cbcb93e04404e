"""Points that somebody gives: one in a query, many in JSON; told apart, judged, moved to storage.

A point is ``lon`` and ``lat``, or ``x`` and ``y`` as projected systems have them; x is always
longitude or easting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.http import parameters
from app.http.fault_status import RequestError, RequestFaultsError, TooLargeError
from app.http.json_body import parse_json, refuse_repeated
from zones.crs.transform import CRS, check_xy, coordinate_fault, to_storage_xy
from zones.errors import ZonesError
from zones.geojson.lossy_numbers import LongNumber, parsed_long, settled
from zones.model import JSON

MOST_POINTS: Final = 10_000
PAIRS: Final = (("lon", "lat"), ("x", "y"))
_PAIR_LENGTH = 2
_OWN: Final = frozenset({"id", "lon", "lat", "x", "y"})

COLLECTIONS_DESCRIPTION: Final = (
    "还要在这些集合中查找，逗号分隔，最多 10 个 / further collections of areas to locate in"
)
"""What the API's description says of the parameter ``collections``."""


@dataclass(frozen=True, slots=True)
class RequestedPoint:
    """A point in EPSG:4490, and the system it was given in."""

    lon: float
    lat: float
    crs: CRS


def read_point(query: Mapping[str, str]) -> RequestedPoint:
    """Return the point of ``lon``/``lat`` or ``x``/``y`` and ``crs``.

    Raises
    ------
    RequestFaultsError
        With everything that is wrong with the parameters.
    UnknownCRSError, CoordinateError
        The numbers are sound, the place is not: out of range, swapped, metres for degrees.
    """
    crs = parameters.crs(query.get("crs", "CRS84"))
    names = _coordinate_names({name for pair in PAIRS for name in pair if name in query}, crs)
    faults: list[ZonesError] = []
    values: list[float] = []
    for name in names:
        try:
            values.append(parameters.number(query[name], name))
        except RequestError as fault:
            faults.append(fault)
    if faults:
        raise RequestFaultsError(faults)
    return _stored(values[0], values[1], crs, loc=("query", ",".join(names)))


def _coordinate_names(names: set[str], crs: CRS) -> tuple[str, str]:
    if not names:
        raise RequestError("point-missing", loc=("query",))
    pairs = [pair for pair in PAIRS if names & set(pair)]
    if len(pairs) > 1:
        raise RequestError("point-two-pairs", loc=("query",))
    pair = pairs[0]
    if missing := set(pair) - names:
        name = missing.pop()
        half = (names & set(pair)).pop()
        raise RequestError("point-half", loc=("query", name), given=half, missing=name)
    if pair == PAIRS[0] and not crs.is_geographic:
        raise RequestError("point-degrees-for-projected", loc=("query", "crs"), crs=crs.key)
    return pair


def _stored(x: float, y: float, crs: CRS, *, loc: tuple[str, ...]) -> RequestedPoint:
    check_xy(x, y, crs, loc=loc)
    lon, lat = to_storage_xy(x, y, crs)
    return RequestedPoint(lon, lat, crs)


@dataclass(frozen=True, slots=True)
class PointRow:
    """One item of a list: x and y as given, or what is wrong with them, and what came along."""

    xy: tuple[float, float] | None
    fault: ZonesError | None = None
    id: JSON = None
    properties: Mapping[str, JSON] = field(default_factory=dict)


def read_points(body: bytes, crs: CRS) -> list[PointRow]:
    """Return the points of a JSON body in their order; a wrong one keeps its place.

    Takes ``{"points": [...]}`` or the list alone; an item is ``[x, y]`` or an object with
    ``lon`` and ``lat`` (or ``x`` and ``y``), whose ``id`` and other members come along.

    Raises
    ------
    RequestError
        The body is no JSON, no list, or an object in it names a member twice.
    TooLargeError
        More than 10,000 points.
    """
    document = parse_json(body)
    items = document.get("points") if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise RequestError("body-points-shape", loc=("body",))
    if isinstance(document, dict) and (unknown := sorted(document.keys() - {"points"})):
        name = unknown[0][:80]
        raise RequestError("body-member-unknown", loc=("body", name), name=name, known="points")
    if len(items) > MOST_POINTS:
        raise TooLargeError("too-many-points", loc=("body",), limit=MOST_POINTS, count=len(items))
    members = sum(len(item) for item in items if isinstance(item, dict))
    if body.count(b":") > members + isinstance(document, dict):
        refuse_repeated(body, document)
    if not any(map(_may_be_bent, items)):
        return [_row(item, crs, index) for index, item in enumerate(items)]
    (exact,) = parsed_long(body) if isinstance(document, dict) else ({"points": parsed_long(body)},)
    pairs = zip(items, exact["points"], strict=True)
    return [_exact_row(item, whole, crs, index) for index, (item, whole) in enumerate(pairs)]


def _may_be_bent(item: Any) -> bool:
    """Return whether the id or another member besides the point is a double, or may hold one."""
    return isinstance(item, dict) and any(
        isinstance(value, float | list | dict)
        for name, value in item.items()
        if name == "id" or name not in _OWN
    )


def _exact_row(item: Any, whole: Any, crs: CRS, index: int) -> PointRow:
    """Return a row whose id and other members have the digits that were written.

    A number that neither an integer of 64 bits nor a double is, is a fault of its row.
    """
    row = _row(item, crs, index)
    if not isinstance(whole, dict):
        return row
    found: list[tuple[str, LongNumber]] = []
    along = {
        name: settled(value, name, found)
        for name, value in whole.items()
        if name == "id" or name not in _OWN
    }
    fault = row.fault
    if found:
        name, number = found[0]
        loc = ("body", "points", index, name)
        fault = RequestError("number-not-kept", loc=loc, given=number[: parameters.SHOWN])
    xy = row.xy if fault is None else None
    return PointRow(xy, fault, along.pop("id", None), along)


def _row(item: Any, crs: CRS, index: int) -> PointRow:
    if isinstance(item, dict):
        id_, rest = item.get("id"), _besides_point(item)
        return _judged(lambda: _pair_of_object(item, crs, index), crs, index, (id_, rest))
    return _judged(lambda: _pair_of_list(item, index), crs, index, (None, {}))


def _besides_point(item: Mapping[str, JSON]) -> dict[str, JSON]:
    return {name: value for name, value in item.items() if name not in _OWN}


def _judged(
    read: Callable[[], tuple[float, float]],
    crs: CRS,
    index: int,
    along: tuple[JSON, Mapping[str, JSON]],
) -> PointRow:
    try:
        x, y = read()
    except RequestError as fault:
        return PointRow(None, fault, *along)
    if wrong := coordinate_fault(x, y, crs, loc=("body", "points", index)):
        return PointRow(None, wrong, *along)
    return PointRow((x, y), None, *along)


def _pair_of_list(item: Any, index: int) -> tuple[float, float]:
    loc = ("body", "points", index)
    if not isinstance(item, list) or len(item) != _PAIR_LENGTH:
        raise RequestError("point-shape", loc=loc)
    return _number(item[0], (*loc, 0)), _number(item[1], (*loc, 1))


def _pair_of_object(item: Mapping[str, Any], crs: CRS, index: int) -> tuple[float, float]:
    loc = ("body", "points", index)
    try:
        names = _coordinate_names({name for pair in PAIRS for name in pair if name in item}, crs)
    except RequestError as fault:
        raise RequestError(fault.code, loc=loc, **fault.params) from fault
    return _number(item[names[0]], (*loc, names[0])), _number(item[names[1]], (*loc, names[1]))


def _number(value: Any, loc: tuple[str | int, ...]) -> float:
    """Return a JSON number; text that looks like one is refused, as is a truth value."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    shown = str(value)[: parameters.SHOWN]
    raise RequestError("number-invalid", loc=loc, name=str(loc[-1]), given=shown)


def collection_ids(text: str | None) -> tuple[str, ...]:
    """Return the ids in a list such as ``parcels,subdistricts``; none for no list."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
