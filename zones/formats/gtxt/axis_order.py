"""Which of the two numbers of a vertex is the north, told by their size."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

Order = Literal["north-east", "east-north", "lat-lon", "lon-lat", "unknown"]

# China between its farthest points, with room: no northing is an easting, no latitude a longitude.
_NORTHINGS_M: Final = (1.5e6, 6.5e6)
_EASTINGS_M: Final = (1e5, 9e5)
_ZONE_M: Final = 1_000_000
_ZONES: Final = range(13, 46)
_LATITUDES: Final = (3.0, 54.0)
_LONGITUDES: Final = (73.0, 136.0)
_NORTH_FIRST: Final = frozenset({"north-east", "lat-lon", "unknown"})


def order_of(first: float, second: float) -> Order:
    """Return the order of two numbers as far as their size tells it.

    Examples
    --------
    >>> order_of(4626950.0, 41533000.0), order_of(533000.0, 4626950.0), order_of(41.77, 123.39)
    ('north-east', 'east-north', 'lat-lon')
    """
    if _is_within(first, _NORTHINGS_M) and _is_easting(second):
        return "north-east"
    if _is_within(second, _NORTHINGS_M) and _is_easting(first):
        return "east-north"
    if _is_within(first, _LATITUDES) and _is_within(second, _LONGITUDES):
        return "lat-lon"
    if _is_within(second, _LATITUDES) and _is_within(first, _LONGITUDES):
        return "lon-lat"
    return "unknown"


def zone_of(easting: float) -> int:
    """Return the zone's number that an easting begins with, 0 if it has none."""
    return int(easting // _ZONE_M) if abs(easting) < 1e9 else 0  # noqa: PLR2004 - no easting is as far


@dataclass(frozen=True, slots=True)
class Axes:
    """The order of a whole file: that of most of its vertices; ``zone`` is most eastings' prefix.

    ``agreeing`` is how many vertices are of that order, ``others`` how many are not.
    """

    order: Order
    zone: int
    agreeing: int
    others: int

    @property
    def north_first(self) -> bool:
        """Whether the first number is the north; so the format has it."""
        return self.order in _NORTH_FIRST

    @property
    def in_degrees(self) -> bool:
        """Whether the numbers are degrees."""
        return self.order in ("lat-lon", "lon-lat")

    def xy(self, first: float, second: float) -> tuple[float, float]:
        """Return east and north of a vertex."""
        return (second, first) if self.north_first else (first, second)

    def fits(self, first: float, second: float) -> bool:
        """Return whether a vertex has the order and the zone of the file."""
        if self.order == "unknown":
            return True
        if order_of(first, second) != self.order:
            return False
        return self.in_degrees or zone_of(self.xy(first, second)[0]) == self.zone


def axes_of(found: Counter[tuple[Order, int]]) -> Axes:
    """Return the order of a file by orders and zones of its vertices, counted."""
    total = found.total()
    known = {key: count for key, count in found.items() if key[0] != "unknown"}
    if 2 * sum(known.values()) < total or not known:
        return Axes("unknown", 0, total, 0)
    (order, zone), agreeing = max(known.items(), key=lambda each: each[1])
    return Axes(order, zone, agreeing, total - agreeing)


def key_of(first: float, second: float) -> tuple[Order, int]:
    """Return order and zone of a vertex, as ``axes_of`` counts them."""
    order = order_of(first, second)
    if order in ("north-east", "east-north"):
        return order, zone_of(second if order == "north-east" else first)
    return order, 0


def _is_within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _is_easting(value: float) -> bool:
    zone = zone_of(value)
    return _is_within(value % _ZONE_M, _EASTINGS_M) and (zone == 0 or zone in _ZONES)
