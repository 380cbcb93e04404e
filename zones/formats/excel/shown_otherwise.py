"""Cells of an .xlsx that are shown otherwise than they are stored, and what is hidden in a sheet.

A number format may put zeros before a code (701 in a cell of format 0000 is shown 0701), show a
share as percent, thousands by their figure alone, or words behind the number (ECMA-376 part 1,
18.8.30). calamine hands over the number alone.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from zones.formats.excel.long_digits import column_of, refuse_doctype
from zones.model import JSON, Problem

_STYLES: Final = "xl/styles.xml"
_LARGEST_PART: Final = 16 * 1024 * 1024
_PERCENT_IDS: Final = {9: "0%", 10: "0.00%"}
_ZEROS: Final = re.compile(r"0{2,20}")
_IN_QUOTES: Final = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.')
_IN_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
_OF_TIMES: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_SCALED: Final = re.compile(r"[0#?],+(?![0#?])")
_HIDDEN_ROW: Final = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"[^>]*(?<!/)>')
_HIDDEN_COLUMN: Final = re.compile(rb'<col\b[^>]*\bhidden="(?:1|true)"[^>]*>')
_CELL: Final = (
    r'<c(?=[^>]*\sr="([A-Z]{1,3})([0-9]{1,7})")(?=[^>]*\ss="(%s)")(?![^>]*\st="(?!n))[^>]*>'
    r"(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]{1,30})</v>"
)
_MOST_ZEROS: Final = 1_000_000
_SHOWN: Final = 60

Texts = dict[tuple[int, int], str]
"""What cells show, by row and column from 0."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The styles of a workbook whose numbers are shown otherwise, by their numbers.

    ``zeros`` has how many digits are shown at least, ``others`` the format's code.
    """

    zeros: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    def cells(self) -> re.Pattern[bytes] | None:
        """Return what finds cells of these styles in a sheet's XML, None if there are none."""
        ids = "|".join([*self.zeros, *self.others])
        return re.compile((_CELL % ids).encode()) if ids else None


@dataclass(slots=True)
class ShownOtherwise:
    """What of one sheet is shown otherwise than it is stored, and what is hidden."""

    texts: Texts = field(default_factory=dict)
    zeros: dict[int, tuple[int, str]] = field(default_factory=dict)
    others: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden_columns: int = 0

    def take(self, text: bytes, formats: Formats, cells: re.Pattern[bytes] | None) -> None:
        """Look at a piece of the sheet's XML, which ends between cells."""
        if b'hidden="' in text:
            self.hidden_rows += len(_HIDDEN_ROW.findall(text))
            self.hidden_columns += len(_HIDDEN_COLUMN.findall(text))
        for letters, row, style, value in cells.findall(text) if cells else ():
            at = int(row) - 1, column_of(letters) - 1
            self.take_cell(at, style.decode(), value.decode(), formats)

    def take_cell(self, at: tuple[int, int], style: str, value: str, formats: Formats) -> None:
        """Look at a number in a cell of one of these styles."""
        if (width := formats.zeros.get(style)) is None:
            count, first, code = self.others.get(at[1], (0, value, formats.others[style]))
            self.others[at[1]] = count + 1, first, code
            return
        digits = value.removesuffix(".0")
        if digits.isdecimal() and len(digits) < width and len(self.texts) < _MOST_ZEROS:
            shown = self.texts[at] = digits.zfill(width)
            count, first = self.zeros.get(at[1], (0, shown))
            self.zeros[at[1]] = count + 1, first

    def notes(self) -> Iterator[Problem]:
        """Yield what to tell of the sheet."""
        if self.zeros:
            count = sum(number for number, _ in self.zeros.values())
            first = next(shown for _, shown in self.zeros.values())
            yield Problem("sheet-zeros-shown", {"count": count, "value": first}, "note")
        for count, value, code in self.others.values():
            params: dict[str, JSON] = {"count": count, "value": value, "format": code[:_SHOWN]}
            yield Problem("sheet-shown-otherwise", params, "note")
        if self.hidden_rows or self.hidden_columns:
            params = {"rows": self.hidden_rows, "columns": self.hidden_columns}
            yield Problem("sheet-hidden-cells", params, "note")


def with_texts(row: list[object], at: int, texts: Texts) -> list[object]:
    """Return a row with what its cells show in the place of their numbers."""
    return [texts.get((at, column), value) for column, value in enumerate(row)]


def formats_of(packed: zipfile.ZipFile) -> Formats:
    """Return the styles of a workbook whose numbers are shown otherwise."""
    reader = _Styles()
    with suppress(KeyError, expat.ExpatError):  # calamine says what is wrong with it
        if packed.getinfo(_STYLES).file_size <= _LARGEST_PART:
            reader.parser.Parse(packed.read(_STYLES), True)
    return formats_from(
        reader.codes.get(number) or _PERCENT_IDS.get(number, "") for number in reader.number_formats
    )


def formats_from(codes: Iterable[str]) -> Formats:
    """Return the styles whose numbers are shown otherwise, by the codes of all styles in order."""
    zeros, others = {}, {}
    for style, code in enumerate(codes):
        if _ZEROS.fullmatch(code):
            zeros[str(style)] = len(code)
        elif is_shown_otherwise(code):
            others[str(style)] = code
    return Formats(zeros, others)


def is_shown_otherwise(code: str) -> bool:
    """Return whether a format shows another number than is stored, or words beside it.

    Examples
    --------
    >>> [is_shown_otherwise(code) for code in ("0.0%", '0"亩"', "0.00,", "#,##0.00", "yyyy-mm-dd")]
    [True, True, True, False, False]
    """
    literals = "".join(one or other for one, other in _IN_QUOTES.findall(code))
    bare = _IN_BRACKETS.sub("", _IN_QUOTES.sub("", code))
    if _OF_TIMES.search(bare.replace("General", "")) or "@" in bare:
        return False
    return "%" in bare or _SCALED.search(bare) is not None or any(map(str.isalpha, literals))


class _Styles:
    """The codes of number formats by their ids, and the id of each style of cells."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.number_formats: list[int] = []
        self._in_cells = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "cellXfs":
            self._in_cells = True
        elif name == "numFmt":
            self.codes[_number(attributes, "numFmtId")] = attributes.get("formatCode", "")
        elif name == "xf" and self._in_cells:
            self.number_formats.append(_number(attributes, "numFmtId"))

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "cellXfs":
            self._in_cells = False


def _number(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() else 0
