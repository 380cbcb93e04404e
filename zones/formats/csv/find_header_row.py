"""Where in a sheet or a text the table begins: the row of headings, below titles.

Tables of boundary points have a title, lines with the parcel and the unit, headings of one or two
rows, at times a row that numbers the columns or names units, and all of that again on each page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.errors import SourceError
from zones.formats.csv.coordinate_columns import pair_of, place_of, place_with_datum
from zones.formats.csv.degree_columns import degree_columns
from zones.formats.csv.side_by_side import parts_of

MOST_ABOVE: Final = 50
_FEWEST_HEADINGS: Final = 2
_UNIT: Final = re.compile(
    r"[(（]?(?:m|米|km|°|度|m2|㎡|平方米|公顷|hm2|亩|—|-)?[)）]?", re.IGNORECASE
)
_ORDINAL: Final = re.compile(r"[(（]?([0-9]{1,2})[)）]?")

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The names of a sheet's columns, and which rows at its top are no data.

    ``row`` is the one that names them and ``first`` the first row of data, from 0. ``tops`` are
    the texts of the rows above it, which pages repeat.
    """

    names: tuple[str, ...]
    row: int
    first: int
    tops: frozenset[tuple[str, ...]]


def header_of(rows: Sequence[Row]) -> Header | None:
    """Return the headings among the first rows of a sheet; None if no row names a place.

    Parameters
    ----------
    rows
        The first rows of the sheet, as texts; all equally long.
    """
    plain = [tuple(" ".join(cell.split()) for cell in row) for row in rows[:MOST_ABOVE]]
    at = _first_with_place(plain)
    return None if at is None else _described(plain, at)


def usual_header(rows: Sequence[Row]) -> Header | None:
    """Return the first of the fullest rows as headings, where none names a place; None if empty."""
    plain = [tuple(" ".join(cell.split()) for cell in row) for row in rows[:MOST_ABOVE]]
    widths = [sum(map(bool, row)) for row in plain]
    if not any(widths):
        return None
    return _described(plain, widths.index(max(widths)))


def is_below_headings(cells: Row) -> bool:
    """Return whether a row right below headings names units, or numbers columns in brackets.

    Examples
    --------
    >>> is_below_headings(["", "(m)", "(m)"]), is_below_headings(["(1)", "(2)", "(3)"])
    (True, True)
    >>> is_below_headings(["1", "2", "3"]), is_below_headings(["-", "", ""])
    (False, False)
    """
    plain = [" ".join(cell.split()) for cell in cells]
    if _is_units(plain):
        return any(map(str.isalnum, "".join(plain))) or "°" in "".join(plain)
    return _is_numbering(plain) and not any(cell.isdigit() for cell in plain)


def _first_with_place(rows: Sequence[tuple[str, ...]]) -> int | None:
    for finds in (_names_two_columns, _names_a_pair):
        for at, row in enumerate(rows):
            alone = sum(map(bool, row)) < _FEWEST_HEADINGS and len(row) > 1
            if not alone and any(row) and finds(row):
                return at + 1 if at + 1 < len(rows) and parts_degrees(rows[at + 1]) else at
    return None


def parts_degrees(row: Sequence[str]) -> bool:
    """Return whether a row below 经度 and 纬度 names degrees, minutes, seconds."""
    filled = {cell.strip("()（）") for cell in row if cell}
    return {"度", "分"} <= filled <= {"度", "分", "秒"}


def _names_two_columns(row: Sequence[str]) -> bool:
    """Return whether a row names columns of coordinates, or one of geometries."""
    if degree_columns(row):
        return True
    declared = place_with_datum(row)
    if declared is not None and declared.pair is None:
        return True
    try:
        return bool(place_of(row).columns)
    except SourceError:
        return False


def _names_a_pair(row: Sequence[str]) -> bool:
    return pair_of(row) is not None or place_with_datum(row) is not None


def _described(rows: Sequence[tuple[str, ...]], at: int) -> Header:
    first = at + 1
    while first < len(rows) and (_is_numbering(rows[first]) or _is_units(rows[first])):
        first += 1
    tops = frozenset(row for row in rows[:first] if any(row))
    return Header(_with_groups(rows, at), at, first, tops)


def _with_groups(rows: Sequence[tuple[str, ...]], at: int) -> tuple[str, ...]:
    """Return the headings, with what stands above those that are blank or repeated.

    Above two columns 纵坐标, 横坐标 may stand one wide cell 坐标; above those that go on to the
    second row of headings, nothing stands in the second row.
    """
    names = list(rows[at])
    if parts_of(names) is not None:  # one table in several parts, not headings below a wide one
        return tuple(names)
    above = rows[at - 1] if at and sum(map(bool, rows[at - 1])) >= _FEWEST_HEADINGS else None
    if above is None:
        return tuple(names)
    group, found = "", []
    for x, name in enumerate(names):
        group = above[x] or (group if name else "")
        repeated = name and names.count(name) > 1 and group and group != name
        found.append(f"{group}{name}" if repeated else name or above[x])
    return tuple(found)


def _is_numbering(row: Sequence[str]) -> bool:
    """Return whether a row numbers the columns: 1, 2, 3 or (1), (2), (3)."""
    numbers = [_ORDINAL.fullmatch(cell) for cell in row if cell]
    if len(numbers) <= _FEWEST_HEADINGS or not all(numbers):
        return False
    return [int(found[1]) for found in numbers if found] == list(range(1, len(numbers) + 1))


def _is_units(row: Sequence[str]) -> bool:
    return any(row) and all(_UNIT.fullmatch(cell) for cell in row)
