"""An .xlsx workbook, read by calamine, after its zip was looked at."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, cast

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.excel.long_digits import Digits, column_of, digits_in, exact, sheet_parts
from zones.formats.excel.shown_otherwise import Formats, ShownOtherwise, formats_of, with_texts
from zones.formats.excel.values import Values
from zones.model import Problem
from zones.sandbox.limits import MEBIBYTE

_MOST_CELLS: Final = 25_000_000  # that calamine keeps room for, 24 bytes each
_SHEETS: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION: Final = re.compile(rb'<dimension\s+ref="[A-Z]+[0-9]+:([A-Z]+)([0-9]+)"')
_ERROR: Final = re.compile(rb'\bt="e"')
_UNCALCULATED: Final = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>")
_LONG: Final = re.compile(rb"<v>-?[0-9]{16}")
_CHUNK_BYTES: Final = 4 * MEBIBYTE
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError)


class XLSXWorkbook:
    """The sheets of an .xlsx; also of .xlsm and of WPS, which write the same."""

    def __init__(self, file: BinaryIO, *, most_bytes: int) -> None:
        import python_calamine

        look = _looked_at(file, most_bytes)
        self._notes = look.notes()
        file.seek(0)
        try:
            self._book: Any = python_calamine.CalamineWorkbook.from_filelike(file)
        except python_calamine.PasswordError as error:
            raise SourceError("sheet-encrypted") from error
        except python_calamine.CalamineError as error:
            raise SourceError("sheet-unreadable") from error
        self.encoding = EncodingFinding(UTF_8, "format")
        cells = python_calamine.SheetTypeEnum.WorkSheet
        visible = python_calamine.SheetVisibleEnum.Visible
        self.sheets = [
            XLSXSheet(
                self._book,
                each.name,
                look.digits.get(each.name, {}),
                look.shown.get(each.name, ShownOtherwise()),
                is_hidden=each.visible != visible,
            )
            for each in self._book.sheets_metadata
            if each.typ == cells
        ]

    def notes(self) -> tuple[Problem, ...]:
        """Return how many cells hold errors or formulas that were never calculated."""
        return self._notes


class XLSXSheet:
    """One sheet, loaded when it is first read.

    ``digits`` are its numbers too long for a double, ``shown`` cells that show something else.
    """

    def __init__(
        self, book: Any, name: str, digits: Digits, shown: ShownOtherwise, *, is_hidden: bool
    ) -> None:
        self.name, self.is_hidden, self._shown = name, is_hidden, shown
        self._book, self._loaded, self._digits = book, None, digits

    def rows(self) -> Iterator[Values]:
        """Yield the rows from the first of the sheet on; columns begin with A."""
        sheet = self._sheet()
        begin = sheet.start[1] if sheet.start else 0
        before = [""] * begin
        for at, cells in enumerate(sheet.iter_rows()):
            row = [*before, *cells] if begin else cells
            if self._digits:
                row = exact(row, at, self._digits)
            if self._shown.texts:
                row = with_texts(row, at, self._shown.texts)
            yield cast(Values, row)

    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Return merged cells."""
        found = self._sheet().merged_cell_ranges or []
        return [(top, left, bottom, right) for (top, left), (bottom, right) in found]

    def notes(self) -> tuple[Problem, ...]:
        """Return what is shown otherwise than it is stored, and what is hidden."""
        return tuple(self._shown.notes())

    def _sheet(self) -> Any:
        import python_calamine

        if self._loaded is None:
            try:
                self._loaded = self._book.get_sheet_by_name(self.name)
            except python_calamine.CalamineError as error:
                raise SourceError("sheet-unreadable") from error
        return cast(Any, self._loaded)


@dataclass(slots=True)
class _Look:
    """What the XML tells of a workbook's cells: errors, formulas without a value, long digits."""

    errors: int = 0
    uncalculated: int = 0
    digits: dict[str, Digits] = field(default_factory=dict)
    shown: dict[str, ShownOtherwise] = field(default_factory=dict)
    formats: Formats = field(default_factory=Formats)

    def notes(self) -> tuple[Problem, ...]:
        counted = (("sheet-errors", self.errors), ("sheet-uncalculated", self.uncalculated))
        return tuple(Problem(code, {"count": count}, "warning") for code, count in counted if count)

    def take(self, sheet: BinaryIO, name: str) -> None:
        """Look at a sheet's XML."""
        digits = self.digits.setdefault(name, {})
        shown, cells = self.shown.setdefault(name, ShownOtherwise()), self.formats.cells()
        rest = b""
        while chunk := sheet.read(_CHUNK_BYTES):
            if not rest:
                _refuse_far_cells(chunk)
            text = rest + chunk
            with suppress(ValueError):
                text = text[: text.rindex(b"<c ")] if len(chunk) == _CHUNK_BYTES else text
            self.errors += len(_ERROR.findall(text))
            self.uncalculated += len(_UNCALCULATED.findall(text))
            shown.take(text, self.formats, cells)
            if _LONG.search(text):
                digits.update(digits_in(text))
            rest = (rest + chunk)[len(text) :][:_CHUNK_BYTES] or b" "


def _looked_at(file: BinaryIO, most_bytes: int) -> _Look:
    """Return what to tell of the sheets' cells; refuse what would not fit into memory."""
    look = _Look()
    try:
        with zipfile.ZipFile(file) as packed:
            infos = packed.infolist()
            if sum(info.file_size for info in infos) > most_bytes:
                raise SourceLimitError("unzipped-too-large", most_mb=most_bytes // MEBIBYTE)
            names = {info.filename for info in infos}
            if "xl/workbook.xml" not in names:
                raise SourceError("sheet-xlsb" if "xl/workbook.bin" in names else "sheet-no-book")
            parts = sheet_parts(packed)
            look.formats = formats_of(packed)
            for info in infos:
                if _SHEETS.fullmatch(info.filename):
                    with packed.open(info) as sheet:
                        look.take(cast(BinaryIO, sheet), parts.get(info.filename, ""))
    except _DAMAGED as error:
        raise SourceError("sheet-unreadable") from error
    return look


def _refuse_far_cells(head: bytes) -> None:
    """Raise if the sheet says that a cell stands so far out that none between can be kept."""
    if (found := _DIMENSION.search(head)) is None:
        return
    if column_of(found[1]) * int(found[2]) > _MOST_CELLS:
        last = (found[1] + found[2]).decode()
        raise SourceLimitError("sheet-too-wide", cell=last, most=_MOST_CELLS)
