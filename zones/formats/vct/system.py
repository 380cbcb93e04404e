"""What a VCT says of its reference system -> the EPSG code, checked against its numbers.

The head has ``Spheroid:CGCS2000,6378137.0,298.257222101`` and ``Parameters:`` central meridian,
scale, false easting (with the zone: 41500000), false northing, width of the zone, its number
(GB/T 17798-2007; writers of the third land survey). Older ones have ``Meridian:`` or nothing.
Whether eastings begin with the zone is decided by the numbers, not by the head.
"""

from dataclasses import dataclass
from typing import Final

from zones.crs.source_crs import SourceCRS, source_crs_from_epsg
from zones.errors import UnknownCRSError
from zones.formats.vct.head import Head

_LONGEST_QUOTE = 160
_MERIDIANS: Final = (73.0, 136.0)
_DEGREES: Final = (180.0, 90.0)
_PREFIXED_M: Final = 1e7
_THREE_DEGREE_ZONES, _SIX_DEGREE_ZONES = range(25, 46), range(13, 24)


@dataclass(frozen=True, slots=True)
class _Datum:
    """EPSG's codes of a datum: in degrees, and of its first zone in each of four ways to count.

    Three degrees with and without the zone's number in eastings, then six degrees.
    """

    name: str
    axis_m: float
    flattening: tuple[float, float]
    degrees: int
    prefixed_3: int
    plain_3: int
    prefixed_6: int


# EPSG Geodetic Parameter Dataset 12: zones 25 to 45 of three degrees, 13 to 23 of six.
_DATUMS: Final = (
    _Datum("CGCS2000", 6378137.0, (298.2572221, 298.2572222), 4490, 4513, 4534, 4491),
    _Datum("Xian 1980", 6378140.0, (298.2569, 298.2571), 4610, 2349, 2370, 2327),
    _Datum("Beijing 1954", 6378245.0, (298.29, 298.31), 4214, 2401, 2422, 21413),
)
_WORDS: Final = {
    "2000": _DATUMS[0],
    "西安": _DATUMS[1],
    "xian": _DATUMS[1],
    "iag": _DATUMS[1],
    "1975": _DATUMS[1],
    "克拉索夫": _DATUMS[2],
    "krasso": _DATUMS[2],
    "北京": _DATUMS[2],
}


def declared_system(head: Head, first: tuple[float, float] | None) -> SourceCRS | None:
    """Return the system that head and first position name together, None if the head names none.

    Raises
    ------
    UnknownCRSError
        With the head's words, where they are not understood or the numbers deny them.
    """
    spheroid = head.value("spheroid", "horizontalcrs")
    projected = head.value("projection", "parameters", "meridian", "meridinan")
    if not spheroid and not projected:
        return None
    code = _code(head, _datum_of(spheroid, head), first)
    if code is None:
        words = "; ".join(filter(None, (spheroid, projected, head.value("parameters"))))
        raise UnknownCRSError("crs-unreadable", text=words[:_LONGEST_QUOTE], supported="")
    return source_crs_from_epsg(code)


def _code(head: Head, datum: _Datum | None, first: tuple[float, float] | None) -> int | None:
    if datum is None or first is None:
        return None
    easting, northing = first
    if abs(easting) <= _DEGREES[0] and abs(northing) <= _DEGREES[1]:
        return datum.degrees
    meridian = _meridian(head)
    if easting >= _PREFIXED_M:
        return _by_prefix(datum, int(easting // 1e6), meridian)
    if meridian is None or meridian % 3:
        return None
    zone = int(meridian // 3)
    return datum.plain_3 + zone - _THREE_DEGREE_ZONES.start if zone in _THREE_DEGREE_ZONES else None


def _by_prefix(datum: _Datum, zone: int, meridian: float | None) -> int | None:
    if zone in _THREE_DEGREE_ZONES and meridian in (None, 3.0 * zone):
        return datum.prefixed_3 + zone - _THREE_DEGREE_ZONES.start
    if zone in _SIX_DEGREE_ZONES and meridian in (None, 6.0 * zone - 3):
        return datum.prefixed_6 + zone - _SIX_DEGREE_ZONES.start
    return None


def _meridian(head: Head) -> float | None:
    west, east = _MERIDIANS
    found = (*head.numbers("parameters"), *head.numbers("meridian", "meridinan"))
    return next((each for each in found if west <= each <= east), None)


def _datum_of(spheroid: str, head: Head) -> _Datum | None:
    numbers = head.numbers("spheroid")
    for datum in _DATUMS:
        low, high = datum.flattening
        if datum.axis_m in numbers and any(low <= each <= high for each in numbers):
            return datum
    words = f"{spheroid} {head.value('projection')}".casefold()
    named = {datum.name: datum for word, datum in _WORDS.items() if word in words}
    return next(iter(named.values())) if len(named) == 1 else None
