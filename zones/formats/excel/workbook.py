"""A workbook, whatever its file is called -> its sheets; told apart by the first bytes.

.xlsx and .ods are zips (ECMA-376, OpenDocument), which calamine reads; .xls and WPS's .et are OLE 2
files, which xlrd reads: calamine takes the Chinese of Excel 5 and 95 for Latin, and the dates that
SheetJS writes for numbers (seen with calamine 0.36 and xlrd 2.0.2). A workbook with a password is
an OLE 2 file as well, with a stream ``EncryptedPackage`` ([MS-OFFCRYPTO] 2.3.4.4).
"""

import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, Protocol

from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError
from zones.formats.excel.values import Values
from zones.model import Problem

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP: Final = b"PK\x03\x04"
_BIFF_ALONE: Final = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
)
_PAGES: Final = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head")
_HEAD_BYTES: Final = 1024


class Worksheet(Protocol):
    """A sheet of cells."""

    @property
    def name(self) -> str:
        """Return what its tab says."""
        ...

    @property
    def is_hidden(self) -> bool:
        """Return whether the sheet is hidden."""
        ...

    def rows(self) -> Iterator[Values]:
        """Yield all rows from the first row of the sheet on, blank cells as empty texts."""
        ...

    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Return merged cells: first row, first column, last row, last column, all from 0."""
        ...

    def notes(self) -> tuple[Problem, ...]:
        """Return what to tell of the sheet."""
        ...


class Workbook(Protocol):
    """An opened workbook."""

    @property
    def sheets(self) -> Sequence[Worksheet]:
        """Return the sheets of cells in order; a sheet is loaded when its rows are asked for."""
        ...

    @property
    def encoding(self) -> EncodingFinding:
        """Return which encoding its texts are in."""
        ...

    def notes(self) -> tuple[Problem, ...]:
        """Return what to tell of the workbook as a whole."""
        ...


def is_workbook(file: BinaryIO) -> bool:
    """Return whether a file begins as a workbook does, or as a page that is called one."""
    head = _head(file)
    return head.startswith((OLE, ZIP, *_BIFF_ALONE)) or _is_page(head)


def open_workbook(file: BinaryIO, *, encoding: str | None, most_bytes: int) -> Workbook:
    """Return the workbook that a file holds.

    Parameters
    ----------
    encoding
        Of the texts of workbooks of Excel 95 and older, if a person names it.
    most_bytes
        How large an .xlsx may be when it is unpacked.

    Raises
    ------
    SourceError
        ``sheet-unreadable``, ``sheet-encrypted``, ``sheet-is-page``, ``sheet-xlsb``.
    SourceLimitError
        ``unzipped-too-large``, ``sheet-too-wide``.
    """
    head = _head(file)
    if head.startswith(ZIP) and _holds_open_document(file):
        from zones.formats.excel.ods import ODSWorkbook

        return ODSWorkbook(file, most_bytes=most_bytes)
    if head.startswith(ZIP):
        from zones.formats.excel.xlsx import XLSXWorkbook

        return XLSXWorkbook(file, most_bytes=most_bytes)
    if head.startswith((OLE, *_BIFF_ALONE)):
        from zones.formats.excel.xls import XLSWorkbook

        return XLSWorkbook(file, encoding=encoding)
    raise SourceError("sheet-is-page" if _is_page(head) else "sheet-unreadable")


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    return head


def _holds_open_document(file: BinaryIO) -> bool:
    """Return whether a zip is an .ods, also one that was zipped anew in another order."""
    try:
        with zipfile.ZipFile(file) as packed:
            return "content.xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return False
    finally:
        file.seek(0)


def _is_page(head: bytes) -> bool:
    """Return whether this is a web page or XML that is called a workbook, as web systems do."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith(_PAGES) or (text.startswith(b"<?xml") and b"spreadsheet" in text)
