"""Texts of a table's cells -> the two numbers of a place, and which of them is the east."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,3})?")
_PAIR: Final = re.compile(
    r"[\[({【]?\s*([-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?)"
    r"(?:\s*[,;、/|]\s*|\s+)"
    r"([-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?)\s*[\])}】]?"
)
_DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]{1,9},[0-9]{1,20}")
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．－＋，；（）", "0123456789.-+,;()")
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_LEAST_NORTHING_M, _MOST_NORTHING_M = 1.5e6, 6.5e6  # from Hainan to the Amur
_ZONES: Final = range(13, 46)  # of six degrees from 13, of three to 45

Pair = tuple[float, float]


def number(text: str) -> float | None:
    """Return a decimal number, full-width digits taken too; None for anything else."""
    plain = text.strip().translate(_FULL_WIDTH)
    return float(plain) if _NUMBER.fullmatch(plain) else None


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
    """
    found = _PAIR.fullmatch(text.strip().translate(_FULL_WIDTH))
    return (found[1], found[2]) if found else (text, "")


def pairs_of(texts: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    """Yield the pairs of numbers, passing over what is none."""
    for one, other in texts:
        first, second = number(one), number(other)
        if first is not None and second is not None:
            yield first, second


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
