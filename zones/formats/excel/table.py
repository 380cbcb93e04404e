"""A sheet of a workbook -> a table, as that of a text is: names, rows of texts, its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from zones.crs.reference_systems import CRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError
from zones.formats.csv.axis_order import place_in
from zones.formats.csv.column_kinds import Kind
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.degree_columns import degree_columns, degree_columns_note
from zones.formats.csv.find_header_row import MOST_ABOVE, Header, header_of, usual_header
from zones.formats.csv.rows_without_data import RowsWithoutData
from zones.formats.csv.side_by_side import (
    Parts,
    one_below_the_other,
    parts_of,
    side_by_side_note,
)
from zones.formats.csv.split_rows import Row
from zones.formats.csv.table import distinct_names, repeated_names, with_titles
from zones.formats.csv.title_rows import titled_in
from zones.formats.excel.values import ColumnKinds, Value, Values, is_filled, text_of
from zones.formats.excel.workbook import Worksheet
from zones.model import JSON, Problem

_MOST_FIELDS: Final = 250
_SHOWN: Final = 60
_MARK: Final = "\x1f"
_LONGEST_MERGED: Final = 100_000  # rows


@dataclass(slots=True)
class _Data:
    """The rows of data as texts, in little memory: turning cells into texts takes longest.

    ``titles_at`` is what title rows say of a row, by its place, and of those after it.
    """

    lines: list[int] = field(default_factory=list)
    cells: list[str | list[str]] = field(default_factory=list)
    titles_at: dict[int, Mapping[str, str]] = field(default_factory=dict)
    _titles: Mapping[str, str] | None = None

    def add(self, row: Row, titles: Mapping[str, str]) -> None:
        if titles is not self._titles:
            self.titles_at[len(self.lines)] = self._titles = titles
        text = _MARK.join(row.cells)
        self.lines.append(row.line)
        self.cells.append(text if text.count(_MARK) == len(row.cells) - 1 else row.cells)

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
        self._parts: Parts | None = None
        self._columns = self._used_columns(header)
        header = self._in_parts(header)
        self.headings = [_cell(header.names, at) for at in self._columns]
        self._angles = degree_columns(self.headings)
        self.headings += [each.title for each in self._angles]
        self.names = distinct_names(self.headings)
        untold = (row.cells for row, _ in self._below())
        self.place: CoordinateColumns = place_in(self.headings, untold, crs=crs)
        tops = frozenset(
            row + ("",) * len(self._angles) for row in _as_columns(header.tops, self._columns)
        )
        self._others = RowsWithoutData(self.place, tops, _title_values(sheet, header.first))
        self._data = _Data()
        for row, values in self._below():
            self._take(row, values)
        kinds = ((place, self._kinds.kind(at)) for place, at in enumerate(self._columns))
        self.known_kinds: dict[int, Kind] = {place: kind for place, kind in kinds if kind}
        self._add_titles()

    def records(self) -> Iterator[Row]:
        """Yield the rows of data; ``line`` is the number of the sheet's row."""
        titles: Mapping[str, str] = {}
        width = len(self._columns) + len(self._angles)
        for at, (line, cells) in enumerate(self._data.rows()):
            self._done, titles = at, self._data.titles_at.get(at, titles)
            yield with_titles(Row(cells, line, None, width), width, self._titles, titles)

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
        found += side_by_side_note(self._parts)
        found += degree_columns_note(self.headings, self._angles)
        names = dict(zip(self._columns, self.names, strict=False))  # others are from title rows
        repeated = repeated_names(self.headings, self.names)
        return (*found, *self._others.notes(), *self._kinds.problems(names), *repeated)

    def _in_parts(self, header: Header) -> Header:
        """Return the headings of one part of a table that is printed in several side by side."""
        parts = parts_of(header.names)
        if parts is None or not set(self._columns) <= set().union(*parts):
            return header
        self._parts, self._columns = parts, list(range(len(parts[0])))
        names, *tops = (
            tuple(_cell(row, at) for at in parts[0]) for row in (header.names, *header.tops)
        )
        return replace(header, names=names, tops=frozenset(tops))

    def _used_columns(self, header: Header) -> list[int]:
        """Return the columns that have a heading or hold anything; count the rows."""
        used = {at for at, name in enumerate(header.names) if name}
        unused: set[int] = set()  # up to the widest row so far
        wide = 0
        for _, values in self._values():
            self._most += 1
            if len(values) > wide:
                unused |= set(range(wide, len(values))) - used
                wide = len(values)
            if unused:
                filled = {at for at in unused if at < len(values) and is_filled(values[at])}
                used |= filled
                unused -= filled
        if len(used) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        return sorted(used)

    def _below(self) -> Iterator[tuple[Row, Values]]:
        """Yield the rows below the header that hold anything, and their values."""
        width = len(self._columns) + len(self._angles)
        rows = self._values()
        for at, values in rows if self._parts is None else one_below_the_other(rows, self._parts):
            cells = [text_of(values[x]) if x < len(values) else "" for x in self._columns]
            if any(cell and not cell.isspace() for cell in cells):
                cells += [each.text_of(cells) for each in self._angles]
                yield Row(cells, at + 1, None, width), values

    def _values(self) -> Iterator[tuple[int, Values]]:
        """Yield the rows below the header by their place, merged cells filled down."""
        self._done, above = 0, dict[int, Value]()
        for at, values in enumerate(self._sheet.rows()):
            if at < self._first:
                continue
            self._done += 1
            if self._merged:
                for column in self._merged.get(at, ()):
                    values[column] = above.get(column, "")
                above = {column: values[column] for column in self._merged.get(at + 1, ())}
            yield at, values

    def _take(self, row: Row, values: Values) -> None:
        """Keep a row of data; count one that is none."""
        if self._others.is_data(row):
            self._kinds.take(values)
            self._data.add(row, self._others.values)

    def _add_titles(self) -> None:
        """Make columns of what title rows say, other than those that the table has."""
        self._titles = self._others.keep_titles(self.headings)
        width = len(self.headings)
        self.headings = [*self.headings, *self._titles]
        self.names = distinct_names(self.headings)
        self.known_kinds |= dict.fromkeys(range(width, len(self.names)), "text")


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
