"""Texts of a table's cells -> the two numbers of a place, and which of them is the east."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from zones.formats.csv.degrees_minutes_seconds import angle, has_seconds, looks_packed, unpacked

_LONGEST: Final = 100
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_GROUPED: Final = re.compile(r"[-+]?[0-9]{1,3}(?:(?:,[0-9]{3}){2,}(?:\.[0-9]*)?|,[0-9]{3}\.[0-9]*)")
_BETWEEN: Final = re.compile(r"\s*[,，;；、/|]\s*")
_LABEL: Final = re.compile(r"(?<![A-Za-z])([XYNEBL])\s*[=＝]\s*(?=[-+.0-9])", re.IGNORECASE)
_LABELS: Final = frozenset({"XY", "YX", "NE", "EN", "BL", "LB"})
_BRACKETS: Final = "[]【】()（）{} "
_DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]{1,9},[0-9]{1,20}")
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．－＋−–，；（）：", "0123456789.-+--,;():")
INVISIBLE: Final = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_LEAST_NORTHING_M, _MOST_NORTHING_M = 1.5e6, 6.5e6  # from Hainan to the Amur
_ZONES: Final = range(13, 46)  # of six degrees from 13, of three to 45

Pair = tuple[float, float]
How = Literal["plain", "angle", "cleaned"]
"""Written as a decimal number; as an angle; with marks that were passed over."""


class Coordinate(NamedTuple):
    """A number out of a cell, and how it was written."""

    value: float
    how: How


def coordinate(text: str) -> Coordinate | None:
    """Return the number that a cell holds; None if it is none beyond doubt.

    Read are decimal numbers, full-width digits, commas between thousands, invisible characters
    beside them, and angles in degrees, minutes, seconds.

    Examples
    --------
    >>> coordinate("123.405"), coordinate("123°24′18″")
    (Coordinate(value=123.405, how='plain'), Coordinate(value=123.405, how='angle'))
    >>> coordinate("１２３.405\u200b").how, coordinate("123,405")
    ('cleaned', None)
    """
    if len(text) > _LONGEST:
        return None
    bare = text.strip(" \t\r\n")
    if _NUMBER.fullmatch(bare):
        return Coordinate(float(bare), "plain")
    plain = INVISIBLE.sub("", bare).translate(_FULL_WIDTH).strip().removeprefix("'")
    if _NUMBER.fullmatch(plain):
        return Coordinate(float(plain), "cleaned")
    if _GROUPED.fullmatch(plain):
        return Coordinate(float(plain.replace(",", "")), "cleaned")
    found = angle(plain)
    return None if found is None else Coordinate(found, "angle")


def is_plain_number(text: str) -> bool:
    """Return whether a cell holds a decimal number, and nothing else but blanks."""
    if len(text) > _LONGEST:
        return False
    return (_NUMBER.fullmatch(text) or _NUMBER.fullmatch(text.strip(" \t\r\n"))) is not None


def number(text: str) -> float | None:
    """Return the number that a cell holds, however it is written; None for anything else."""
    if len(text) <= _LONGEST and _NUMBER.fullmatch(text):  # as nearly all are
        return float(text)
    found = coordinate(text)
    return None if found is None else found.value


def packed_number(text: str) -> float | None:
    """Return degrees of a cell that holds ``ddd.mmssss``; of any other as ``number`` does.

    Examples
    --------
    >>> packed_number("123.2418"), packed_number("123.97"), packed_number("123°24′18″")
    (123.405, None, 123.405)
    """
    plain = text.strip()
    if looks_packed(plain):
        return unpacked(plain)
    return None if _NUMBER.fullmatch(plain) and "." in plain else number(text)


def without_labels(text: str) -> str:
    """Return a text without the names of the two numbers in it, if it names both.

    Examples
    --------
    >>> without_labels("X=4626800.1 Y=533000.2"), without_labels("X=4626800.1")
    ('4626800.1 533000.2', 'X=4626800.1')
    """
    if "=" not in text and "＝" not in text:
        return text
    named = "".join(_LABEL.findall(text)).upper()
    return _LABEL.sub("", text) if named in _LABELS else text


def is_blank(text: str) -> bool:
    """Return whether a cell holds nothing that can be seen."""
    return not INVISIBLE.sub("", text).strip()


def has_decimal_comma(text: str) -> bool:
    """Return whether a text has a number written with a comma, as in much of Europe."""
    plain = text.translate(_FULL_WIDTH).replace(";", " ")
    return any(_DECIMAL_COMMA.fullmatch(part) for part in plain.split())


def halves(text: str) -> tuple[str, str]:
    """Return the two numbers of ``123.41,41.79`` as texts; the whole and nothing if it is no pair.

    Between them may stand a comma, a semicolon, a stroke or blanks, around them brackets.

    Examples
    --------
    >>> halves("（123.41，41.79）"), halves("南京街")
    (('123.41', '41.79'), ('南京街', ''))
    >>> halves("41°47′06″N 123°24′18″E"), halves("X=4626800.1，Y=533000.2")
    (('41°47′06″N', '123°24′18″E'), ('4626800.1', '533000.2'))
    """
    if len(text) <= 2 * _LONGEST:
        plain = without_labels(text.strip().strip(_BRACKETS))
        parts = _BETWEEN.split(plain) if _BETWEEN.search(plain) else plain.split()
        if len(parts) == 2 and all(number(part) is not None for part in parts):  # noqa: PLR2004 - a pair
            return parts[0], parts[1]
    return text, ""


def pairs_of(texts: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    """Yield the pairs of numbers, passing over what is none."""
    for one, other in texts:
        first, second = number(one), number(other)
        if first is not None and second is not None:
            yield first, second


def are_packed(texts: Sequence[tuple[str, str]]) -> bool:
    """Return whether all pairs may be degrees, minutes, seconds written ``ddd.mmssss``."""
    are_all = all(looks_packed(one) and looks_packed(other) for one, other in texts)
    return are_all and any(has_seconds(one) and has_seconds(other) for one, other in texts)


def is_north_first(pairs: Sequence[Pair]) -> bool:
    """Return whether all pairs are a northing and an easting in metres, in that order.

    Surveyors in China call the north X. In metres the numbers tell which is which: there are no
    eastings between 1500 km and 6500 km, and no northings below 1500 km.
    """
    return bool(pairs) and all(_is_north_first(x, y) for x, y in pairs)


def is_degrees(pair: Pair) -> bool:
    """Return whether two numbers can be degrees of longitude and latitude, in either order."""
    return max(map(abs, pair)) <= _MOST_LONGITUDE and min(map(abs, pair)) <= _MOST_LATITUDE


def is_latitude_first(pairs: Sequence[Pair]) -> bool | None:
    """Return whether all pairs are latitude and longitude in that order, if the numbers tell."""
    if not pairs:
        return None
    if all(abs(one) <= _MOST_LATITUDE < abs(other) for one, other in pairs):
        return True
    return False if all(abs(one) > _MOST_LATITUDE for one, _ in pairs) else None


def are_places_in_china(pairs: Sequence[Pair]) -> bool:
    """Return whether all pairs are degrees in China, in one order or the other."""
    return bool(pairs) and all(
        any(
            _is_within(lon, _CHINA_LON) and _is_within(lat, _CHINA_LAT)
            for lon, lat in (pair, pair[::-1])
        )
        for pair in pairs
    )


def _is_within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _is_north_first(x: float, y: float) -> bool:
    northing = _LEAST_NORTHING_M < x < _MOST_NORTHING_M
    easting, prefix = y % 1e6, y // 1e6
    return northing and 1e5 < easting < 9e5 and (prefix == 0 or prefix in _ZONES)  # noqa: PLR2004 - a zone's own width
