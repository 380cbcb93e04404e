"""A text of rows and columns -> decoded rows, and which columns say where things are."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final

from zones.errors import SourceError, SourceLimitError
from zones.model import JSON, Problem
from zones.sources.codec_names import UTF_8
from zones.sources.csv_numbers import are_places_in_china, halves, number, pairs_of
from zones.sources.csv_place import Place, pair_of, place_of, place_with_datum
from zones.sources.csv_text import LONGEST_LINE, UTF_16, is_utf16, named_delimiter, utf16_lines
from zones.sources.encoding import EncodingFinding, decide_encoding
from zones.sources.encoding_trials import LONGEST_SAMPLE, Text, decode_text

_BOM: Final = b"\xef\xbb\xbf"
_DELIMITERS: Final = ",;\t|"
_MOST_FIELDS = 250
_LONGEST_CELL = 16 * 1024 * 1024  # a polygon in WKT
_MOST_LOOKED_AT = 200

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}(?:[eE][-+]?[0-9]{1,3})?")


class CSVTable:
    """A table that may be read several times; the first row names the columns."""

    def __init__(self, file: BinaryIO, *, encoding: str | None) -> None:
        self._file = file
        self.size = max(1, file.seek(0, 2))
        self._in_utf16 = is_utf16(file)
        self.encoding = _encoding_of(file, encoding, in_utf16=self._in_utf16)
        first = next(self._all_lines(), "")
        named = named_delimiter(first)
        self._above = 0 if named is None else 1
        header = next(self._lines(), "")
        self._delimiter = named or max(_DELIMITERS, key=header.count)
        names = [name.strip() for name in next(self._cells(), [])]
        if len(names) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        self.names = _told_apart(names)
        self._pair: int | None = None
        self.place = self._place(names)
        self._pair = self.place.pair

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows below the header, each as long as it; blank lines are passed over."""
        cells = self._cells()
        next(cells, None)
        width = len(self.names)
        for row in cells:
            if any(cell.strip() for cell in row):
                whole = self._rejoined(row) if len(row) == width + 1 else row
                yield (whole + [""] * (width - len(whole)))[:width]

    def progress(self) -> float:
        """Return the fraction of the file that is done."""
        return min(1.0, self._file.tell() / self.size)

    def notes(self) -> tuple[Problem, ...]:
        """Return what the person importing should be told of how the text was read."""
        found = []
        if self._in_utf16:
            found.append(Problem("csv-utf16-read", {}, "note"))
        if self._above:
            found.append(Problem("csv-sep-line", {"delimiter": self._delimiter}, "note"))
        return (*self.encoding.remarks(), *found)

    def _place(self, names: Sequence[str]) -> Place:
        """Return the columns of the place; one that holds both numbers may have any name."""
        if (declared := place_with_datum(names)) is not None:
            return declared
        try:
            return place_of(names)
        except SourceError:
            if (pair := pair_of(names) or self._pair_by_values()) is None:
                raise
            return pair

    def _pair_by_values(self) -> Place | None:
        """Return the one column whose every cell is a place in China, as maps copy it."""
        some = list(islice(self.rows(), _MOST_LOOKED_AT))
        for at in range(len(self.names)):
            cells = [row[at] for row in some if row[at].strip()]
            pairs = list(pairs_of(halves(cell) for cell in cells))
            if len(pairs) == len(cells) and are_places_in_china(pairs):
                return Place(pair=at)
        return None

    def _rejoined(self, row: list[str]) -> list[str]:
        """Return the row with a pair whole again that lacked the quotes about its comma."""
        at = self._pair
        if at is None or number(row[at]) is None or number(row[at + 1]) is None:
            return row
        return [*row[:at], f"{row[at]},{row[at + 1]}", *row[at + 2 :]]

    def _cells(self) -> Iterator[list[str]]:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=False)
        try:
            yield from reader
        except csv.Error as error:
            line = reader.line_num + self._above
            raise SourceError("csv-invalid", line=line, reason=str(error)[:100]) from error

    def _lines(self) -> Iterator[str]:
        """Return the lines from the header on."""
        return islice(self._all_lines(), self._above, None)

    def _all_lines(self) -> Iterator[str]:
        lines = utf16_lines(self._file) if self._in_utf16 else self._decoded_lines()
        return (line.replace("\0", "") for line in lines)

    def _decoded_lines(self) -> Iterator[str]:
        self._file.seek(0)
        codec = self.encoding.codec
        first = True
        while raw := self._file.readline(LONGEST_LINE):
            if len(raw) == LONGEST_LINE:
                raise SourceLimitError("csv-invalid", line="—", reason="line too long")
            text = raw.removeprefix(_BOM) if first else raw
            first = False
            yield decode_text(Text(text), codec)


def column_kinds(table: CSVTable) -> list[str]:
    """Return for each column ``number`` if every value in it is one, else ``text``.

    Numbers with leading zeros, as codes have them, and those too long to be exact are text.
    """
    whole = [True] * len(table.names)
    decimal = [True] * len(table.names)
    filled = [False] * len(table.names)
    for row in table.rows():
        for at, cell in enumerate(row):
            if not decimal[at] or not (value := cell.strip()):
                continue
            filled[at] = True
            is_whole = _WHOLE.fullmatch(value) is not None
            whole[at] = whole[at] and is_whole
            decimal[at] = is_whole or _DECIMAL.fullmatch(value) is not None
    return [
        "whole" if filled[at] and whole[at] else "number" if filled[at] and decimal[at] else "text"
        for at in range(len(table.names))
    ]


def cell_as_json(cell: str, kind: str) -> JSON:
    """Return a cell's value; blank is None."""
    value = cell.strip()
    if not value:
        return None
    return int(value) if kind == "whole" else float(value) if kind == "number" else value


def _encoding_of(file: BinaryIO, override: str | None, *, in_utf16: bool) -> EncodingFinding:
    if in_utf16:
        if override:
            told = override[:LONGEST_SAMPLE]
            raise SourceError("encoding-override-wrong", encoding=told, sample="FF FE")
        return EncodingFinding(UTF_16, "bytes")
    file.seek(0)
    marked = file.read(len(_BOM)) == _BOM
    file.seek(0)
    texts = (Text(line.rstrip(b"\r\n")) for line in file if not line.isascii())
    return decide_encoding(texts, declared=UTF_8 if marked else None, override=override)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return the names with a number for those that are blank or repeated."""
    taken: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = name or f"field_{position}"
        taken.append(wanted if wanted not in taken else f"{wanted}_{position}")
    return taken
