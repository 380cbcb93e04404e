"""How a CSV text is written: encoding, delimiter, columns, and which of them hold the place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Final

from zones.crs.transform import CRS
from zones.encoding.encoding_names import GB18030, UTF_8, known_codec
from zones.errors import BulkError, SourceError
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.delimiter import delimiter_of, named_delimiter, text_lines
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.csv.title_lines import headings_below
from zones.model import JSON, Problem
from zones.streams.coordinates_to_answers import MOST_FIELDS, PointQuestion
from zones.streams.csv_coordinate_columns import place_columns
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_scan import CSVRows, first_break, hidden_pairs, last_break, scan

BOM: Final = b"\xef\xbb\xbf"
_LONGEST_CHARACTER = 4
_LONGEST_HEADER_LINE = 64 * 1024
_LONGEST_TITLES = 64 * 1024
_SHOWN = 400
_SAMPLE_ROWS = 500  # read one by one, which takes some milliseconds


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is written, where its place stands, and what there is to tell of that.

    ``crs`` is the datum that the columns name, where nobody says another; ``system`` that of the
    coordinates, which rules over what cells name if ``is_crs_stated``. ``names_end`` is where the
    line of the names ends in the header, if lines of units are below it.
    """

    codec: str
    delimiter: str
    names: tuple[str, ...]
    place: CoordinateColumns
    notes: tuple[Problem, ...] = ()
    crs: CRS | None = None
    names_end: int | None = None
    system: CRS = CRS.CRS84
    is_crs_stated: bool = False

    @property
    def mark(self) -> int:
        """The delimiter as a byte."""
        return ord(self.delimiter)

    @property
    def columns_needed(self) -> int:
        """How many columns there are up to the last that has a name."""
        return max((at for at, name in enumerate(self.names, start=1) if name.strip()), default=0)

    def scan(self, part: bytes) -> CSVRows:
        """Return the rows of a part of the text."""
        return scan(self._shown(part), self.mark)

    def last_break(self, part: bytes) -> int:
        """Return where the last row ends that is whole whatever follows; 0 if there is none."""
        return last_break(self._shown(part), self.mark)

    def first_break(self, part: bytes) -> int:
        """Return where the first row ends if a quote that is open at the end is text."""
        return first_break(self._shown(part), self.mark)

    def text(self, cell: bytes) -> str:
        """Return the text of a cell, or of one without its quotes."""
        return cell.decode(self.codec, "replace")

    def cell(self, text: str) -> bytes:
        """Return the bytes of a cell, quoted where it must be."""
        if any(mark in text for mark in (self.delimiter, '"', "\n", "\r")):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode(self.codec, "replace")

    def row(self, cells: Sequence[str]) -> bytes:
        """Return the bytes of cells that follow others: a delimiter before each."""
        mark = self.delimiter.encode()
        return b"".join(mark + self.cell(cell) for cell in cells)

    def _shown(self, part: bytes) -> bytes:
        """Return a part without bytes within characters that look like the delimiter."""
        hides = self.codec != UTF_8 and self.mark >= ord("@")
        return hidden_pairs(part) if hides else part


def read_dialect(start: bytes, options: CSVOptions, usual_crs: CRS) -> tuple[Dialect, int]:
    """Return the dialect, and where the header ends with its line break.

    Parameters
    ----------
    start
        As much of the text's beginning as there is: encoding and columns are decided by it.
    usual_crs
        The system of the coordinates; a datum that columns name is compared with it.

    Raises
    ------
    BulkError, SourceError
        No header, unknown encoding, no columns of coordinates.
    """
    plain, end = read_header(start, options)
    try:
        place, notes = place_columns(
            plain.names, sample_rows(start[end:], plain), options, usual_crs
        )
    except BulkError:
        below = _below_titles(start, plain)
        if below is None:
            raise
        plain, end = below
        place, notes = place_columns(
            plain.names, sample_rows(start[end:], plain), options, usual_crs
        )
    crs = None if options.is_crs_stated else place.crs
    return replace(
        plain,
        place=place,
        notes=(*plain.notes, *notes),
        crs=crs,
        system=crs or usual_crs,
        is_crs_stated=options.is_crs_stated,
    ), end


def read_header(start: bytes, options: CSVOptions) -> tuple[Dialect, int]:
    """Return the same without the columns of the place.

    Raises
    ------
    BulkError, SourceError
        No header, unknown encoding.
    """
    codec = _codec(start, options.encoding)
    begin, named = _header_at(start)
    below = start[begin:]
    plain = Dialect(
        codec, _delimiter(_first_line(below, codec), options, named), (), CoordinateColumns()
    )
    end = begin + (plain.first_break(below) or len(below))
    header = next(_rows(start[begin:end], plain), None)
    if header is None or not any(name.strip() for name in header.cells):
        raise BulkError("bulk-empty")
    if header.open_quote is not None:
        raise SourceError("csv-header-quote", sample=header.open_quote[:80])
    if len(header.cells) > MOST_FIELDS:
        raise BulkError("bulk-too-many-columns", limit=MOST_FIELDS)
    sep = (Problem("csv-sep-line", {"delimiter": plain.delimiter}, "note"),) if named else ()
    return replace(plain, names=tuple(header.cells), notes=(*options.notes, *sep)), end


def _below_titles(start: bytes, first: Dialect) -> tuple[Dialect, int] | None:
    """Return the dialect by headings below titles, and where they end; None if there are none."""
    above, _ = _header_at(start)
    text = first.text(start[above : above + _LONGEST_TITLES])
    found = headings_below(partial(text_lines, text))
    if found is None or (header := found.header).row == 0:
        return None
    rows = list(islice(RowReader(text_lines(text), found.delimiter), header.first + 1))
    ends = (header.row + 1, header.first)
    names_end, end = (above + _before(rows, at, start[above:]) for at in ends)
    params: dict[str, JSON] = {"row": found.line, "columns": ", ".join(header.names)[:_SHOWN]}
    note = Problem("sheet-header-below", params, "note")
    return replace(
        first,
        delimiter=found.delimiter,
        names=header.names,
        names_end=names_end,
        notes=(*first.notes, note),
    ), end


def _before(rows: Sequence[Row], at: int, text: bytes) -> int:
    """Return how many bytes of a text stand before a row, all of them if there is none."""
    if at >= len(rows):
        return len(text)
    return sum(map(len, text[:_LONGEST_TITLES].splitlines(keepends=True)[: rows[at].line - 1]))


def task_in(task: PointQuestion, dialect: Dialect) -> PointQuestion:
    """Return a task in the datum that the columns name, where nobody says another."""
    return task if dialect.crs is None else replace(task, crs=dialect.crs)


def sample_rows(rest: bytes, dialect: Dialect, most: int = _SAMPLE_ROWS) -> list[list[str]]:
    """Return the cells of the first rows below the header."""
    whole = dialect.last_break(rest)  # the last row may be cut off
    return [row.cells for row in islice(_rows(rest[:whole] or rest, dialect), most)]


def _first_line(text: bytes, codec: str) -> str:
    return text[:_LONGEST_HEADER_LINE].splitlines()[0].decode(codec, "replace") if text else ""


def _rows(text: bytes, dialect: Dialect) -> Iterator[Row]:
    return iter(RowReader(text_lines(dialect.text(text)), dialect.delimiter))


def _header_at(start: bytes) -> tuple[int, str | None]:
    """Return where the header begins, and the delimiter that a line ``sep=;`` above it names.

    A byte order mark and blank lines above the header are passed over.
    """
    mark = len(BOM) if start.startswith(BOM) else 0
    first = next(iter(start[mark : mark + 100].splitlines(keepends=True)), b"")
    named = named_delimiter(first.decode("ascii", "replace"))
    above = mark + (len(first) if named else 0)
    return above + len(start[above:]) - len(start[above:].lstrip(b"\r\n")), named


def _codec(start: bytes, declared: str | None) -> str:
    if declared is not None:
        codec = known_codec(declared)
        if codec not in (UTF_8, GB18030):
            raise SourceError("encoding-unknown", encoding=declared[:80])
        return codec
    for codec in (UTF_8, GB18030):
        if _reads(start, codec):
            return codec
    raise BulkError("bulk-encoding-unknown")


def _reads(start: bytes, codec: str) -> bool:
    """Return whether the text reads so; its last character may be cut off."""
    try:
        start.decode(codec)
    except UnicodeDecodeError as error:
        return error.start > len(start) - _LONGEST_CHARACTER
    return True


def _delimiter(header: str, options: CSVOptions, named: str | None) -> str:
    delimiter = options.delimiter or named
    if delimiter is None:
        return delimiter_of(header)
    mark = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in '"\r\n\0.+-':
        raise BulkError("bulk-delimiter-invalid", given=delimiter[:20])
    return mark
