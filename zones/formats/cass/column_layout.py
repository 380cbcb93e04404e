"""Which columns of a list without a header are name, code, east, north and height.

A pair of neighbouring columns in which all rows have an easting and a northing by their size, or
longitude and latitude with decimals, holds the place; it tells their order too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.formats.csv.place_numbers import INVISIBLE, number
from zones.formats.gtxt.axis_order import Order, order_of

NAME, CODE, HEIGHT = "点号", "编码", "高程"
_MOST_COLUMNS: Final = 40
_FEWEST_DECIMALS: Final = 4  # degrees to ten metres; counts and percentages have fewer
_MARKS: Final = frozenset({"begin", "end"})
_NORTH_FIRST: Final = frozenset({"north-east", "lat-lon"})
_WITH_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Where the place begins, in which order, and whether the sizes of the numbers told so."""

    at: int
    north_first: bool
    is_sure: bool = True

    @property
    def x(self) -> int:
        """The column of the east."""
        return self.at + self.north_first

    @property
    def y(self) -> int:
        """The column of the north."""
        return self.at + (not self.north_first)

    def names(self, example: Sequence[str]) -> list[str]:
        """Return names for all columns; ``example`` is a row, whose cells may name themselves."""
        before = [NAME, CODE, *(f"field_{at}" for at in range(3, self.at + 1))][: self.at]
        place = ["北", "东"] if self.north_first else ["东", "北"]
        behind = [
            _own_name(cell) or (HEIGHT if not at else f"field_{self.at + 3 + at}")
            for at, cell in enumerate(example[self.at + 2 :])
        ]
        return [*before, *place, *behind]


def cells_of(line: str) -> list[str]:
    """Return the cells of a line, parted by commas, tabs, semicolons or blanks.

    Examples
    --------
    >>> cells_of("1,,533000.000,4626800.000,42.1"), cells_of("P1  533000 4626800")
    (['1', '', '533000.000', '4626800.000', '42.1'], ['P1', '533000', '4626800'])
    """
    plain = INVISIBLE.sub("", line).strip(" \r\n").replace("，", ",").replace("；", ";")
    for mark in ",\t;":
        if mark in plain:
            cells = [cell.strip() for cell in plain.split(mark)]
            return cells[:-1] if cells and not cells[-1] and len(cells) > 1 else cells
    return plain.split()


def is_mark(cells: Sequence[str]) -> bool:
    """Return whether a line holds no point: blank, BEGIN or END, or the number of points alone."""
    if not any(cells):
        return True
    return len(cells) == 1 and (cells[0].casefold() in _MARKS or cells[0].isdigit())


def layout_of(rows: Sequence[Sequence[str]]) -> ColumnLayout | None:
    """Return where the place is in all of the rows, None where the numbers do not tell it."""
    if not rows:
        return None
    width = min(_MOST_COLUMNS, *map(len, rows))
    for at in range(width - 1):
        orders = Counter(_order(row[at], row[at + 1]) for row in rows)
        (order, count), *_ = orders.most_common(1)
        if order != "unknown" and count == len(rows):
            return ColumnLayout(at, order in _NORTH_FIRST)
    return None


def usual_layout(rows: Sequence[Sequence[str]]) -> ColumnLayout | None:
    """Return the layout that a file of CASS has whatever the size of its numbers.

    That is ``点号,编码,东,北,高``; of four columns ``点号,北,东,高``, as receivers write.
    """
    if not rows or any(number(cell) is None for row in rows for cell in row[-2:]):
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width > _WITH_CODE + 2:
        return ColumnLayout(_WITH_CODE, north_first=False, is_sure=False)
    return ColumnLayout(1, north_first=True, is_sure=False) if width == _WITH_CODE + 2 else None


def _order(one: str, other: str) -> Order:
    first, second = number(one), number(other)
    if first is None or second is None:
        return "unknown"
    order = order_of(first, second)
    is_fine = all(len(text.partition(".")[2]) >= _FEWEST_DECIMALS for text in (one, other))
    return order if is_fine or order in ("north-east", "east-north") else "unknown"


def _own_name(cell: str) -> str:
    """Return the name in a cell such as ``HRMS:0.011``."""
    name, mark, value = cell.partition(":")
    return name.strip() if mark and number(value) is not None else ""
