"""What the confined process does with a workbook of points; see ``zones.streams.workbooks``."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError
from zones.formats.excel.opening import offered_sheets
from zones.formats.excel.table import SheetTable, sheet_header
from zones.formats.excel.values import text_of
from zones.formats.excel.workbook import Worksheet, open_workbook
from zones.model import JSON, Problem
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import MEBIBYTE
from zones.source.layer_choice import listed

_AT_ONCE: Final = 1_000
_MOST_NOTES: Final = 50
_LISTED: Final = 400


def hand_on(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Write the rows of a sheet as a CSV text in UTF-8, its headings first.

    The sheet is the one that ``request["sheet"]`` names, else the first with columns of a place.
    Title rows, repeated headings and closing lines are left out as imports leave them out.

    Returns
    -------
    dict
        ``sheets`` that can be chosen, and ``notes`` to tell people.

    Raises
    ------
    SourceError
        ``bulk-no-sheet``, ``table-empty``, or why the workbook cannot be read.
    """
    most = task.limits.unzipped_mb * MEBIBYTE
    book = open_workbook(task.source, encoding=request["encoding"], most_bytes=most)
    by_name = {sheet.name: sheet for sheet in book.sheets}
    offered = [sheet.name for sheet in offered_sheets(book.sheets)] or list(by_name)[:1]
    sheet = _chosen(by_name, offered, request["sheet"])
    names, rows, remarks_of = _table(sheet, book.encoding)
    _write([names], task)
    for some in _some(rows):
        _write(some, task)
    notes = [*book.notes(), *sheet.notes(), *_others(offered, sheet.name), *remarks_of()]
    remarks = [[note.code, note.params] for note in notes[:_MOST_NOTES]]
    return {"sheets": offered, "notes": remarks}


def _chosen(
    by_name: dict[str, Worksheet], offered: Sequence[str], requested: str | None
) -> Worksheet:
    known = {name.casefold(): sheet for name, sheet in by_name.items()}
    if requested is not None and requested.casefold() not in known:
        raise SourceError(
            "bulk-no-sheet", name=requested[:80], sheets=listed(list(by_name))[:_LISTED]
        )
    if requested is not None:
        return known[requested.casefold()]
    if not offered:
        raise SourceError("table-empty")
    return by_name[offered[0]]


def _table(
    sheet: Worksheet, encoding: EncodingFinding
) -> tuple[Sequence[str], Iterator[Sequence[str]], Callable[[], tuple[Problem, ...]]]:
    """Return the headings of a sheet, its rows, and what to tell once they are read."""
    try:
        table = SheetTable(sheet, encoding=encoding)
    except SourceError:  # no columns that are known: a person may name others
        return _plain(sheet)
    return table.headings, table.rows(), table.notes


def _plain(
    sheet: Worksheet,
) -> tuple[Sequence[str], Iterator[Sequence[str]], Callable[[], tuple[Problem, ...]]]:
    header = sheet_header(sheet)
    if header is None:
        raise SourceError("table-empty")
    rows = (list(map(text_of, values)) for values in islice(sheet.rows(), header.first, None))
    return header.names, (row for row in rows if any(row)), tuple


def _write(rows: Iterable[Sequence[str]], task: ReadTask) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    task.rows.write(text.getvalue().encode())


def _some(rows: Iterator[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _others(offered: Sequence[str], chosen: str) -> Iterator[Problem]:
    others = [name for name in offered if name != chosen]
    if others:
        params: dict[str, JSON] = {"sheet": chosen[:80], "others": listed(others)[:_LISTED]}
        yield Problem("bulk-sheet-chosen", params, "note")
