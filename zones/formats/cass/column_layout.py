"""Which columns of a list without a header are name, code, east, north and height.

A pair of neighbouring columns in which all rows have an easting and a northing by their size, or
longitude and latitude with decimals, holds the place; it tells their order too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.crs.reference_systems import CRS
from zones.formats.csv.place_numbers import INVISIBLE, number, without_labels
from zones.formats.gtxt.axis_order import Order, order_of

NAME, CODE, HEIGHT = "点号", "编码", "高程"
_DATUM, _TITLE = "坐标类型", "名称"
_MOST_COLUMNS: Final = 40
_FEWEST_DECIMALS: Final = 4  # degrees to ten metres; counts and percentages have fewer
_MARKS: Final = frozenset({"begin", "end"})
_COMMENTS: Final = ("#", "//")
_DATUMS: Final = {"g": CRS.GCJ02, "b": CRS.BD09}  # as Ovi map (奥维) marks lines of its texts
_NORTH_FIRST: Final = frozenset({"north-east", "lat-lon"})
_DEGREES: Final = frozenset({"lat-lon", "lon-lat"})
_WITH_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Where the place begins, in which order, and whether the sizes of the numbers told so.

    ``datum`` is set where the first column names one.
    """

    at: int
    north_first: bool
    is_sure: bool = True
    datum: CRS | None = None

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
        if self.datum is not None:
            more = [f"field_{at}" for at in range(5, len(example) + 1)]
            return [_DATUM, *place, _TITLE, *more][: len(example)]
        behind = [
            _own_name(cell) or (HEIGHT if _is_height(cell, at) else f"field_{self.at + 3 + at}")
            for at, cell in enumerate(example[self.at + 2 :])
        ]
        return [*before, *place, *behind]


def cells_of(line: str) -> list[str]:
    """Return the cells of a line, parted by commas, tabs, semicolons or blanks.

    Examples
    --------
    >>> cells_of("1,,533000.000,4626800.000,42.1"), cells_of("P1  533000 4626800")
    (['1', '', '533000.000', '4626800.000', '42.1'], ['P1', '533000', '4626800'])
    >>> cells_of("J1 X=4626800.000 Y=533000.000")
    ['J1', '4626800.000', '533000.000']
    """
    plain = INVISIBLE.sub("", line).strip(" \r\n").replace("，", ",").replace("；", ";")
    plain = without_labels(plain)
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


def is_comment(line: str) -> bool:
    """Return whether a line is a remark of the program that wrote the list, and no point ``#1``."""
    return line.lstrip().startswith(_COMMENTS) and layout_of([cells_of(line)]) is None


def layout_of(rows: Sequence[Sequence[str]]) -> ColumnLayout | None:
    """Return where the place is in all of the rows, None where the numbers do not tell it."""
    if not rows:
        return None
    width = min(_MOST_COLUMNS, *map(len, rows))
    for at in range(width - 1):
        orders = Counter(_order(row[at], row[at + 1]) for row in rows)
        (order, count), *_ = orders.most_common(1)
        if order != "unknown" and count == len(rows):
            datum = _datum(rows) if at == 1 and order in _DEGREES else None
            return ColumnLayout(at, order in _NORTH_FIRST, datum=datum)
    return None


def _datum(rows: Sequence[Sequence[str]]) -> CRS | None:
    """Return the datum that all lines begin with the letter of."""
    words = {row[0].casefold() for row in rows}
    return _DATUMS.get(words.pop()) if len(words) == 1 else None


def _is_height(cell: str, at: int) -> bool:
    """Return whether a cell behind the place, as its number ``at``, may be a height."""
    return not at and (not cell or number(cell) is not None)


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
