"""A text of rows and columns -> decoded rows, and which columns say where things are."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.csv.axis_order import place_in
from zones.formats.csv.column_kinds import Kind
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.delimiter import delimiter_of, named_delimiter
from zones.formats.csv.find_header_row import MOST_ABOVE
from zones.formats.csv.place_numbers import is_blank, number
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.csv.text_file import TextFile
from zones.formats.csv.title_lines import headings_below
from zones.model import JSON, Problem

_MOST_FIELDS = 250
_SHOWN: Final = 200


class CSVTable:
    """A table that may be read several times; the first row names the columns.

    Where that names no place, headings are looked for below titles, as in a sheet.

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
        self._name_columns([] if top is None else top.cells)
        self.place: CoordinateColumns = self._placed(crs)
        self._pair = self.place.pair

    def _name_columns(self, names: Sequence[str]) -> None:
        self.headings = [name.strip() for name in names]
        if len(self.headings) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        self.names = distinct_names(self.headings)

    def _placed(self, crs: CRS | None) -> CoordinateColumns:
        """Return the columns of the place, of the first row or of headings below titles."""
        try:
            return place_in(self.headings, self.rows(), crs=crs)
        except SourceError:
            found = headings_below(lambda: islice(self._lines(), MOST_ABOVE))
            if found is None:
                raise
            self._delimiter, self._tops = found.delimiter, found.header.first
            self._below = found.line + self._above
            self._name_columns(found.header.names)
            return place_in(self.headings, self.rows(), crs=crs)

    def records(self) -> Iterator[Row]:
        """Yield the rows below the header, each at least as long as it.

        Rows without a text in them are passed over. Cells beyond the header are kept if one of
        them holds something.
        """
        for row in islice(self._records(), self._tops, None):
            if any(map(str.isalnum, row.cells)) or not all(map(is_blank, row.cells)):
                cells = as_wide(row.cells, len(self.names), self._pair)
                yield Row(cells, row.line, row.open_quote, len(row.cells))

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
                "columns": ", ".join(self.headings)[:_SHOWN],
            }
            found.append(Problem("sheet-header-below", params, "note"))
        return (*self._text.remarks(), *found, *repeated_names(self.headings, self.names))

    def _records(self) -> Iterator[Row]:
        """Yield all rows, the header first."""
        yield from RowReader(self._lines(), self._delimiter, first_line=1 + self._above)

    def _lines(self) -> Iterator[str]:
        """Return the lines from the header on."""
        return islice(self._text.lines(), self._above, None)


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
