"""A sheet of a workbook -> a table, as that of a text is: names, rows of texts, its place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from zones.crs.reference_systems import CRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError
from zones.formats.csv.axis_order import numbers_in, place_in
from zones.formats.csv.column_kinds import Kind
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.find_header_row import MOST_ABOVE, Header, header_of, usual_header
from zones.formats.csv.place_numbers import number
from zones.formats.csv.split_rows import Row
from zones.formats.csv.table import distinct_names, repeated_names
from zones.formats.excel.title_rows import may_be_title, titled_in
from zones.formats.excel.values import ColumnKinds, Value, Values, is_filled, text_of
from zones.formats.excel.workbook import Worksheet
from zones.model import JSON, Problem

_MOST_FIELDS: Final = 250
_SHOWN: Final = 60
_MARK: Final = "\x1f"
_SHORTEST: Final = 5  # characters of a coordinate that is told from the number of a column
_LONGEST_MERGED: Final = 100_000  # rows
_FOOT: Final = re.compile(
    r"(合\s*计|总\s*计|小\s*计|面\s*积|周\s*长|制[表图]|审[核查定]|检[查校]|校[核对]|测[量绘]|计算|绘图|填[表报]|"
    r"单位|日\s*期|备\s*注|说\s*明|注\s*[:：]|第\s*[0-9]+\s*页|共\s*[0-9]+\s*页|[SＳ]\s*[=＝])"
)


@dataclass(slots=True)
class _Data:
    """The rows of data as texts, in little memory: turning cells into texts takes longest.

    ``titles_at`` is what title rows say of a row, by its place, and of those after it.
    """

    lines: list[int] = field(default_factory=list)
    cells: list[str | list[str]] = field(default_factory=list)
    titles_at: dict[int, Mapping[str, str]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        text = _MARK.join(row.cells)
        self.lines.append(row.line)
        self.cells.append(text if text.count(_MARK) == len(row.cells) - 1 else row.cells)

    def say(self, titles: Mapping[str, str]) -> None:
        self.titles_at[len(self.lines)] = titles

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for line, cells in zip(self.lines, self.cells, strict=True):
            yield line, cells.split(_MARK) if isinstance(cells, str) else list(cells)


class SheetTable:
    """A table that may be read several times.

    Left out, and told, are the headings that pages repeat, and closing lines (合计, 制表, 第 2 页)
    that have no coordinates. What title rows say (地块编号：DK-001) becomes columns of the rows
    below.

    Parameters
    ----------
    crs
        What a person says of the coordinates, if it is one of our own systems.
    """

    def __init__(
        self,
        sheet: Worksheet,
        *,
        encoding: EncodingFinding,
        crs: CRS | None = None,
        notes: Sequence[Problem] = (),
    ) -> None:
        self._sheet, self.encoding, self._book_notes = sheet, encoding, tuple(notes)
        header = sheet_header(sheet)
        if header is None:
            raise SourceError("sheet-empty", sheet=sheet.name[:_SHOWN])
        self._first = header.first
        self._merged = _filled_down(sheet, header.first)
        self._kinds, self._done, self._most = ColumnKinds(), 0, 1
        self._columns = self._used_columns(header)
        self._tops = _as_columns(header.tops, self._columns)
        self.headings = [_cell(header.names, at) for at in self._columns]
        self.names = distinct_names(self.headings)
        untold = (row.cells for row, _ in self._below())
        self.place: CoordinateColumns = place_in(self.headings, untold, crs=crs)
        self._repeated, self._footers = 0, list[str]()
        self._above = _title_values(sheet, header.first)
        self._titles = dict.fromkeys(self._above)
        self._data = _Data()
        for row, values in self._below():
            self._take(row, values)
        kinds = ((place, self._kinds.kind(at)) for place, at in enumerate(self._columns))
        self.known_kinds: dict[int, Kind] = {place: kind for place, kind in kinds if kind}
        self._add_titles()

    def records(self) -> Iterator[Row]:
        """Yield the rows of data; ``line`` is the number of the sheet's row."""
        title_values: Mapping[str, str] = self._above
        width = len(self._columns)
        for at, (line, cells) in enumerate(self._data.rows()):
            self._done, title_values = at, self._data.titles_at.get(at, title_values)
            yield self._with_titles(Row(cells, line, None, width), title_values)

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of the rows."""
        return (row.cells for row in self.records())

    def progress(self) -> float:
        """Return the fraction of the sheet that is done."""
        return min(1.0, self._done / self._most)

    def notes(self) -> tuple[Problem, ...]:
        """Return what the person importing should be told of how the sheet was read."""
        found = [*self.encoding.remarks(), *self._book_notes]
        if self._first > 1:
            headings = self.headings[: len(self._columns)]
            params: dict[str, JSON] = {"row": self._first, "columns": ", ".join(headings)[:200]}
            found.append(Problem("sheet-header-below", params, "note"))
        if self._repeated:
            found.append(Problem("sheet-header-repeated", {"count": self._repeated}, "note"))
        if self._titles:
            listed = ", ".join(self._titles)[:200]
            found.append(Problem("sheet-title-rows", {"columns": listed}, "note"))
        if self._footers:
            params = {"count": len(self._footers), "sample": self._footers[0]}
            found.append(Problem("sheet-footer", params, "note"))
        names = dict(zip(self._columns, self.names, strict=False))  # others are from title rows
        repeated = repeated_names(self.headings, self.names)
        return (*found, *self._kinds.problems(names), *repeated)

    def _used_columns(self, header: Header) -> list[int]:
        """Return the columns that have a heading or hold anything; count the rows."""
        used = {at for at, name in enumerate(header.names) if name}
        for _, values in self._values():
            used.update(at for at, value in enumerate(values) if is_filled(value))
            self._most += 1
        if len(used) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        return sorted(used)

    def _below(self) -> Iterator[tuple[Row, Values]]:
        """Yield the rows below the header that hold anything, and their values."""
        width = len(self._columns)
        for at, values in self._values():
            cells = [text_of(values[x]) if x < len(values) else "" for x in self._columns]
            if any(cell and not cell.isspace() for cell in cells):
                yield Row(cells, at + 1, None, width), values

    def _values(self) -> Iterator[tuple[int, Values]]:
        """Yield the rows below the header by their place, merged cells filled down."""
        self._done, above = 0, dict[int, Value]()
        for at, values in enumerate(self._sheet.rows()):
            if at < self._first:
                continue
            self._done += 1
            for column in self._merged.get(at, ()):
                values[column] = above.get(column, "")
            above = {column: values[column] for column in self._merged.get(at + 1, ())}
            yield at, values

    def _take(self, row: Row, values: Values) -> None:
        """Keep a row of data; count one that is none."""
        if not self._has_numbers(row.cells):
            if self._is_top(row.cells):
                self._repeated += 1
                return
            if titles := self._titles_in(row.cells):
                self._titles.update(dict.fromkeys(titles))
                self._data.say(titles)
                return
            if self._is_footer(row.cells):
                text = " ".join(cell.strip() for cell in row.cells if cell.strip())
                self._footers.append(f"{row.line}: {text}"[:_SHOWN])
                return
        self._kinds.take(values)
        self._data.add(row)

    def _has_numbers(self, cells: Sequence[str]) -> bool:
        """Return whether a row is data by its coordinates, as nearly all are, without a look on."""
        x, y = self.place.x, self.place.y
        if x is None or y is None:
            return False
        return all(len(cell) >= _SHORTEST and cell[0].isdigit() for cell in (cells[x], cells[y]))

    def _with_titles(self, row: Row, title_values: Mapping[str, str]) -> Row:
        more = [title_values.get(name, "") for name in self._titles]
        if not more:
            return row
        return replace(row, cells=[*row.cells, *more], cell_count=row.cell_count + len(more))

    def _add_titles(self) -> None:
        """Make columns of what title rows say, other than those that the table has."""
        self._titles = {name: None for name in self._titles if name not in self.headings}
        width = len(self.headings)
        self.headings = [*self.headings, *self._titles]
        self.names = distinct_names(self.headings)
        self.known_kinds |= dict.fromkeys(range(width, len(self.names)), "text")

    def _titles_in(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what a row without coordinates says of those below."""
        if self.place.wkt is not None or not any(map(may_be_title, cells)):
            return {}
        (pair,) = numbers_in([cells], self.place)
        return {} if any(number(text) is not None for text in pair) else titled_in(cells)

    def _is_top(self, cells: Sequence[str]) -> bool:
        return tuple(" ".join(cell.split()) for cell in cells) in self._tops

    def _is_footer(self, cells: Sequence[str]) -> bool:
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if self.place.wkt is not None or not _FOOT.match(first):
            return False
        (pair,) = numbers_in([cells], self.place)
        return all(number(text) is None for text in pair)


def sheet_header(sheet: Worksheet, *, needed: bool = False) -> Header | None:
    """Return the headings of a sheet.

    Parameters
    ----------
    needed
        Only of a sheet whose headings name a place; else the fullest row will do.
    """
    rows = [[text_of(value) for value in values] for values in islice(sheet.rows(), MOST_ABOVE)]
    return header_of(rows) or (None if needed else usual_header(rows))


def _title_values(sheet: Worksheet, first: int) -> dict[str, str]:
    """Return what rows above the headings say."""
    title_values: dict[str, str] = {}
    for values in islice(sheet.rows(), first):
        title_values |= titled_in([text_of(value) for value in values])
    return title_values


def _as_columns(
    rows: Iterable[Sequence[str]], columns: Sequence[int]
) -> frozenset[tuple[str, ...]]:
    cells = {tuple(_cell(row, at) for at in columns) for row in rows}
    return frozenset(row for row in cells if any(row))


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _filled_down(sheet: Worksheet, first: int) -> dict[int, list[int]]:
    """Return by row the columns whose cell is one with that above it."""
    found: dict[int, list[int]] = {}
    for top, left, bottom, _ in sheet.merged():
        if top >= first:
            for at in range(top + 1, min(bottom, top + _LONGEST_MERGED) + 1):
                found.setdefault(at, []).append(left)
    return found
