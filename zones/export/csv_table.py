"""CSV: points as two columns of numbers, other shapes as WKT."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final, TextIO

import shapely

from zones.export.export_layer import ExportLayer
from zones.export.typed_columns import TypedColumn, distinct_headings
from zones.export.wkt import wkt_texts

_LONG: Final = 200_000
"""Characters."""
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
    headings = distinct_headings([fids.name, *names, *(column.name for column in attributes)])
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        cells = [_cells(column) for column in attributes]
        for row in zip(_cells(fids), *places, *cells, strict=True):
            if isinstance(row[1], str) and len(row[1]) > _LONG:
                _write_long(file, row)
            else:
                writer.writerow(row)


def _write_long(file: TextIO, row: tuple[Any, ...]) -> None:
    """Write a row whose second cell is a long WKT, which has commas but no quotes.

    The csv module looks at each character and lets no other thread run meanwhile.
    """
    fid, wkt, *rest = row
    file.write(f'{_line([fid])},"')
    for at in range(0, len(wkt), _LONG):
        file.write(wkt[at : at + _LONG])
    file.write(f'",{_line(rest)}\r\n' if rest else '"\r\n')


def _line(cells: list[Any]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _places(layer: ExportLayer) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return the names of the columns that hold the places, and the columns."""
    shapes = layer.shapes
    kinds = shapely.get_type_id(shapes)
    if len(shapes) and set(kinds.tolist()) <= {-1, shapely.GeometryType.POINT} and kinds.max() >= 0:
        names = ("lon", "lat") if layer.crs.is_geographic else ("x", "y")
        return names, [_numbers(shapely.get_x(shapes)), _numbers(shapely.get_y(shapes))]
    return ("wkt",), [["" if text is None else text for text in wkt_texts(shapes)]]


def _numbers(values: Any) -> list[object]:
    return ["" if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN


def _cells(column: TypedColumn) -> Sequence[object]:
    if column.kind == "boolean":
        return ["" if value is None else str(value).lower() for value in column.values]
    if column.kind != "text":
        return ["" if value is None else value for value in column.values]
    return ["" if value is None else _harmless(str(value)) for value in column.values]


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
