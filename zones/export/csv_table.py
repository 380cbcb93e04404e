"""CSV: points as two columns of numbers, other shapes as WKT."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import shapely

from zones.export.columns import Column, told_apart
from zones.export.layer import ExportLayer

_FORMULA: Final = re.compile("'*[=+\\-@\t\r]")


def write_csv(path: Path, layer: ExportLayer, *, encoding: str) -> None:
    """Write a table of ids, places and attributes.

    Points have the columns ``lon``, ``lat`` (in metres ``x``, ``y``), everything else ``wkt``.
    A text that a spreadsheet would run as a formula begins with an apostrophe, one more if it
    begins with some already; the import takes one away. Booleans are ``true`` and ``false``. What
    ``encoding`` cannot write becomes a question mark.
    """
    names, places = _places(layer)
    fids, *attributes = layer.columns
    headings = told_apart([fids.name, *names, *(column.name for column in attributes)])
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        cells = [_cells(column) for column in attributes]
        writer.writerows(zip(_cells(fids), *places, *cells, strict=True))


def _places(layer: ExportLayer) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return the names of the columns that hold the places, and the columns."""
    shapes = layer.shapes
    kinds = shapely.get_type_id(shapes)
    if len(shapes) and set(kinds.tolist()) <= {-1, shapely.GeometryType.POINT} and kinds.max() >= 0:
        names = ("lon", "lat") if layer.crs.is_geographic else ("x", "y")
        return names, [_numbers(shapely.get_x(shapes)), _numbers(shapely.get_y(shapes))]
    # 17 digits bring every double back to its last bit.
    wkt = shapely.to_wkt(shapes, rounding_precision=-1)
    return ("wkt",), [["" if text is None else text for text in wkt]]


def _numbers(values: Any) -> list[object]:
    return ["" if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN


def _cells(column: Column) -> Sequence[object]:
    if column.kind == "boolean":
        return ["" if value is None else str(value).lower() for value in column.values]
    if column.kind != "text":
        return ["" if value is None else value for value in column.values]
    return ["" if value is None else _harmless(str(value)) for value in column.values]


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
