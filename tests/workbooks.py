"""Workbooks by writers that are not ours: openpyxl, xlwt, and by hand Excel 95 and OpenDocument."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from xlwt.CompoundDoc import XlsDoc

Rows = Sequence[Sequence[Any]]


def xlsx(sheets: Mapping[str, Rows], *, merged: Sequence[str] = (), hidden: str = "") -> bytes:
    """Return a workbook; ``merged`` are ranges of its first sheet, such as A1:F1."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # there is one in a new workbook
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name == hidden:
            sheet.sheet_state = "hidden"
    for area in merged:
        book.worksheets[0].merge_cells(area)
    return saved(book)


def saved(book: Any) -> bytes:
    """Return a workbook of openpyxl or xlwt as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written_out(book: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return an .xlsx with numbers put in the place of others: openpyxl rounds long ones."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as packed, zipfile.ZipFile(file, "w") as changed:
        for info in packed.infolist():
            content = packed.read(info)
            for old, new in numbers.items():
                content = content.replace(b"<v>%d</v>" % old, b"<v>%d</v>" % new)
            changed.writestr(info.filename, content)
    return file.getvalue()


def xls(sheets: Mapping[str, Rows], *, formats: Mapping[type, str] | None = None) -> bytes:
    """Return a workbook of Excel 97; values of a type may have a number format."""
    book = xlwt.Workbook(encoding="utf-8")
    styles = {kind: xlwt.easyxf(num_format_str=text) for kind, text in (formats or {}).items()}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for x, value in enumerate(row):
                if value is not None:
                    sheet.write(at, x, value, styles.get(type(value), xlwt.Style.default_style))
    return saved(book)


def xls_95(rows: Rows, *, sheet: str, encoding: str, code_page: int | None) -> bytes:
    """Return a workbook of Excel 95: texts are bytes, the code page may be wrong or missing.

    Records as in Microsoft's "Excel 97-2007 Binary File Format", of version 5: BOF, CODEPAGE,
    BOUNDSHEET, LABEL, NUMBER, EOF.
    """
    head = _record(0x809, struct.pack("<HHHH", 0x500, 0x5, 0, 0))
    if code_page is not None:
        head += _record(0x42, struct.pack("<H", code_page))
    name = sheet.encode(encoding)
    bound = struct.pack("<HB", 0, len(name)) + name
    fonts = _record(0x31, struct.pack("<HHHHHBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 0)) * 4
    styles = _record(0xE0, struct.pack("<HHHHHHHH", 0, 0, 0, 0, 0, 0, 0, 0)) * 16
    end = _record(0x0A, b"")
    begin = len(head) + len(fonts) + len(styles) + 4 + 4 + len(bound) + len(end)
    bounds = _record(0x85, struct.pack("<I", begin) + bound)
    cells = b"".join(
        _cell(at, x, value, encoding) for at, row in enumerate(rows) for x, value in enumerate(row)
    )
    body = _record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0)) + cells + end
    file = io.BytesIO()
    XlsDoc().save(file, head + fonts + styles + bounds + end + body)
    return file.getvalue()


def _cell(row: int, column: int, value: Any, encoding: str) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    if isinstance(value, str):
        text = value.encode(encoding)
        return _record(0x204, place + struct.pack("<H", len(text)) + text)
    return _record(0x203, place + struct.pack("<d", value))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def ods(sheets: Mapping[str, Rows], *, spans: Mapping[tuple[int, int], int] | None = None) -> bytes:
    """Return an OpenDocument workbook as LibreOffice writes it; ``spans`` are rows that a cell has.

    By hand after OpenDocument 1.3 part 3, 9.1: empty rows below are one element that stands for
    many.
    """
    tables = "".join(_ods_table(name, rows, spans or {}) for name, rows in sheets.items())
    content = (
        f"<office:document-content {_ODS_NAMES}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", _ODS)
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return file.getvalue()


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def _ods_table(name: str, rows: Rows, spans: Mapping[tuple[int, int], int]) -> str:
    told = ""
    for at, row in enumerate(rows):
        cells = "".join(_ods_cell(cell, spans.get((at, x), 1)) for x, cell in enumerate(row))
        told += f"<table:table-row>{cells}</table:table-row>"
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    return f'<table:table table:name="{name}">{told}{rest}</table:table-row></table:table>'


def _ods_cell(value: Any, rows: int) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        told = f'office:value-type="string"><text:p>{escape(value)}</text:p>'
    elif isinstance(value, dt.date):
        told = f'office:value-type="date" office:date-value="{value.isoformat()}"><text:p/>'
    else:
        told = f'office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
    return f'<table:table-cell table:number-rows-spanned="{rows}" {told}</table:table-cell>'
