"""A text of rows and columns -> decoded rows, and which columns say where things are."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from zones.errors import SourceError, SourceLimitError
from zones.model import JSON
from zones.sources.codec_names import UTF_8
from zones.sources.encoding import EncodingFinding, decide_encoding
from zones.sources.encoding_trials import Text, decode_text

_BOM: Final = b"\xef\xbb\xbf"
_OTHER_UNICODE: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t|"
_MOST_FIELDS = 250
_LONGEST_CELL = 16 * 1024 * 1024  # a polygon in WKT
_LONGEST_LINE = 32 * 1024 * 1024
_SHOWN = 400

# Names of columns as programs and people write them, without blanks, case and punctuation.
_X_NAMES: Final = ("lon", "lng", "long", "longitude", "经度", "x", "xcoord", "pointx", "east")
_X_MORE: Final = (
    "easting",
    "东坐标",
    "横坐标",
    "x坐标",
    "经度坐标",
    "东经",
    "lnglon",
    "wgs84lon",
    "gcjlon",
)
_Y_NAMES: Final = ("lat", "latitude", "纬度", "y", "ycoord", "pointy", "north", "northing")
_Y_MORE: Final = ("北坐标", "纵坐标", "y坐标", "纬度坐标", "北纬", "wgs84lat", "gcjlat")
_WKT_NAMES: Final = ("wkt", "geomwkt", "geometrywkt", "geom", "geometry", "thegeom", "几何", "图形")
_DEGREES: Final = frozenset({"lon", "lng", "long", "longitude", "经度", "经度坐标", "东经"})
_IGNORED: Final = re.compile(r"[\s_\-.()（）°]+")

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}(?:[eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Which columns hold the place: x and y, or a text in WKT."""

    x: int | None = None
    y: int | None = None
    wkt: int | None = None
    named_degrees: bool = False
    named_xy: bool = False

    @property
    def columns(self) -> frozenset[int]:
        """Return the indices of the columns that are no attributes."""
        return frozenset(at for at in (self.x, self.y, self.wkt) if at is not None)


class CSVTable:
    """A table that may be read several times; the first row names the columns."""

    def __init__(self, file: BinaryIO, *, encoding: str | None) -> None:
        self._file = file
        self.size = max(1, file.seek(0, 2))
        self.encoding = _encoding_of(file, encoding)
        header = next(self._lines(), "")
        self._delimiter = max(_DELIMITERS, key=header.count)
        names = [name.strip() for name in next(self._cells(), [])]
        if len(names) > _MOST_FIELDS:
            raise SourceError("too-many-fields", most=_MOST_FIELDS)
        self.names = _told_apart(names)
        self.place = place_of(names)

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows below the header, each as long as it; blank lines are passed over."""
        cells = self._cells()
        next(cells, None)
        width = len(self.names)
        for row in cells:
            if any(cell.strip() for cell in row):
                yield (row + [""] * (width - len(row)))[:width]

    def progress(self) -> float:
        """Return the fraction of the file that is done."""
        return min(1.0, self._file.tell() / self.size)

    def _cells(self) -> Iterator[list[str]]:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=False)
        try:
            yield from reader
        except csv.Error as error:
            raise SourceError(
                "csv-invalid", line=reader.line_num, reason=str(error)[:100]
            ) from error

    def _lines(self) -> Iterator[str]:
        self._file.seek(0)
        codec = self.encoding.codec
        first = True
        while raw := self._file.readline(_LONGEST_LINE):
            if len(raw) == _LONGEST_LINE:
                raise SourceLimitError("csv-invalid", line="—", reason="line too long")
            text = raw.removeprefix(_BOM) if first else raw
            first = False
            yield decode_text(Text(text), codec).replace("\0", "")


def place_of(names: Sequence[str]) -> Place:
    """Return the columns that hold the place.

    Raises
    ------
    SourceError
        ``csv-no-place`` if no names are recognised.

    Examples
    --------
    >>> place_of(["名称", "经度", "纬度"])
    Place(x=1, y=2, wkt=None, named_degrees=True)
    """
    plain = [_IGNORED.sub("", name.casefold()) for name in names]
    if (wkt := _first(plain, _WKT_NAMES)) is not None:
        return Place(wkt=wkt)
    x, y = _first(plain, _X_NAMES + _X_MORE), _first(plain, _Y_NAMES + _Y_MORE)
    if x is None or y is None:
        raise SourceError("csv-no-place", columns=", ".join(names)[:_SHOWN])
    return Place(x=x, y=y, named_degrees=plain[x] in _DEGREES, named_xy=plain[x].startswith("x"))


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


def _encoding_of(file: BinaryIO, override: str | None) -> EncodingFinding:
    file.seek(0)
    start = file.read(len(_BOM))
    if start[:2] in _OTHER_UNICODE:
        raise SourceError("csv-utf16")
    marked = start == _BOM
    file.seek(0)
    texts = (Text(line.rstrip(b"\r\n")) for line in file if not line.isascii())
    return decide_encoding(texts, declared=UTF_8 if marked else None, override=override)


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the first of the wanted names stands, in the order of the wanted ones."""
    return next((names.index(name) for name in wanted if name in names), None)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return the names with a number for those that are blank or repeated."""
    taken: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = name or f"field_{number}"
        taken.append(wanted if wanted not in taken else f"{wanted}_{number}")
    return taken
