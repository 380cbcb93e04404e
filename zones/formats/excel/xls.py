"""A workbook of Excel 2 to 2003 (BIFF), or of WPS as .et, read by xlrd.

Texts of Excel 95 and older are bytes in a code page that the file may name wrongly or not at all.
They are read as they stand first; their encoding is then decided as that of any other table.
"""

import io
import struct
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, BinaryIO, Final

from zones.encoding.decide_encoding import EncodingFinding, decide_encoding
from zones.encoding.encoding_names import UTF_8
from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.errors import SourceError
from zones.formats.excel.shown_otherwise import Formats, ShownOtherwise, formats_from
from zones.formats.excel.values import Value, Values, cell_errors
from zones.model import Problem

_FIRST_IN_UNICODE: Final = 80  # BIFF8, Excel 97
_AS_BYTES: Final = "latin_1"
_BROKEN: Final = (
    *(struct.error, LookupError, ValueError, TypeError, AttributeError, AssertionError),
    *(ArithmeticError, EOFError, RecursionError),
)
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
_LETTERS_OF_DATES: Final = "yd年月日"  # m may be minutes


class XLSWorkbook:
    """The sheets of an .xls; ``encoding`` decides over texts that are not in Unicode."""

    def __init__(self, file: BinaryIO, *, encoding: str | None) -> None:
        content = file.read()
        self._book = _opened(content)
        self._in_unicode = self._book.biff_version >= _FIRST_IN_UNICODE
        self._errors = 0
        self.encoding = EncodingFinding(UTF_8, "format")
        self.sheets = [_XLSSheet(self, sheet) for sheet in self._book.sheets()]
        if not self._in_unicode:
            label = f"cp{self._book.codepage}" if self._book.codepage else None
            self.encoding = decide_encoding(self._texts(), declared=label, override=encoding)
        for sheet in self.sheets:
            sheet.decide_name()
        self._errors = sum(sheet.errors() for sheet in self.sheets)

    @property
    def datemode(self) -> int:
        """Return whether days are counted from 1900 (0) or 1904 (1)."""
        return int(self._book.datemode)

    @cached_property
    def formats(self) -> Formats:
        """Return the styles whose numbers are shown otherwise than they are stored."""
        by_key = self._book.format_map
        known = (by_key.get(xf.format_key) for xf in self._book.xf_list)
        return formats_from(each.format_str if each else "" for each in known)

    def text(self, text: str) -> str:
        """Return a text as it is meant."""
        if self._in_unicode or text.isascii():
            return text
        return decode_text(EncodedText(text.encode(_AS_BYTES)), self.encoding.codec)

    def has_clock_only(self, xf_index: int) -> bool:
        """Return whether a cell's format shows a time and no date."""
        xf = self._book.xf_list[xf_index]
        shown = self._book.format_map[xf.format_key].format_str.lower()
        return not any(letter in shown for letter in _LETTERS_OF_DATES)

    def notes(self) -> tuple[Problem, ...]:
        """Return how many cells hold errors."""
        return cell_errors(self._errors)

    def _texts(self) -> Iterator[EncodedText]:
        for sheet in self.sheets:
            yield EncodedText(sheet.name.encode(_AS_BYTES))
            for text in sheet.texts():
                if not text.isascii():
                    yield EncodedText(text.encode(_AS_BYTES))


class _XLSSheet:
    """One sheet."""

    def __init__(self, book: XLSWorkbook, sheet: Any) -> None:
        self._book, self._sheet = book, sheet
        self.name: str = sheet.name
        self.is_hidden = bool(sheet.visibility)

    def decide_name(self) -> None:
        """Read the name as the texts are read."""
        self.name = self._book.text(self.name)

    def rows(self) -> Iterator[Values]:
        """Yield the rows."""
        sheet = self._sheet
        for at in range(sheet.nrows):
            cells = zip(sheet.row_types(at), sheet.row_values(at), strict=True)
            yield [self._value(kind, value, at, x) for x, (kind, value) in enumerate(cells)]

    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Return merged cells."""
        return [
            (top, left, bottom - 1, right - 1)
            for top, bottom, left, right in self._sheet.merged_cells
        ]

    def notes(self) -> tuple[Problem, ...]:
        """Return what is shown otherwise than it is stored, and what is hidden."""
        return tuple(self._shown.notes())

    @cached_property
    def _shown(self) -> ShownOtherwise:
        sheet, formats = self._sheet, self._book.formats
        rows, columns = sheet.rowinfo_map.items(), sheet.colinfo_map.items()
        shown = ShownOtherwise(
            hidden_rows=sum(1 for at, row in rows if row.hidden and at < sheet.nrows),
            hidden_columns=sum(1 for at, column in columns if column.hidden and at < sheet.ncols),
        )
        styles = formats.zeros.keys() | formats.others.keys()
        for at in range(sheet.nrows if styles else 0):
            for x, kind in enumerate(sheet.row_types(at)):
                style = str(sheet.cell_xf_index(at, x)) if kind == _NUMBER else ""
                if style in styles:
                    shown.take_cell((at, x), style, str(sheet.cell_value(at, x)), formats)
        return shown

    def texts(self) -> Iterator[str]:
        """Yield the texts as they stand in the file."""
        for at in range(self._sheet.nrows):
            kinds, values = self._sheet.row_types(at), self._sheet.row_values(at)
            yield from (value for kind, value in zip(kinds, values, strict=True) if kind == _TEXT)

    def errors(self) -> int:
        """Return how many cells hold an error."""
        return sum(list(self._sheet.row_types(at)).count(_ERROR) for at in range(self._sheet.nrows))

    def _value(self, kind: int, value: Any, row: int, column: int) -> Value:
        if kind == _TEXT:
            return self._book.text(value)
        if kind == _NUMBER:
            return self._shown.texts.get((row, column), float(value))
        if kind == _DATE:
            return self._moment(float(value), self._sheet.cell_xf_index(row, column))
        return bool(value) if kind == _BOOLEAN else ""

    def _moment(self, value: float, xf_index: int) -> Value:
        """Return a day, a time of day, or both; a number where the calendar has no such day."""
        import xlrd

        if 0 <= value < 1 and self._book.has_clock_only(xf_index):
            seconds = round(value * 86400)
            return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
        try:
            found: datetime = xlrd.xldate_as_datetime(value, self._book.datemode)
        except (xlrd.XLDateError, ValueError, OverflowError):
            return value
        midnight = found.time() == time()
        return date(found.year, found.month, found.day) if midnight else found


def _opened(content: bytes) -> Any:
    """Return xlrd's book; it answers broken records with many errors of Python's own."""
    import xlrd
    from xlrd.compdoc import CompDocError

    if _ENCRYPTED in content:
        raise SourceError("sheet-encrypted")
    try:
        return _read(content)
    except xlrd.XLRDError as error:
        code = "sheet-encrypted" if "encrypted" in str(error).lower() else "sheet-unreadable"
        raise SourceError(code) from error
    except (*_BROKEN, CompDocError) as error:
        raise SourceError("sheet-unreadable") from error


def _read(content: bytes) -> Any:
    import xlrd

    quiet = io.StringIO()
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=quiet)
    if book.biff_version >= _FIRST_IN_UNICODE:
        return book
    return xlrd.open_workbook(
        file_contents=content, formatting_info=True, logfile=quiet, encoding_override=_AS_BYTES
    )
