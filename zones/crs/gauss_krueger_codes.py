"""EPSG's codes of the Gauss-Krueger zones of China, by datum, meridian and how eastings begin.

EPSG Geodetic Parameter Dataset 12: zones 25 to 45 of three degrees, 13 to 23 of six.
"""

from dataclasses import dataclass
from typing import Final

_THREE_DEGREE_ZONES, _SIX_DEGREE_ZONES = range(25, 46), range(13, 24)


@dataclass(frozen=True, slots=True)
class ChineseDatum:
    """A datum: EPSG's codes in degrees, and of the first zone in each way to count zones.

    Of three degrees with and without the zone's number in eastings, then of six degrees.
    """

    name: str
    axis_m: float
    flattening: tuple[float, float]
    degrees: int
    prefixed_3: int
    plain_3: int
    prefixed_6: int


CGCS2000: Final = ChineseDatum(
    "CGCS2000", 6378137.0, (298.2572221, 298.2572222), 4490, 4513, 4534, 4491
)
XIAN_1980: Final = ChineseDatum(
    "Xian 1980", 6378140.0, (298.2569, 298.2571), 4610, 2349, 2370, 2327
)
BEIJING_1954: Final = ChineseDatum(
    "Beijing 1954", 6378245.0, (298.29, 298.31), 4214, 2401, 2422, 21413
)


def zone_code(datum: ChineseDatum, *, prefix: int | None, meridian: float | None) -> int | None:
    """Return the code of a zone, None where there is none.

    Parameters
    ----------
    prefix
        The millions that eastings begin with, None where they have no zone's number.
    meridian
        In degrees; None leaves it to the prefix, which it must not contradict.
    """
    if prefix is None:
        if meridian is None or meridian % 3:
            return None
        zone = int(meridian // 3)
        known = zone in _THREE_DEGREE_ZONES
        return datum.plain_3 + zone - _THREE_DEGREE_ZONES.start if known else None
    if prefix in _THREE_DEGREE_ZONES and meridian in (None, 3.0 * prefix):
        return datum.prefixed_3 + prefix - _THREE_DEGREE_ZONES.start
    if prefix in _SIX_DEGREE_ZONES and meridian in (None, 6.0 * prefix - 3):
        return datum.prefixed_6 + prefix - _SIX_DEGREE_ZONES.start
    return None
