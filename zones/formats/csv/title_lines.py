"""Titles above the headings of a text: 和平区地块一览表, or a line that a program wrote."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from zones.formats.csv.delimiter import DELIMITERS
from zones.formats.csv.find_header_row import MOST_ABOVE, Header, header_of
from zones.formats.csv.split_rows import RowReader


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings below titles, what parts their cells, and the line in which they end."""

    header: Header
    delimiter: str
    line: int


def headings_below(lines: Callable[[], Iterable[str]]) -> Headings | None:
    """Return the headings among the first lines of a text; None if no line names a place.

    Parameters
    ----------
    lines
        Gives the first lines anew each time it is called, the first of them numbered 1.
    """
    for delimiter in DELIMITERS:
        rows = list(islice(RowReader(lines(), delimiter), MOST_ABOVE))
        width = max((len(row.cells) for row in rows), default=0)
        header = header_of([row.cells + [""] * (width - len(row.cells)) for row in rows])
        if header is not None:
            return Headings(header, delimiter, rows[header.first - 1].line)
    return None
