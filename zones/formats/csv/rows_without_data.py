"""Rows below the headings of a table that are no data: what pages repeat, titles, closing lines.

A survey table has its headings again on each page, a title above each parcel (地块编号：DK-001),
and closing lines (合计, 制表, 第 2 页) that have no coordinates.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from zones.formats.csv.axis_order import numbers_in
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.place_numbers import number
from zones.formats.csv.split_rows import Row
from zones.formats.csv.title_rows import may_be_title, said_below, titled_in
from zones.model import JSON, Problem

_SHOWN: Final = 60
_LISTED: Final = 200
_SHORTEST: Final = 5  # characters of a coordinate that is told from the number of a column
_FOOT: Final = re.compile(
    r"(合\s*计|总\s*计|小\s*计|面\s*积|周\s*长|制[表图]|审[核查定]|检[查校]|校[核对]|测[量绘]|计算|绘图|填[表报]|"
    r"单位|日\s*期|备\s*注|说\s*明|注\s*[:：]|第\s*[0-9]+\s*页|共\s*[0-9]+\s*页|[SＳ]\s*[=＝])"
)


def _heading_key(cells: Sequence[str]) -> tuple[str, ...]:
    """Return cells so that headings are equal that differ in blanks, capitals and marks of order.

    Files that were put one behind the other have a byte order mark before each heading.
    """
    return tuple(" ".join(cell.replace("\ufeff", "").split()).casefold() for cell in cells)


class RowsWithoutData:
    """Tells rows that are no data from the others, and counts them.

    ``values`` is what titles say of the row that was last found to be data, by their words for it;
    ``titles`` are all such words, in the order in which they were met.

    Parameters
    ----------
    place
        Where the coordinates stand.
    tops
        The rows down to the first of data.
    above
        What titles above the first row of data say.
    """

    def __init__(
        self,
        place: CoordinateColumns,
        tops: frozenset[tuple[str, ...]],
        above: Mapping[str, str],
    ) -> None:
        self.values, self.titles = above, dict.fromkeys(above)
        self._since: dict[str, str] = {}  # what titles said since the last row of data
        self._place, self._tops = place, frozenset(map(_heading_key, tops))
        self._repeated = self._footers = 0
        self._first_footer = ""

    def is_data(self, row: Row) -> bool:
        """Return whether a row is data; the rows must come in their order."""
        if self._has_numbers(row.cells) or not self._is_other(row):
            if self._since:
                self.values = said_below(self.values, self._since)
                self._since = {}
            return True
        return False

    def keep_titles(self, headings: Collection[str]) -> list[str]:
        """Return the titles that become columns, and forget those that the table has anyway."""
        self.titles = {name: None for name in self.titles if name not in headings}
        return list(self.titles)

    def _is_other(self, row: Row) -> bool:
        if _heading_key(row.cells) in self._tops:
            self._repeated += 1
        elif titles := self._titles_in(row.cells):
            self._since |= titles
            self.titles.update(dict.fromkeys(titles))
        elif self._is_footer(row.cells):
            text = " ".join(cell.strip() for cell in row.cells if cell.strip())
            self._first_footer = self._first_footer or f"{row.line}: {text}"[:_SHOWN]
            self._footers += 1
        else:
            return False
        return True

    def notes(self) -> tuple[Problem, ...]:
        """Return what to tell of them."""
        found = list[Problem]()
        if self._repeated:
            found.append(Problem("sheet-header-repeated", {"count": self._repeated}, "note"))
        if self.titles:
            listed = ", ".join(self.titles)[:_LISTED]
            found.append(Problem("sheet-title-rows", {"columns": listed}, "note"))
        if self._footers:
            params: dict[str, JSON] = {"count": self._footers, "sample": self._first_footer}
            found.append(Problem("sheet-footer", params, "note"))
        return tuple(found)

    def _has_numbers(self, cells: Sequence[str]) -> bool:
        """Return whether a row is data by its coordinates, as nearly all are, without a look on."""
        x, y = self._place.x, self._place.y
        if x is None or y is None:
            return False
        return all(len(cell) >= _SHORTEST and cell[0].isdigit() for cell in (cells[x], cells[y]))

    def _titles_in(self, cells: Sequence[str]) -> dict[str, str]:
        if not any(map(may_be_title, cells)) or self._is_placed(cells):
            return {}
        return titled_in(cells)

    def _is_footer(self, cells: Sequence[str]) -> bool:
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        return _FOOT.match(first) is not None and not self._is_placed(cells)

    def _is_placed(self, cells: Sequence[str]) -> bool:
        """Return whether a row may have a place: a geometry, or one of two numbers at least."""
        if self._place.wkt is not None:
            return True
        (pair,) = numbers_in([cells], self._place)
        return any(number(text) is not None for text in pair)
