"""Excel: a sheet of ids, places and attributes, codes as texts, days as days."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zones.export.changed_values import NOT_XML
from zones.export.export_layer import ExportLayer
from zones.export.typed_columns import TypedColumn, Value, distinct_headings
from zones.export.wkt import wkt_texts
from zones.formats.csv.column_kinds import is_marked
from zones.model import JSON, Problem

LONGEST_CELL: Final = 32_767
"""Characters that a cell of Excel holds (ECMA-376 leaves it open; Microsoft's limits)."""
_SHORTEST_VERTEX: Final = len("0 0, ")
_NO_CELL_HOLDS: Final = " " * (LONGEST_CELL + 1)
"""Stands for the text of a shape that is too long by the number of its vertices alone."""
_FIRST_DAY: Final = "1900-03-01"
"""Excel has none before 1900, and counts the 29th of February of that year, which was none."""
_EXACT_DIGITS: Final = 10**15
_TEXT_FORMAT, _DAY_FORMAT = "@", "yyyy-mm-dd"
_TAB_LENGTH: Final = 31
_BEFORE_CODE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TABS: Final = str.maketrans("[]:*?/\\", "（）：＊？／＼")


def write_xlsx(path: Path, layer: ExportLayer) -> None:
    """Write a sheet with the headings on top.

    Points have the columns ``lon``, ``lat`` (in metres ``x``, ``y``), everything else ``wkt``.
    Texts are cells of text, so that codes keep their zeros, and formulas are never run; whole
    numbers of more than 15 digits are texts too, since Excel keeps no more. A shape or text that
    is too long for a cell is left out; ``xlsx_remarks`` tells which.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_tab(layer.info.title or layer.info.id))
    sheet.freeze_panes = "A2"
    names, columns = _table(layer)
    sheet.append([_escaped(name) for name in names])
    makers = [partial(_cell, sheet, column.kind) for column in columns]
    for values in zip(*(column.values for column in columns), strict=True):
        sheet.append([make(value) for make, value in zip(makers, values, strict=True)])
    book.save(path)
    book.close()


def xlsx_remarks(layer: ExportLayer) -> list[Problem]:
    """Return which columns have texts or shapes that no cell holds."""
    names, columns = _table(layer)
    found = []
    for name, column in zip(names, columns, strict=True):
        long = [at for at, value in enumerate(column.values, start=1) if _is_too_long(value)]
        if long:
            params: dict[str, JSON] = {"column": name[:80], "count": len(long)}
            params["most"] = LONGEST_CELL
            found.append(Problem("export-xlsx-long", params, "warning", feature=long[0]))
    return found


def _table(layer: ExportLayer) -> tuple[list[str], list[TypedColumn]]:
    """Return the columns of the sheet and their headings: ids, places, attributes."""
    fids, *attributes = layer.columns
    columns = [fids, *_places(layer), *attributes]
    return distinct_headings([column.name for column in columns]), columns


def _places(layer: ExportLayer) -> Iterator[TypedColumn]:
    shapes = layer.shapes
    kinds = shapely.get_type_id(shapes)
    if len(shapes) and set(kinds.tolist()) <= {-1, shapely.GeometryType.POINT} and kinds.max() >= 0:
        names = ("lon", "lat") if layer.crs.is_geographic else ("x", "y")
        for name, axis in zip(names, (shapely.get_x, shapely.get_y), strict=True):
            numbers = [None if value != value else value for value in axis(shapes).tolist()]  # noqa: PLR0124 - NaN
            yield TypedColumn(name, name, "real", numbers)
        return
    fits = shapely.get_num_coordinates(shapes) <= LONGEST_CELL // _SHORTEST_VERTEX
    wkt = np.full(len(shapes), _NO_CELL_HOLDS, dtype=object)
    wkt[fits] = wkt_texts(shapes[fits])
    yield TypedColumn("wkt", "wkt", "text", list(wkt))


def _cell(sheet: Any, kind: str, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or _is_too_long(value):
        return None
    if kind == "date" and str(value) >= _FIRST_DAY:
        cell = WriteOnlyCell(sheet, datetime.fromisoformat(str(value)))
        cell.number_format = _DAY_FORMAT
        return cell
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        cell = WriteOnlyCell(sheet, value)
        # openpyxl writes 16 digits of a number, which some need more of.
        cell._value = repr(value)  # type: ignore[attr-defined]  # openpyxl writes it as it is
        return cell
    if not isinstance(value, str) and not _is_long_number(value):
        return value
    cell = WriteOnlyCell(sheet)
    text = _escaped(NOT_XML.sub("", str(value)))
    # The import takes one apostrophe away from what could be a formula behind it.
    cell.value = f"'{text}" if is_marked(text) else text
    cell.data_type, cell.number_format = "s", _TEXT_FORMAT
    return cell


def _escaped(text: str) -> str:
    """Return a text in which nothing is taken for an escaped character (ECMA-376 1, 22.9.2.19)."""
    return _BEFORE_CODE.sub("_x005F_", text)


def _is_long_number(value: Value) -> bool:
    return type(value) is int and abs(value) >= _EXACT_DIGITS


def _is_too_long(value: Value) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_CELL


def _tab(title: str) -> str:
    """Return the name of a sheet, of which some characters and long ones are not allowed."""
    return title.translate(_NOT_IN_TABS).strip("' ")[:_TAB_LENGTH] or "data"
