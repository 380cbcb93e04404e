"""Why a filter's geometry is none: GEOS's English sentences -> words in both languages."""

import re
from typing import Final

_PLACE: Final = re.compile(r"\[(\S+) (\S+)[^]]*\]\s*$")
_REASONS: Final = (
    ("do not form a closed", "环的首尾两点不同 / a ring does not end where it begins"),
    ("must contain 0 or >1", "线少于两个点 / a line has fewer than two points"),
    ("must be 0 or >", "点太少 / too few points"),
    ("Number of points", "点太少 / too few points"),
    ("Invalid number of points", "点太少 / too few points"),
    ("Too few points", "点太少 / too few different points"),
    ("Self-intersection", "边与边相交或重叠 / edges cross or lie on each other"),
    ("Hole lies outside", "洞在外环之外 / a hole lies outside its shell"),
    ("Holes are nested", "洞中有洞 / a hole lies in another"),
    ("Interior is disconnected", "内部被断开 / the interior falls apart"),
    ("Nested shells", "面中有面 / an area lies in another"),
    ("Duplicate Rings", "环重复 / a ring occurs twice"),
    ("Invalid Coordinate", "坐标不是有限的数 / a coordinate is no finite number"),
    ("Valid Geometry", "几何为空 / it is empty"),
)
_UNREADABLE: Final = "坐标或括号读不懂 / numbers or brackets cannot be read"


def reason_of(message: str) -> str:
    """Return in Chinese and English what GEOS says is wrong, and at which place if it says so.

    Examples
    --------
    >>> reason_of("Hole lies outside shell[1.5 2]")
    '洞在外环之外 / a hole lies outside its shell, 1.5 2'
    """
    words = next((words for key, words in _REASONS if key in message), _UNREADABLE)
    place = _PLACE.search(message)
    return f"{words}, {place[1]} {place[2]}" if place else words
