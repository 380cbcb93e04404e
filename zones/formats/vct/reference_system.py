"""What a VCT says of its reference system -> the EPSG code, checked against its numbers.

The head has ``Spheroid:CGCS2000,6378137.0,298.257222101`` and ``Parameters:`` central meridian,
scale, false easting (with the zone: 41500000), false northing, width of the zone, its number
(GB/T 17798-2007; writers of the third land survey). Older ones have ``Meridian:`` or nothing.
Whether eastings begin with the zone is decided by the numbers, not by the head.
"""

from typing import Final

from zones.crs.gauss_krueger_codes import (
    BEIJING_1954,
    CGCS2000,
    XIAN_1980,
    ChineseDatum,
    zone_code,
)
from zones.crs.source_crs import SourceCRS, source_crs_from_epsg
from zones.errors import UnknownCRSError
from zones.formats.vct.head import VCTHead

_LONGEST_QUOTE = 160
_MERIDIANS: Final = (73.0, 136.0)
_DEGREES: Final = (180.0, 90.0)
_PREFIXED_M: Final = 1e7


_DATUMS: Final = (CGCS2000, XIAN_1980, BEIJING_1954)
_WORDS: Final = {
    "2000": CGCS2000,
    "西安": XIAN_1980,
    "xian": XIAN_1980,
    "iag": XIAN_1980,
    "1975": XIAN_1980,
    "克拉索夫": BEIJING_1954,
    "krasso": BEIJING_1954,
    "北京": BEIJING_1954,
}


def declared_system(head: VCTHead, first: tuple[float, float] | None) -> SourceCRS | None:
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


def _code(
    head: VCTHead, datum: ChineseDatum | None, first: tuple[float, float] | None
) -> int | None:
    if datum is None or first is None:
        return None
    easting, northing = first
    if abs(easting) <= _DEGREES[0] and abs(northing) <= _DEGREES[1]:
        return datum.degrees
    prefix = int(easting // 1e6) if easting >= _PREFIXED_M else None
    return zone_code(datum, prefix=prefix, meridian=_meridian(head))


def _meridian(head: VCTHead) -> float | None:
    west, east = _MERIDIANS
    found = (*head.numbers("parameters"), *head.numbers("meridian", "meridinan"))
    return next((each for each in found if west <= each <= east), None)


def _datum_of(spheroid: str, head: VCTHead) -> ChineseDatum | None:
    numbers = head.numbers("spheroid")
    for datum in _DATUMS:
        low, high = datum.flattening
        if datum.axis_m in numbers and any(low <= each <= high for each in numbers):
            return datum
    words = f"{spheroid} {head.value('projection')}".casefold()
    named = {datum.name: datum for word, datum in _WORDS.items() if word in words}
    return next(iter(named.values())) if len(named) == 1 else None
