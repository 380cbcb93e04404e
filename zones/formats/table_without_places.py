"""A table without places, in a text or a workbook: its headings and rows as texts.

Tables of features go by ``zones.formats.csv`` and ``zones.formats.excel``; this is for lists of
values, whose rows are few and short.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import orjson

from zones.errors import SourceError, SourceLimitError
from zones.formats.csv.delimiter import delimiter_of, named_delimiter
from zones.formats.csv.find_header_row import MOST_ABOVE, usual_header
from zones.formats.csv.split_rows import Row, RowReader
from zones.formats.csv.text_file import TextFile
from zones.formats.excel.values import text_of
from zones.formats.excel.workbook import is_workbook, open_workbook
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import MEBIBYTE

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000


def read_plain_table(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Write the rows of the task's table as lines of JSON; the job that a child runs.

    Each line is the row's number in the file, from 1, and its cells; the first is the headings.
    Blank rows are left out; of a workbook the first sheet that is not hidden is read.

    Raises
    ------
    SourceError
        ``table-empty``, or why the file cannot be read.
    SourceLimitError
        ``table-too-long``.
    """
    encoding = request["encoding"]
    rows = _sheet(task, encoding) if is_workbook(task.source) else _text(task, encoding)
    written = 0
    for row in rows:
        cells = [cell.strip()[:LONGEST_CELL] for cell in row.cells[:MOST_COLUMNS]]
        if not any(cells):
            continue
        if written > MOST_ROWS:
            raise SourceLimitError("table-too-long", most=MOST_ROWS)
        task.rows.write(orjson.dumps([row.line, cells]) + b"\n")
        written += 1
    if not written:
        raise SourceError("table-empty")
    return {"rows": written - 1}


def _text(task: ReadTask, encoding: str | None) -> Iterator[Row]:
    text = TextFile(task.source, encoding=encoding)
    named = named_delimiter(next(text.lines(), ""))
    above = 0 if named is None else 1
    header = next((line for line in islice(text.lines(), above, None) if line.strip()), "")
    delimiter = named or delimiter_of(header)
    yield from RowReader(islice(text.lines(), above, None), delimiter, first_line=1 + above)


def _sheet(task: ReadTask, encoding: str | None) -> Iterator[Row]:
    """Yield the headings of the first sheet and what is below them."""
    most = task.limits.unzipped_mb * MEBIBYTE
    book = open_workbook(task.source, encoding=encoding, most_bytes=most)
    sheet = next((one for one in book.sheets if not one.is_hidden), None)
    if sheet is None:
        return
    top = [[text_of(value) for value in values] for values in islice(sheet.rows(), MOST_ABOVE)]
    header = usual_header(top)
    if header is None:
        return
    yield _row(header.names, header.first)
    for at, values in enumerate(sheet.rows()):
        if at >= header.first:
            yield _row([text_of(value) for value in values], at + 1)


def _row(cells: Sequence[str], line: int) -> Row:
    return Row(list(cells), line, None, len(cells))
