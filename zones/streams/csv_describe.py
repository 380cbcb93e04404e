"""The beginning of a CSV text -> how the whole would be read: for a person to look at first."""

import codecs
from dataclasses import dataclass, replace
from typing import Any, Final

from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.formats.csv.delimiter import UTF_16, begins_as_utf16
from zones.formats.csv.table import as_wide, distinct_names
from zones.model import Problem
from zones.streams.csv_dialect import BOM, Dialect, read_dialect, read_header, sample_rows
from zones.streams.csv_options import CSVOptions
from zones.streams.workbooks import options_for

START: Final = 64 * 1024
"""So much of a text is sent to be described; less is all of it."""
_SHOWN_ROWS: Final = 4


@dataclass(frozen=True, slots=True)
class Description:
    """How a text would be read.

    ``columns`` are the names, told apart where they are repeated; ``x`` and ``y`` the positions
    of the columns of the place, both the same for a pair or a point in one, None where no name is
    known.
    ``crs`` is the datum that the names tell.
    """

    encoding: str
    delimiter: str
    columns: list[str]
    rows: list[list[str]]
    x: int | None
    y: int | None
    y_first: bool
    crs: str | None
    notes: tuple[Problem, ...]


def described(start: bytes) -> Description:
    """Return how a text with this beginning would be read.

    Raises
    ------
    BulkError, SourceError
        It has no header, or is in no encoding that is read.
    """
    options, encoding = CSVOptions(is_crs_stated=False), None
    is_whole = len(start) < START
    if not start:
        raise BulkError("bulk-empty")
    if begins_as_utf16(start[:4]):
        text = codecs.getincrementaldecoder("utf-16")("replace").decode(start)
        start, encoding = BOM + text.encode("utf-8", "replace"), UTF_16
        options = replace(options, encoding="utf-8")
    if is_whole and not start.endswith((b"\n", b"\r")):
        start += b"\n"
    dialect, end = _dialect(start, options)
    return _described(start, dialect, end, encoding)


def _described(
    start: bytes, dialect: Dialect, end: int, encoding: str | None = None
) -> Description:
    place, width = dialect.place, len(dialect.names)
    one = place.wkt if place.pair is None else place.pair
    rows = [
        as_wide(row, width, place.pair)[:width]
        for row in sample_rows(start[end:], dialect, _SHOWN_ROWS)
    ]
    return Description(
        encoding=encoding or dialect.codec,
        delimiter=dialect.delimiter,
        columns=distinct_names([name.strip() for name in dialect.names]),
        rows=rows,
        x=place.x if one is None else one,
        y=place.y if one is None else one,
        y_first=place.y_first,
        crs=None if place.crs is None else place.crs.key,
        notes=dialect.notes,
    )


def described_sheet(start: bytes, content: dict[str, Any]) -> Description:
    """Return how the text that was made of a workbook's sheet is read, by its beginning.

    Raises
    ------
    BulkError, SourceError
        It has no header.
    """
    options = options_for(CSVOptions(is_crs_stated=False), content)
    return _described(start, *_dialect(start, options))


def _dialect(start: bytes, options: CSVOptions) -> tuple[Dialect, int]:
    """Return the dialect with the columns of the place, if there are any that are known."""
    try:
        return read_dialect(start, options, CRS.CRS84)
    except BulkError:
        return read_header(start, options)
