"""Tables printed in several columns of points: 点号 X Y 点号 X Y -> rows one below the other.

Points go down the left part and on at the top of the next, page by page; where the numbers of the
points go across (1, 2 in the first row, 3, 4 in the second), so do the rows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from zones.errors import SourceError
from zones.formats.csv.coordinate_columns import place_of
from zones.formats.csv.place_numbers import number
from zones.model import Problem

_MOST_PARTS: Final = 8
_FEWEST_COLUMNS: Final = 3  # a name and two numbers
_NUMBERED: Final = re.compile(r"\D*([0-9]{1,6})")

Cell = TypeVar("Cell")
Parts = tuple[tuple[int, ...], ...]
"""The columns of each part, the same ones in the same order."""


def parts_of(headings: Sequence[str]) -> Parts | None:
    """Return the parts of a table whose headings repeat from left to right; None for any other.

    Examples
    --------
    >>> parts_of(["点号", "X", "Y", "", "点号", "X", "Y"])
    ((0, 1, 2), (4, 5, 6))
    >>> parts_of(["点号", "X", "Y", "备注"])
    """
    named = [at for at, name in enumerate(headings) if name.strip()]
    words = ["".join(headings[at].split()) for at in named]
    for count in range(2, _MOST_PARTS + 1):
        width, rest = divmod(len(words), count)
        if not rest and width >= _FEWEST_COLUMNS and words == words[:width] * count:
            if not _is_place(words[:width]):
                return None
            return tuple(tuple(named[at * width : (at + 1) * width]) for at in range(count))
    return None


def one_below_the_other(
    rows: Iterable[tuple[int, Sequence[Cell]]], parts: Parts
) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows of each part in turn, as far as a page goes, with their numbers.

    A row without a number ends a page: repeated headings, a title. What stands in no part is behind
    the cells of the first.
    """
    page: list[tuple[int, Sequence[Cell]]] = []
    for line, cells in rows:
        if any(_is_number(cells[at]) for part in parts for at in part[1:] if at < len(cells)):
            page.append((line, cells))
            continue
        yield from _page(page, parts)
        yield from _page([(line, cells)], parts)
        page = []
    yield from _page(page, parts)


def side_by_side_note(parts: Parts | None) -> tuple[Problem, ...]:
    """Return what to tell of a table that was read part by part."""
    return () if parts is None else (Problem("sheet-side-by-side", {"parts": len(parts)}, "note"),)


def _page(
    rows: Sequence[tuple[int, Sequence[Cell]]], parts: Parts
) -> Iterator[tuple[int, list[Cell]]]:
    places = [(row, part) for part in parts for row in rows]
    if _goes_across(rows, parts):
        places = [(row, part) for row in rows for part in parts]
    for (line, cells), part in places:
        picked = [cells[at] for at in part if at < len(cells)]
        if part is parts[0]:
            inside = {at for each in parts for at in each}
            picked += [cell for at, cell in enumerate(cells) if at not in inside and _holds(cell)]
        if any(map(_holds, picked)):
            yield line, picked


def _goes_across(rows: Sequence[tuple[int, Sequence[Cell]]], parts: Parts) -> bool:
    """Return whether points are numbered along the first row, and on in the second."""
    if len(rows) < 2:  # noqa: PLR2004 - two rows
        return True
    first, second = ([_numbered(cells, part) for part in parts] for _, cells in rows[:2])
    if first[0] is None or second[0] is None:
        return False
    return first[1] == first[0] + 1 and second[0] == first[0] + len(parts)


def _numbered(cells: Sequence[Cell], part: Sequence[int]) -> int | None:
    text = str(cells[part[0]]) if part[0] < len(cells) else ""
    found = _NUMBERED.match(text)
    return int(found[1]) if found else None


def _holds(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _is_number(cell: object) -> bool:
    return number(cell) is not None if isinstance(cell, str) else cell is not None


def _is_place(words: Sequence[str]) -> bool:
    try:
        return place_of(words).wkt is None
    except SourceError:
        return False
