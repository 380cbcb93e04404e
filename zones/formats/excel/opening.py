"""A workbook -> the sheets that are wanted, each a table of places."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from zones.formats.csv.boundary_point_source import areas_or_points
from zones.formats.csv.source import TableSource, own_system
from zones.formats.excel.table import SheetTable, sheet_header
from zones.formats.excel.values import text_of
from zones.formats.excel.workbook import Workbook, Worksheet, open_workbook
from zones.formats.merged_layers import merged
from zones.model import JSON, Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import MEBIBYTE
from zones.source.layer_choice import Description, choose_layers, listed
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice

_SAMPLES: Final = 3
_SHOWN: Final = 80


def open_excel(task: ReadTask, choice: SourceChoice) -> Source:
    """Return the sheets of a workbook that are wanted.

    Sheets without headings that name a place, and hidden ones, are taken only by their name; the
    others are taken if there is one, and asked about if there are several.

    Raises
    ------
    SourceError
        Or ``DecisionNeeded``, which of several sheets is meant.
    """
    book = open_workbook(
        task.source, encoding=choice.encoding, most_bytes=task.limits.unzipped_mb * MEBIBYTE
    )
    by_name = {sheet.name: sheet for sheet in book.sheets}
    offered = tuple(sheet.name for sheet in offered_sheets(book.sheets))
    known = tuple(by_name) if _are_named(choice.layers, by_name) else offered
    known = known or tuple(by_name)[:1]
    names = choose_layers(known, choice.layers, describe=lambda name: _described(by_name[name]))
    others = [name for name in by_name if name not in known]
    notes = (*book.notes(), *_passed_over(others))
    sources = [_source(by_name[name], book, choice, notes, tuple(by_name)) for name in names]
    return merged(sources)


def _source(
    sheet: Worksheet,
    book: Workbook,
    choice: SourceChoice,
    notes: Sequence[Problem],
    layers: tuple[str, ...],
) -> Source:
    system = own_system(choice.crs)
    told = (*notes, *sheet.notes())
    table = SheetTable(sheet, encoding=book.encoding, crs=system, notes=told)
    points = TableSource(table, choice, format_name="excel", layer=sheet.name, layers=layers)
    return areas_or_points(points, choice.kinds)


def offered_sheets(sheets: Sequence[Worksheet]) -> list[Worksheet]:
    """Return the sheets that are not hidden and whose headings name a place."""
    return [each for each in sheets if not each.is_hidden and sheet_header(each, needed=True)]


def _are_named(requested: Sequence[str], by_name: dict[str, Worksheet]) -> bool:
    """Return whether a sheet is named by a person."""
    folded = {name.casefold() for name in by_name}
    return any(name.casefold() in folded for name in requested)


def _described(sheet: Worksheet) -> Description:
    header = sheet_header(sheet)
    if header is None:
        return None, ()
    rows = sum(1 for _ in sheet.rows()) - header.first
    some = islice(sheet.rows(), header.first, header.first + _SAMPLES)
    samples = [" ".join(filter(None, map(text_of, row)))[:_SHOWN] for row in some]
    return Reason("reason-layer", {"features": max(0, rows), "kind": "—"}), samples


def _passed_over(names: Sequence[str]) -> tuple[Problem, ...]:
    if not names:
        return ()
    params: dict[str, JSON] = {"count": len(names), "sheets": listed(names)[:400]}
    return (Problem("sheets-passed-over", params, "note"),)
