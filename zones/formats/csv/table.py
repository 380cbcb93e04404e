"""A text of rows and columns -> decoded rows, and which columns say where things are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO, Final

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.csv.axis_order import place_in
from zones.formats.csv.column_kinds import Kind
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.degree_columns import degree_columns, degree_columns_note
from zones.formats.csv.delimiter import delimiter_of, named_delimiter
from zones.formats.csv.find_header_row import MOST_ABOVE, is_below_headings, parts_degrees
from zones.formats.csv.place_numbers import is_blank, number
from zones.formats.csv.rows_without_data import RowsWithoutData
from zones.formats.csv.side_by_side import (
    Parts,
    one_below_the_other,
    parts_of,
    side_by_side_note,
)
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.csv.text_file import TextFile
from zones.formats.csv.title_lines import headings_below
from zones.formats.csv.title_rows import titled_in
from zones.model import JSON, Problem

_MOST_FIELDS = 250
_SHOWN: Final = 200


class CSVTable:
    """A table that may be read several times; the first row names the columns.

    Where that names no place, headings are looked for below titles, as in a sheet. Headings that
    repeat and closing lines are left out; what title rows say becomes columns of the rows below.

    Parameters
    ----------
    crs
        What a person says of the coordinates, if it is one of our own systems.
    """

    def __init__(self, file: BinaryIO, *, encoding: str | None, crs: CRS | None = None) -> None:
        self._text = TextFile(file, encoding=encoding)
        self.encoding = self._text.encoding
        first = next(self._text.lines(), "")
        named = named_delimiter(first)
        self._above = 0 if named is None else 1
        header = next(self._lines(), "")
        self._delimiter = named or delimiter_of(header)
        self._tops = 1  # rows above the first of data
        top = next(self._records(), None)
        if top is not None and top.open_quote is not None:
            raise SourceError("csv-header-quote", sample=top.open_quote[:_SHOWN])
        self._below = 0  # the line of headings below titles
        self.known_kinds: dict[int, Kind] = {}  # a text does not tell numbers from codes
        self._pair: int | None = None
        self._units: int | None = None  # the row of units below headings in the first row
        self._passed_over: set[int] = set()  # rows below the headings that are no data
        self._said_from: dict[int, Mapping[str, str]] = {}  # by titles, from that row on
        self._name_columns([] if top is None else top.cells)
        self.place: CoordinateColumns = self._placed(crs)
        self._pair = self.place.pair
        self._look_for_others()

    def _name_columns(self, names: Sequence[str]) -> None:
        self._parts = parts_of(names)
        own = names if self._parts is None else [names[at] for at in self._parts[0]]
        self.headings = [name.strip() for name in own]
        self._own_width = len(self.headings)
        self._angles = degree_columns(self.headings)
        self.headings += [each.title for each in self._angles]
        if len(self.headings) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        self.names = distinct_names(self.headings)
        self._width = len(self.names)
        self._titles: list[str] = []

    def _placed(self, crs: CRS | None) -> CoordinateColumns:
        """Return the columns of the place, of the first row or of headings below titles."""
        second = next(islice(self._records(), 1, 2), None) or Row([], 0)
        try:
            place = place_in(self.headings, self.rows(), crs=crs)
        except SourceError:
            if not self._have_headings_below():
                raise
            return place_in(self.headings, self.rows(), crs=crs)
        if parts_degrees(second.cells) and self._have_headings_below():
            return place_in(self.headings, self.rows(), crs=crs)
        if place.wkt is None and is_below_headings(second.cells):
            self._units, self._tops = second.line, 2
        return place

    def _have_headings_below(self) -> bool:
        """Take the headings that stand below the first row, if there are any."""
        found = headings_below(lambda: islice(self._lines(), MOST_ABOVE))
        if found is None:
            return False
        self._delimiter, self._tops = found.delimiter, found.header.first
        self._below = found.line + self._above
        self._name_columns(found.header.names)
        return True

    def _look_for_others(self) -> None:
        """Find the rows that are no data, and make columns of what titles among them say.

        Of a table of geometries none is looked for below the headings: they have no pages.
        """
        rows = list(islice(self._records(), self._tops))
        tops = [as_wide(row.cells, self._width, None) for row in rows]
        if self._parts is not None:
            numbered = ((row.line, row.cells) for row in rows)
            tops += [cells for _, cells in one_below_the_other(numbered, self._parts)]
        above = {name: text for cells in tops for name, text in titled_in(cells).items()}
        plain = frozenset(map(tuple, tops))
        self._others = RowsWithoutData(self.place, frozenset(filter(any, plain)), above)
        said = self._said_from[0] = self._others.values
        for at, row in enumerate(self._rows_below() if self.place.wkt is None else ()):
            if not self._others.is_data(row):
                self._passed_over.add(at)
            elif self._others.values is not said:
                said = self._said_from[at] = self._others.values
        self._titles = self._others.keep_titles(self.headings)
        self.headings = [*self.headings, *self._titles]
        self.names = distinct_names(self.headings)
        self.known_kinds = dict.fromkeys(range(self._width, len(self.names)), "text")

    def records(self) -> Iterator[Row]:
        """Yield the rows below the header, each at least as long as it.

        Rows without a text in them are passed over. Cells beyond the header are kept if one of
        them holds something.
        """
        if not self._passed_over and not self._titles:
            yield from self._rows_below()
            return
        said = self._said_from.get(0, {})
        for at, row in enumerate(self._rows_below()):
            if at not in self._passed_over:
                said = self._said_from.get(at, said)
                yield with_titles(row, self._width, self._titles, said)

    def _rows_below(self) -> Iterator[Row]:
        rows = islice(self._records(), self._tops, None)
        own, angles = self._own_width, self._angles
        for row in rows if self._parts is None else _part_by_part(rows, self._parts):
            cells, line, open_quote, count = row
            if cells[0].isalnum() or any(map(str.isalnum, cells)) or not all(map(is_blank, cells)):
                count = (count or len(cells)) + len(angles)
                if len(cells) != own:
                    cells = as_wide(cells, own, self._pair)
                if angles:
                    cells = [*cells[:own], *(each.text_of(cells) for each in angles), *cells[own:]]
                yield Row(cells, line, open_quote, count)

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of the rows, as many as the header has."""
        width = len(self.names)
        for row in self.records():
            yield row.cells[:width]

    def progress(self) -> float:
        """Return the fraction of the file that is done."""
        return self._text.progress()

    def notes(self) -> tuple[Problem, ...]:
        """Return what the person importing should be told of how the text was read."""
        found = []
        if self._text.is_utf16:
            found.append(Problem("csv-utf16-read", {}, "note"))
        if self._above:
            found.append(Problem("csv-sep-line", {"delimiter": self._delimiter}, "note"))
        if self._below:
            params: dict[str, JSON] = {
                "row": self._below,
                "columns": ", ".join(self.headings[: self._width])[:_SHOWN],
            }
            found.append(Problem("sheet-header-below", params, "note"))
        found += side_by_side_note(self._parts)
        found += degree_columns_note(self.headings, self._angles)
        if self._units is not None:
            found.append(Problem("sheet-units-row", {"row": self._units}, "note"))
        found += self._others.notes()
        return (*self._text.remarks(), *found, *repeated_names(self.headings, self.names))

    def _records(self) -> Iterator[Row]:
        """Yield all rows, the header first."""
        yield from RowReader(self._lines(), self._delimiter, first_line=1 + self._above)

    def _lines(self) -> Iterator[str]:
        """Return the lines from the header on."""
        return islice(self._text.lines(), self._above, None)


def _part_by_part(rows: Iterable[Row], parts: Parts) -> Iterator[Row]:
    """Yield the rows of a table in several parts side by side, none of them too short."""
    for line, cells in one_below_the_other(((row.line, row.cells) for row in rows), parts):
        yield Row(cells, line, None, max(len(cells), len(parts[0])))


def with_titles(row: Row, width: int, titles: Sequence[str], said: Mapping[str, str]) -> Row:
    """Return a row with what titles say of it in columns of their own, behind the table's."""
    if not titles:
        return row
    more = [said.get(name, "") for name in titles]
    cells = [*row.cells[:width], *more, *row.cells[width:]]
    return row._replace(cells=cells, cell_count=row.cell_count + len(more))


def as_wide(cells: Sequence[str], width: int, pair: int | None) -> list[str]:
    """Return a row's cells, as many as the header has; more if those beyond it hold something.

    A pair is made whole again that lacked the quotes about its comma.
    """
    row = list(cells)
    while len(row) > width and is_blank(row[-1]):
        row.pop()
    if pair is not None and len(row) == width + 1 and _is_pair(row[pair : pair + 2]):
        row[pair : pair + 2] = [f"{row[pair]},{row[pair + 1]}"]
    return row + [""] * (width - len(row))


def _is_pair(cells: Sequence[str]) -> bool:
    return all(number(cell) is not None for cell in cells)


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return the names with a number for those that are blank or repeated."""
    taken: list[str] = []
    for position, name in enumerate(names, start=1):
        free, number_ = name or f"field_{position}", position
        while free in taken:
            free, number_ = f"{name}_{number_}", number_ + 1
        taken.append(free)
    return taken


def repeated_names(headings: Sequence[str], names: Iterable[str]) -> Iterator[Problem]:
    """Yield what columns of the same name are called now."""
    for position, (old, new) in enumerate(zip(headings, names, strict=True), start=1):
        if old and old != new:
            params: dict[str, JSON] = {"name": old[:_SHOWN], "new": new[:_SHOWN], "at": position}
            yield Problem("csv-name-repeated", params, "note")
