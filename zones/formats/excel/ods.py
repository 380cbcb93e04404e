"""An .ods workbook (OpenDocument 1.2 and 1.3), read by calamine, after its zip was looked at.

calamine says nothing of merged cells and of errors in such files (seen with python-calamine
0.9.1), so that both are read here. LibreOffice and WPS write ``mimetype`` as the first member.
It also refuses line breaks between the elements of a row, as GDAL 3.6 and so QGIS write them
("Expecting 'table-cell', found 'Text'", seen there), takes those around a cell's paragraphs for
text, and passes over line breaks and tabs in a cell: the former are taken out of a copy, the last
put into it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.excel.long_digits import Digits, as_long, refuse_doctype
from zones.formats.excel.shown_otherwise import Formats, ShownOtherwise
from zones.formats.excel.values import cell_errors
from zones.formats.excel.xlsx import XLSXSheet
from zones.model import Problem
from zones.sandbox.limits import MEBIBYTE

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_ENCRYPTED: Final = b"encryption-data"
_SPANNED: Final = b"number-rows-spanned"
_ERROR: Final = b'value-type="error"'
_BLANKS: Final = re.compile(
    rb"(<table:table-row\b[^>]*>|<table:(?:covered-)?table-cell\b[^>]*>"
    rb"|</table:(?:covered-)?table-cell>|</text:p>)\s+(?=<)"
)
_MARKS: Final = ((b"<text:line-break/>", b"&#10;"), (b"<text:tab/>", b"&#9;"))
_LONG: Final = re.compile(rb'value="-?[0-9]{16}')
_ZEROS: Final = re.compile(rb">0[0-9]+</text:p>")
_MOST_REPEATED: Final = 1000
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError)
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_REPEATED: Final = re.compile(r"[0-9]{1,7}")

Area = tuple[int, int, int, int]


class ODSWorkbook:
    """The sheets of an .ods."""

    def __init__(self, file: BinaryIO, *, most_bytes: int) -> None:
        import python_calamine

        content = _content(file, most_bytes)
        follow = _SPANNED in content or _LONG.search(content) or _ZEROS.search(content)
        cells = _followed(content) if follow else _Cells()
        self._errors = content.count(_ERROR)
        if _BLANKS.search(content) or any(tag in content for tag, _ in _MARKS):
            file = _plain(file, content)
        del content
        file.seek(0)
        try:
            book: Any = python_calamine.CalamineWorkbook.from_filelike(file)
        except python_calamine.CalamineError as error:
            raise SourceError("sheet-unreadable") from error
        self.encoding = EncodingFinding(UTF_8, "format")
        visible = python_calamine.SheetVisibleEnum.Visible
        self.sheets = [
            ODSSheet(
                book,
                each.name,
                cells.digits.get(each.name, {}),
                cells.merged.get(each.name, ()),
                cells.shown.get(each.name, ShownOtherwise()),
                is_hidden=each.visible != visible,
            )
            for each in book.sheets_metadata
        ]

    def notes(self) -> tuple[Problem, ...]:
        """Return how many cells hold errors."""
        return cell_errors(self._errors)


class ODSSheet(XLSXSheet):
    """One sheet, whose merged cells were found before."""

    def __init__(
        self,
        book: Any,
        name: str,
        digits: Digits,
        merged: Sequence[Area],
        shown: ShownOtherwise,
        *,
        is_hidden: bool,
    ) -> None:
        super().__init__(book, name, digits, shown, is_hidden=is_hidden)
        self._merged = merged

    def merged(self) -> Sequence[Area]:
        """Return merged cells."""
        return self._merged


def _content(file: BinaryIO, most_bytes: int) -> bytes:
    """Return the XML of the sheets; refuse what is encrypted or would not fit into memory."""
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(info.file_size for info in packed.infolist()) > most_bytes:
                raise SourceLimitError("unzipped-too-large", most_mb=most_bytes // MEBIBYTE)
            names = set(packed.namelist())
            if _MANIFEST in names and _ENCRYPTED in packed.read(_MANIFEST):
                raise SourceError("sheet-encrypted")
            return packed.read(_CONTENT)
    except (*_DAMAGED, KeyError) as error:
        raise SourceError("sheet-unreadable") from error


def _plain(file: BinaryIO, content: bytes) -> BinaryIO:
    """Return the workbook as calamine reads it whole.

    Without blanks between the elements of its rows, of which none are in a cell; line breaks and
    tabs within a paragraph as characters, since their elements are passed over.
    """
    content = _BLANKS.sub(rb"\1", content)
    for tag, mark in _MARKS:
        content = content.replace(tag, mark)
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(copy, "w") as rewritten:
        for name in ("mimetype", _MANIFEST):
            with suppress(KeyError):
                rewritten.writestr(name, packed.read(name))
        rewritten.writestr(_CONTENT, content)
    return copy


def _followed(content: bytes) -> "_Cells":
    """Return the merged cells that span rows, and the long digits, by sheet."""
    reader = _Cells()
    with suppress(expat.ExpatError):  # calamine says what is wrong with the XML
        reader.parser.Parse(content, True)
    return reader


class _Cells:
    """Follows rows and cells, each of which may stand for many."""

    def __init__(self) -> None:
        self.merged: dict[str, list[Area]] = {}
        self.digits: dict[str, Digits] = {}
        self._areas: list[Area] = []
        self._digits: Digits = {}
        self.shown: dict[str, ShownOtherwise] = {}
        self._shown = ShownOtherwise()
        self._row = self._column = self._next_row = 0
        self._value = ""  # of the cell that is read, where zeros may stand before it
        self._text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            name = _attribute(attributes, "name")
            self._areas = self.merged.setdefault(name, [])
            self._digits = self.digits.setdefault(name, {})
            self._shown = self.shown.setdefault(name, ShownOtherwise())
            self._next_row = 0
        elif name == "table-row":
            self._row, self._column = self._next_row, 0
            self._next_row += _count(attributes, "number-rows-repeated")
        elif name in _CELLS:
            self._take_cell(attributes)

    def _take_cell(self, attributes: dict[str, str]) -> None:
        rows = _count(attributes, "number-rows-spanned")
        if rows > 1:
            right = self._column + _count(attributes, "number-columns-spanned") - 1
            self._areas.append((self._row, self._column, self._row + rows - 1, right))
        columns = _count(attributes, "number-columns-repeated")
        self._value = _attribute(attributes, "value")
        if self._value and columns == 1:
            self._text = []
            self.parser.CharacterDataHandler = self._text.append
        if (number := as_long(_attribute(attributes, "value"))) is not None:
            for row in range(self._row, min(self._next_row, self._row + _MOST_REPEATED)):
                for column in range(self._column, self._column + min(columns, _MOST_REPEATED)):
                    self._digits[row, column] = number
        self._column += columns

    def _end(self, tag: str) -> None:
        if self.parser.CharacterDataHandler is not None and tag.rpartition(":")[2] in _CELLS:
            self.parser.CharacterDataHandler = None
            text, value = "".join(self._text), self._value.removesuffix(".0")
            if len(text) > len(value) and value.isdecimal() and text == value.zfill(len(text)):
                at = self._row, self._column - 1
                self._shown.take_cell(at, "", value, Formats({"": len(text)}))


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _count(attributes: Mapping[str, str], name: str) -> int:
    written = _attribute(attributes, name)
    return max(1, int(written)) if _REPEATED.fullmatch(written) else 1
