"""Degrees as people write them: decimal, or in degrees, minutes and seconds."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Axis = Literal["lon", "lat"]

_AXES: Final[dict[str, tuple[Axis, int]]] = {
    "E": ("lon", 1),
    "W": ("lon", -1),
    "N": ("lat", 1),
    "S": ("lat", -1),
    "东经": ("lon", 1),
    "西经": ("lon", -1),
    "北纬": ("lat", 1),
    "南纬": ("lat", -1),
}
_NUMBER: Final = r"[0-9]{1,3}(?:\.[0-9]*)?"
_ANGLE: Final = re.compile(
    rf"(?P<before>{'|'.join(_AXES)})?\s*(?P<sign>[-+]?)"
    rf"(?P<degrees>{_NUMBER})\s*[°º˚度]\s*"
    rf"(?:(?P<minutes>{_NUMBER})\s*[′'’‘分]\s*"
    rf"(?:(?P<seconds>{_NUMBER})\s*(?:[″\"”“秒]|''|′′|’’)\s*)?)?"
    rf"(?P<behind>[EWNS])?",
    re.IGNORECASE,
)
_SIXTY: Final = 60


@dataclass(frozen=True, slots=True)
class Angle:
    """Decimal degrees, and which axis they are on if that is written with them."""

    degrees: float
    axis: Axis | None = None


def angle_of(text: str) -> Angle | None:
    """Return an angle that is written with a sign of degrees; None if it is none.

    Only the last of degrees, minutes and seconds may have decimals; minutes and seconds are
    below 60.

    Examples
    --------
    >>> angle_of("123°24′18″").degrees, angle_of("N41°47.1'")
    (123.405, Angle(degrees=41.785, axis='lat'))
    """
    found = _ANGLE.fullmatch(text.strip())
    if found is None or (found["before"] and found["behind"]):
        return None
    parts = [found[name] for name in ("degrees", "minutes", "seconds") if found[name]]
    if any("." in part for part in parts[:-1]) or any(float(p) >= _SIXTY for p in parts[1:]):
        return None
    seconds = sum(float(part) * _SIXTY ** (2 - place) for place, part in enumerate(parts))
    size = seconds / _SIXTY**2
    axis, turn = _AXES.get((found["before"] or found["behind"] or "").upper(), (None, 1))
    if found["sign"] == "-":
        turn = -turn
    return Angle(turn * size, axis)
