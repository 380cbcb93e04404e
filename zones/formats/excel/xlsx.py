"""An .xlsx workbook, read by calamine, after its zip was looked at."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Final, cast

from zones.encoding.decide import EncodingFinding
from zones.encoding.names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.excel.values import Values
from zones.model import Problem
from zones.sandbox.limits import MEBIBYTE

_MOST_CELLS: Final = 25_000_000  # that calamine keeps room for, 24 bytes each
_SHEETS: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION: Final = re.compile(rb'<dimension\s+ref="[A-Z]+[0-9]+:([A-Z]+)([0-9]+)"')
_ERROR: Final = re.compile(rb'\bt="e"')
_UNCALCULATED: Final = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>")
_CHUNK_BYTES: Final = 4 * MEBIBYTE
_OVERLAP_BYTES: Final = 64
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError)


class XLSXWorkbook:
    """The sheets of an .xlsx; also of .xlsm and of WPS, which write the same."""

    def __init__(self, file: BinaryIO, *, most_bytes: int) -> None:
        import python_calamine

        self._notes = _looked_at(file, most_bytes)
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
            XLSXSheet(self._book, each.name, is_hidden=each.visible != visible)
            for each in self._book.sheets_metadata
            if each.typ == cells
        ]

    def notes(self) -> tuple[Problem, ...]:
        """Return how many cells hold errors or formulas that were never calculated."""
        return self._notes


class XLSXSheet:
    """One sheet, loaded when it is first read."""

    def __init__(self, book: Any, name: str, *, is_hidden: bool) -> None:
        self.name, self.is_hidden = name, is_hidden
        self._book, self._loaded = book, None

    def rows(self) -> Iterator[Values]:
        """Yield the rows from the first of the sheet on; columns begin with A."""
        sheet = self._sheet()
        begin = sheet.start[1] if sheet.start else 0
        before = [""] * begin
        for row in sheet.iter_rows():
            yield [*before, *row] if begin else row

    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Return merged cells."""
        found = self._sheet().merged_cell_ranges or []
        return [(top, left, bottom, right) for (top, left), (bottom, right) in found]

    def _sheet(self) -> Any:
        import python_calamine

        if self._loaded is None:
            try:
                self._loaded = self._book.get_sheet_by_name(self.name)
            except python_calamine.CalamineError as error:
                raise SourceError("sheet-unreadable") from error
        return cast(Any, self._loaded)


def _looked_at(file: BinaryIO, most_bytes: int) -> tuple[Problem, ...]:
    """Return what to tell of the sheets' cells; refuse what would not fit into memory."""
    try:
        with zipfile.ZipFile(file) as packed:
            infos = packed.infolist()
            if sum(info.file_size for info in infos) > most_bytes:
                raise SourceLimitError("unzipped-too-large", most_mb=most_bytes // MEBIBYTE)
            names = {info.filename for info in infos}
            if "xl/workbook.xml" not in names:
                raise SourceError("sheet-xlsb" if "xl/workbook.bin" in names else "sheet-no-book")
            counts = [0, 0]
            for info in infos:
                if _SHEETS.fullmatch(info.filename):
                    with packed.open(info) as sheet:
                        _count(cast(BinaryIO, sheet), counts)
    except _DAMAGED as error:
        raise SourceError("sheet-unreadable") from error
    counted = zip(("sheet-errors", "sheet-uncalculated"), counts, strict=True)
    return tuple(Problem(code, {"count": count}, "warning") for code, count in counted if count)


def _count(sheet: BinaryIO, counts: list[int]) -> None:
    """Add up the cells with errors, and the formulas without a value, of a sheet's XML."""
    rest = b""
    while chunk := sheet.read(_CHUNK_BYTES):
        if not rest:
            _refuse_far_cells(chunk)
        text = rest + chunk
        with suppress(ValueError):
            text = text[: text.rindex(b"<c ")] if len(chunk) == _CHUNK_BYTES else text
        counts[0] += len(_ERROR.findall(text))
        counts[1] += len(_UNCALCULATED.findall(text))
        rest = (rest + chunk)[len(text) :][:_CHUNK_BYTES] or b" "


def _refuse_far_cells(head: bytes) -> None:
    """Raise if the sheet says that a cell stands so far out that none between can be kept."""
    if (found := _DIMENSION.search(head)) is None:
        return
    width = 0
    for letter in found[1]:
        width = width * 26 + letter - 64
    if width * int(found[2]) > _MOST_CELLS:
        last = (found[1] + found[2]).decode()
        raise SourceLimitError("sheet-too-wide", cell=last, most=_MOST_CELLS)
