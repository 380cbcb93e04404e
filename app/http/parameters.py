"""The text of one query parameter -> its value; one small function a parameter."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.http.fault_status import RequestError
from zones.crs.transform import CRS, parse_crs
from zones.errors import UnknownCRSError
from zones.model import BBox

HIGHEST_REVISION: Final = 10**12
SHOWN: Final = 80
"""So much of a value is repeated in an answer."""

# float() would also take 1_000, Thai or full-width digits, nan and inf.
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?"
)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,19}")
_DURATION = re.compile(
    r"P(?=.)(?:([0-9]{1,4})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?"
)
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)


def number(text: str, name: str) -> float:
    """Return a finite number written in ASCII.

    Raises
    ------
    RequestError
        ``number-invalid`` or ``number-not-finite``, the place being ``("query", name)``.
    """
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) and math.isfinite(value := float(stripped)):
        return value
    endless = _NOT_FINITE.fullmatch(stripped) or _NUMBER.fullmatch(stripped)
    code = "number-not-finite" if endless else "number-invalid"
    raise RequestError(code, loc=("query", name), name=name, given=text[:SHOWN])


def whole_number(text: str, name: str, *, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``.

    Raises
    ------
    RequestError
        ``integer-invalid`` or ``integer-range``.
    """
    shown = text[:SHOWN]
    if not _WHOLE.fullmatch(text.strip()):
        raise RequestError(
            "integer-invalid", loc=("query", name), name=name, given=shown, low=low, high=high
        )
    value = int(text)
    if not low <= value <= high:
        raise RequestError(
            "integer-range", loc=("query", name), name=name, given=shown, low=low, high=high
        )
    return value


def revision(text: str, name: str = "revision", *, low: int = 1) -> int:
    """Return the number of a revision, which may be one that the store does not have.

    Raises
    ------
    RequestError
    """
    return whole_number(text, name, low=low, high=HIGHEST_REVISION)


def limit(text: str, *, highest: int) -> int:
    """Return a page's size: a larger one than ``highest`` is cut to it, as OGC allows."""
    if _WHOLE.fullmatch(text.strip()) and int(text) > highest:
        return highest
    return whole_number(text, "limit", low=1, high=highest)


def choice(text: str, name: str, *, choices: Sequence[str]) -> str:
    """Return the text when it is one of the choices.

    Raises
    ------
    RequestError
        ``parameter-choice``; the hint lists them.
    """
    if text in choices:
        return text
    raise RequestError(
        "parameter-choice",
        loc=("query", name),
        name=name,
        given=text[:SHOWN],
        choices=", ".join(choices),
    )


def crs(text: str, name: str = "crs") -> CRS:
    """Return the named reference system.

    Raises
    ------
    UnknownCRSError
        The place being ``("query", name)``.
    """
    try:
        return parse_crs(text)
    except UnknownCRSError as fault:
        raise UnknownCRSError(fault.code, loc=("query", name), **fault.params) from fault


@dataclass(frozen=True, slots=True)
class AskedBox:
    """A bbox as asked for: x and y bounds in ``crs``, x first whatever the axis order was."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    crs: CRS


def bbox(text: str, box_crs: CRS, *, authority_order: bool) -> AskedBox:
    """Return the bounds of ``bbox``; of six numbers the two heights are left out.

    Parameters
    ----------
    authority_order
        Whether the numbers come in the axis order that the authority gives ``box_crs``, as
        OGC API demands of a CRS that is named by its URI.

    Raises
    ------
    RequestError
        ``bbox-count``, ``bbox-order``, ``bbox-west-of-east`` or the fault of a number.
    """
    values = [number(part, "bbox") for part in text[:500].split(",")]
    if len(values) not in {4, 6}:
        raise RequestError("bbox-count", loc=("query", "bbox"), count=len(values))
    half = len(values) // 2
    first, second = values[:2], values[half : half + 2]
    if authority_order and box_crs.axis_order == "yx":
        first.reverse()
        second.reverse()
    box = AskedBox(first[0], first[1], second[0], second[1], box_crs)
    _check_order(box)
    return box


def degrees_bbox(text: str | None) -> BBox | None:
    """Return the bounds of ``bbox`` in degrees of CRS84; None if they are not asked for.

    Raises
    ------
    RequestError
        As ``bbox``.
    """
    if text is None:
        return None
    box = bbox(text, CRS.CRS84, authority_order=True)
    return BBox(box.x_min, box.y_min, box.x_max, box.y_max)


def _check_order(box: AskedBox) -> None:
    loc = ("query", "bbox")
    if box.y_min > box.y_max:
        raise RequestError("bbox-order", loc=loc, south=box.y_min, north=box.y_max)
    if box.x_min > box.x_max and not box.crs.is_geographic:
        raise RequestError("bbox-west-of-east", loc=loc, west=box.x_min, east=box.x_max)


def datetime_interval(text: str, name: str = "datetime") -> str:
    """Return an RFC 3339 instant or interval, open ends allowed; ISO 8601's durations as instants.

    OGC's own test suite ends intervals with a duration (``2021-03-19/P2D``), which the standard's
    grammar does not have.

    Raises
    ------
    RequestError
        ``datetime-invalid``.
    """
    start, slash, end = text.partition("/")
    if (duration := _DURATION.fullmatch(end)) and _is_instant(start):
        end = _after(start, duration)
        text = f"{start}/{end}"
    ends = (start, end) if slash else (start,)
    if all(_is_instant(part) or (slash and part in {"", ".."}) for part in ends):
        return text
    raise RequestError("datetime-invalid", loc=("query", name), given=text[:SHOWN])


def _after(start: str, duration: re.Match[str]) -> str:
    """Return the instant that lies a duration after another, in the form of that one."""
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in duration.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    try:
        if len(start) == len("2021-03-19"):
            return (date.fromisoformat(start) + length).isoformat()
        return (datetime.fromisoformat(start.upper()) + length).isoformat()
    except (ValueError, OverflowError):
        return "never"  # no instant, and refused as such


def _is_instant(text: str) -> bool:
    match = _INSTANT.fullmatch(text)
    if not match:
        return False
    try:
        date.fromisoformat(match[1])
    except ValueError:
        return False
    hour, minute, second = (int(part or 0) for part in match.groups()[1:])
    return hour < 24 and minute < 60 and second <= 60  # noqa: PLR2004 - a leap second is 60
