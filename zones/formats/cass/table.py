"""A list of points without a header as a table whose columns have names."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from zones.errors import SourceError
from zones.formats.cass.column_layout import (
    CODE,
    NAME,
    cells_of,
    is_comment,
    is_mark,
    layout_of,
    usual_layout,
)
from zones.formats.csv.column_kinds import Kind
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.split_rows import Row
from zones.formats.csv.table import distinct_names
from zones.formats.csv.text_file import TextFile
from zones.model import JSON, Problem

_LOOKED_AT: Final = 2000
_SHOWN: Final = 200


class PointList:
    """The lines of the list; see ``zones.formats.csv.source.TextTable`` for what is offered."""

    def __init__(self, text: TextFile) -> None:
        """Find out which columns hold what.

        Raises
        ------
        SourceError
            ``cass-no-points`` if the lines are no list of points.
        """
        self._text = text
        self.encoding = text.encoding
        rows = [row.cells for row in islice(self._lines(), _LOOKED_AT)]
        layout = layout_of(rows) or usual_layout(rows)
        if layout is None:
            first = ",".join(rows[0]) if rows else ""
            raise SourceError("cass-no-points", sample=first[:_SHOWN] or "—")
        self._layout, self._example = layout, max(rows, key=len)
        self.headings = layout.names(self._example)
        self.names = distinct_names(self.headings)
        self.place = CoordinateColumns(x=layout.x, y=layout.y, crs=layout.datum)
        self.known_kinds: dict[int, Kind] = {
            at: "text" for at, name in enumerate(self.headings) if name in (NAME, CODE)
        }

    def records(self) -> Iterator[Row]:
        """Yield the points, each row as long as the longest that was looked at."""
        width = len(self.names)
        for row in self._lines():
            cells = [_bare(cell, name) for cell, name in zip(row.cells, self.names, strict=False)]
            surplus = row.cells[width:]
            blank = [""] * (width - len(cells))
            yield Row([*cells, *blank, *surplus], row.line, None, len(row.cells))

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of the rows, as many as there are names."""
        width = len(self.names)
        for row in self.records():
            yield row.cells[:width]

    def progress(self) -> float:
        """Return the fraction of the text that is done."""
        return self._text.progress()

    def notes(self) -> tuple[Problem, ...]:
        """Return how the columns were read."""
        params: dict[str, JSON] = {
            "columns": "、".join(self.names)[:_SHOWN],
            "example": ",".join(self._example)[:_SHOWN],
        }
        remark = Problem("cass-columns", params, "note")
        if not self._layout.is_sure:
            remark = Problem("cass-columns-usual", params, "warning")
        return (*self._text.remarks(), remark, *self._comments())

    def _comments(self) -> Iterator[Problem]:
        found = [line.strip() for line in self._text.lines() if is_comment(line)]
        if found:
            comments: dict[str, JSON] = {"count": len(found), "sample": found[0][:_SHOWN]}
            yield Problem("cass-comments", comments, "note")

    def _lines(self) -> Iterator[Row]:
        for line, text in enumerate(self._text.lines(), start=1):
            if is_comment(text):
                continue
            cells = cells_of(text)
            if not is_mark(cells):
                yield Row(cells, line, None, len(cells))


def _bare(cell: str, name: str) -> str:
    """Return the value of a cell that names itself."""
    own, mark, value = cell.partition(":")
    return value.strip() if mark and own.strip() == name else cell
