"""Degrees, minutes and seconds in columns of their own: 经度(度), 经度(分), 经度(秒).

Forms for permits have them so. The column of degrees alone would be up to a degree off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.formats.csv.coordinate_headings import heading_of
from zones.model import JSON, Problem

_UNITS: Final = {
    **dict.fromkeys(("度", "deg", "degree", "degrees", "d", "°"), 0),
    **dict.fromkeys(("分", "min", "minute", "minutes", "m", "′", "'"), 1),
    **dict.fromkeys(("秒", "sec", "second", "seconds", "s", "″", '"'), 2),
}
_NAMED: Final = re.compile(
    r"(.+?)[\s_\-(（\[【]*(度|分|秒|degrees?|deg|d|minutes?|min|m|seconds?|sec|s|[°′″'\"])[)）\]】]?",
    re.IGNORECASE,
)
_LON, _LAT = ("lon", "jd", "l"), ("lat", "wd", "b")
_TITLES: Final[dict[tuple[str, ...], str]] = {_LON: "经度", _LAT: "纬度"}
_MARKS: Final = "°′″"
_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class DegreeColumns:
    """Where degrees, minutes and, if there are any, seconds stand, and what to call them."""

    title: str
    columns: tuple[int, ...]

    def text_of(self, cells: Sequence[str]) -> str:
        """Return the angle of a row as one text; nothing where all parts of it are blank.

        Examples
        --------
        >>> DegreeColumns("经度", (0, 1, 2)).text_of(["123", "24", "18.3"])
        '123°24′18.3″'
        """
        parts = (cells[at].strip() for at in self.columns)
        return "".join(part + mark for part, mark in zip(parts, _MARKS, strict=False) if part)


def degree_columns(headings: Sequence[str]) -> tuple[DegreeColumns, ...]:
    """Return where longitude and latitude stand in several columns each; nothing if they do not.

    Examples
    --------
    >>> found = degree_columns(["点号", "经度(度)", "经度(分)", "经度(秒)", "纬度度", "纬度分"])
    >>> [(each.title, each.columns) for each in found]
    [('经度', (1, 2, 3)), ('纬度', (4, 5))]
    >>> degree_columns(["经度(度)", "纬度(度)"])
    ()
    """
    places: dict[tuple[str, ...], dict[int, int]] = {_LON: {}, _LAT: {}}
    for at, heading in enumerate(headings):
        if (named := _NAMED.fullmatch(heading.strip())) is None:
            continue
        stem = heading_of(named[1])
        for axes, units in places.items():
            if stem is not None and stem.axis in axes and not stem.point:
                units.setdefault(_UNITS[named[2].casefold()], at)
    if any(sorted(units) not in ([0, 1], [0, 1, 2]) for units in places.values()):
        return ()
    return tuple(
        DegreeColumns(_TITLES[axes], tuple(units[unit] for unit in sorted(units)))
        for axes, units in places.items()
    )


def degree_columns_note(
    headings: Sequence[str], found: Sequence[DegreeColumns]
) -> tuple[Problem, ...]:
    """Return what to tell of columns that were put together."""
    if not found:
        return ()
    listed = ", ".join(headings[at] for each in found for at in each.columns)
    params: dict[str, JSON] = {"columns": listed[:_LISTED]}
    return (Problem("csv-degree-columns", params, "note"),)
