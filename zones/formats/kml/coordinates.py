"""The text of <coordinates> -> positions, strictly: what is not plain is read or told, not guessed.

KML writes ``lon,lat[,height]``, positions set apart by white space. Nothing else can be meant by
digits and commas of full width, by blanks around commas, by a comma at the end, or by degrees,
minutes and seconds: these are read, and it is told that they were.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import methodcaller
from typing import Final

import orjson

from zones.formats.csv.degrees_minutes_seconds import angle

_PLAIN: Final = re.compile(r"[-+0-9.eE,\s]*", re.ASCII)
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_HEIGHT: Final = re.compile(rf"{_NUMBER.pattern}|[-+]?(?:nan|inf)", re.IGNORECASE)
_TUPLE: Final = re.compile(rf"{_NUMBER.pattern},{_NUMBER.pattern}(?:,{_NUMBER.pattern})?")
_AROUND_COMMA: Final = re.compile(r"\s*,\s*")
_WITHIN_ANGLE: Final = re.compile(
    r"(?<=[°º˚度′'’‘分])\s+(?=[0-9])|(?<=[东西南北经纬EWNS])\s+(?=[0-9])"
)
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS: Final = {0x3000: " ", 0x00A0: " ", 0x2212: "-", 0x200B: None, 0xFEFF: None}
_USUAL: Final = str.maketrans(_FULL_WIDTH | _MARKS)
_SIDES: Final = (re.compile("[NS北南]"), re.compile("[EW东西]"))
"""Of the first and of the second number, if latitude stands before longitude."""
_PAIR, _WITH_HEIGHT = 2, 3
_JSON_NUMBERS: Final = frozenset({float, int})
_commas_in: Final = methodcaller("count", ",")
_SHOWN = 60


class UnreadableCoordinates(Exception):  # noqa: N818 - told to the caller, never raised on
    """The first position that cannot be read: its place from 1, and how it is written."""

    def __init__(self, place: int, text: str) -> None:
        self.place, self.text = place, text[:_SHOWN]
        super().__init__(place, text)


@dataclass(frozen=True, slots=True)
class Positions:
    """Longitudes and latitudes in turn; whether there were heights; what was read otherwise."""

    lonlat: list[float]
    high: bool = False
    mended: str | None = None

    def __len__(self) -> int:
        return len(self.lonlat) // _PAIR


def parse_coordinates(text: str) -> Positions:
    """Return the positions of a text; none if it is blank.

    Raises
    ------
    UnreadableCoordinates
        With the first position that is not ``lon,lat[,height]``.

    Examples
    --------
    >>> parse_coordinates("123.4,41.8,0 123.5,41.8,0").lonlat
    [123.4, 41.8, 123.5, 41.8]
    """
    plain = _plain(text)
    return _careful(text) if plain is None else plain


def _plain(text: str) -> Positions | None:
    """Return positions that are written by the letter and all alike, None for others."""
    if not text.isascii():
        return None
    tuples = text.split()
    sizes = {commas + 1 for commas in set(map(_commas_in, tuples))}
    size = sizes.pop() if sizes else _PAIR
    if sizes or size not in (_PAIR, _WITH_HEIGHT):
        return None
    values = _numbers(tuples)
    if values is None or len(values) != size * len(tuples):
        return None
    if size == _PAIR:
        return Positions(values)
    flat = [0.0] * (_PAIR * len(tuples))
    flat[::2], flat[1::2] = values[::3], values[1::3]
    return Positions(flat, high=True)


def _numbers(tuples: Sequence[str]) -> list[float] | None:
    """Return the numbers of plain positions; nearly all are as JSON has them, which is quicker."""
    text = ",".join(tuples)
    try:
        values: list[float] = orjson.loads(f"[{text}]")
        if _JSON_NUMBERS.issuperset(map(type, values)):
            return values
    except orjson.JSONDecodeError:
        pass
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return list(map(float, text.split(",")))
    except ValueError:
        return None


def _careful(text: str) -> Positions:
    usual = _WITHIN_ANGLE.sub("", text.translate(_USUAL))
    try:
        found = _of_tuples(usual.split())
    except UnreadableCoordinates:
        other = _without_last_commas(usual) or _without_blanks(usual)
        if other is None:
            raise
        found = other
    written = text.split()
    odd = [each for each in written if not _TUPLE.fullmatch(each)]
    shown = odd or (written if usual != text or not text.isascii() else [])
    return replace(found, mended=shown[0][:_SHOWN] if shown else None)


def _without_last_commas(text: str) -> Positions | None:
    """Return positions that end in a comma, all but perhaps the last."""
    tuples = text.split()
    if not all(each.endswith(",") for each in tuples[:-1]):
        return None
    return _alike([each.removesuffix(",") for each in tuples])


def _without_blanks(text: str) -> Positions | None:
    """Return positions with blanks around their commas, if all have as many numbers."""
    return _alike(_AROUND_COMMA.sub(",", text.strip()).split())


def _alike(tuples: Sequence[str]) -> Positions | None:
    if len({each.count(",") for each in tuples}) != 1:
        return None
    try:
        return _of_tuples(tuples)
    except UnreadableCoordinates:
        return None


def _of_tuples(tuples: Sequence[str]) -> Positions:
    lonlat: list[float] = []
    high = False
    for place, text in enumerate(tuples, start=1):
        parts = text.split(",")
        pair = _pair(parts) if len(parts) in (_PAIR, _WITH_HEIGHT) else None
        if pair is None:
            raise UnreadableCoordinates(place, text)
        high = high or len(parts) == _WITH_HEIGHT
        lonlat += pair
    return Positions(lonlat, high)


def _pair(parts: Sequence[str]) -> tuple[float, float] | None:
    """Return longitude and latitude of one position, None if they cannot be read."""
    one, other = (_degrees(part) for part in parts[:_PAIR])
    if one is None or other is None or any(not _HEIGHT.fullmatch(part) for part in parts[_PAIR:]):
        return None
    is_north, is_east = (_side_of(part, at) for at, part in zip(_SIDES, parts, strict=False))
    if is_north and is_east:
        return other, one
    return None if is_north or is_east else (one, other)


def _degrees(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else angle(text)


def _side_of(text: str, side: re.Pattern[str]) -> bool:
    """Return whether an angle names this side of the world with it."""
    return not _NUMBER.fullmatch(text) and side.search(text) is not None
