"""Rows of plain values as files for spreadsheets."""

import csv
import io
from collections.abc import Mapping, Sequence

Row = Mapping[str, object]

_BOM = "\ufeff"
_EXACT_DIGITS = 10**15  # a spreadsheet keeps no more of a number
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(rows: Sequence[Row]) -> bytes:
    """Return the rows as CSV, the names of the first one on top.

    UTF-8 with a byte order mark: without it Excel takes Chinese for the system's old encoding.
    """
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.DictWriter(text, list(rows[0]) if rows else [])
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return text.getvalue().encode()


def xlsx_file(rows: Sequence[Row], *, title: str) -> bytes:
    """Return the rows as an Excel workbook of one sheet, the names of the first one on top."""
    # Here, so that the service starts without it: it is rarely needed and slow to load.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    if rows:
        sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_harmless(value) for value in row.values()])
    file = io.BytesIO()
    book.save(file)
    book.close()
    return file.getvalue()


def _harmless(value: object) -> object:
    """Return text so that a spreadsheet shows it and does not run it; numbers as they are."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    if isinstance(value, int) and abs(value) >= _EXACT_DIGITS:
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)
