"""How a CSV text is written: encoding, delimiter, columns, and which of them hold the place."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.bulk.csv_scan import last_break
from zones.errors import BulkError, SourceError
from zones.sources.codec_names import GB18030, UTF_8, known_codec
from zones.sources.csv_place import place_of
from zones.sources.csv_text import named_delimiter

BOM: Final = b"\xef\xbb\xbf"
_OTHER_UNICODE: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",\t;|"
_LONGEST_CHARACTER = 4
_SHOWN = 400


@dataclass(frozen=True, slots=True)
class CSVOptions:
    """What somebody says of a text; None is found out."""

    x_column: str | None = None
    y_column: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is written; ``x`` and ``y`` are the positions of the columns of the place."""

    codec: str
    delimiter: str
    names: tuple[str, ...]
    x: int
    y: int

    @property
    def mark(self) -> int:
        """The delimiter as a byte."""
        return ord(self.delimiter)

    @property
    def hides_delimiters(self) -> bool:
        """Whether the delimiter's byte also occurs within characters."""
        return self.codec != UTF_8 and self.mark >= ord("@")

    def cell(self, text: str) -> bytes:
        """Return the bytes of a cell, quoted where it must be."""
        if any(mark in text for mark in (self.delimiter, '"', "\n", "\r")):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode(self.codec, "replace")

    def row(self, cells: Sequence[str]) -> bytes:
        """Return the bytes of cells that follow others: a delimiter before each."""
        mark = self.delimiter.encode()
        return b"".join(mark + self.cell(cell) for cell in cells)


def read_dialect(start: bytes, options: CSVOptions) -> tuple[Dialect, int]:
    """Return the dialect, and where the header ends with its line break.

    Parameters
    ----------
    start
        As much of the text's beginning as there is: the encoding is decided by it.

    Raises
    ------
    BulkError, SourceError
        No header, unknown encoding, no columns of coordinates.
    """
    if start[:2] in _OTHER_UNICODE:
        raise SourceError("csv-utf16")
    codec = _codec(start, options.encoding)
    begin, named = _header_at(start)
    below = start[begin:]
    delimiter = _delimiter(below.partition(b"\n")[0], options.delimiter or named)
    end = begin + _end_of_header(below, ord(delimiter))
    header = start[begin:end].removeprefix(BOM).decode(codec).rstrip("\r\n")
    if not header.strip():
        raise BulkError("bulk-empty")
    names = next(csv.reader([header], delimiter=delimiter))
    x, y = xy_columns(names, options.x_column, options.y_column)
    return Dialect(codec, delimiter, tuple(names), x, y), end


def _header_at(start: bytes) -> tuple[int, str | None]:
    """Return where the header begins: below a line ``sep=;``, whose delimiter is returned too."""
    first, line_break, _ = start.partition(b"\n")
    named = named_delimiter(first.removeprefix(BOM).decode("ascii", "replace"))
    return (len(first + line_break), named) if named else (0, None)


def xy_columns(names: Sequence[str], x_name: str | None, y_name: str | None) -> tuple[int, int]:
    """Return the positions of the columns of x and y.

    Raises
    ------
    BulkError
        ``bulk-no-column``, ``bulk-no-place``; the message shows the columns there are.
    """
    stripped = [name.strip() for name in names]
    told = ", ".join(stripped)[:_SHOWN]
    for name in (x_name, y_name):
        if name is not None and name not in stripped:
            raise BulkError("bulk-no-column", name=name[:80], columns=told)
    if x_name is not None and y_name is not None:
        return stripped.index(x_name), stripped.index(y_name)
    try:
        found = place_of(stripped)
        while found.wkt is not None:
            stripped[found.wkt] = ""
            found = place_of(stripped)
    except SourceError as error:
        raise BulkError("bulk-no-place", columns=told) from error
    assert found.x is not None and found.y is not None  # noqa: S101, PT018 - or it had raised
    return (
        found.x if x_name is None else stripped.index(x_name),
        found.y if y_name is None else stripped.index(y_name),
    )


def _end_of_header(start: bytes, delimiter: int) -> int:
    """Return where the first row ends; a quoted name may hold line breaks."""
    end = start.find(b"\n") + 1
    while end and not last_break(start[:end], delimiter):
        end = start.find(b"\n", end) + 1
    return end or len(start)


def _codec(start: bytes, told: str | None) -> str:
    if told is not None:
        codec = known_codec(told)
        if codec not in (UTF_8, GB18030):
            raise SourceError("encoding-unknown", encoding=told[:80])
        return codec
    for codec in (UTF_8, GB18030):
        if _reads(start, codec):
            return codec
    raise BulkError("bulk-encoding-unknown")


def _reads(start: bytes, codec: str) -> bool:
    """Return whether the text reads so; its last character may be cut off."""
    try:
        start.decode(codec)
    except UnicodeDecodeError as error:
        return error.start > len(start) - _LONGEST_CHARACTER
    return True


def _delimiter(header: bytes, told: str | None) -> str:
    if told is None:
        return max(_DELIMITERS, key=lambda mark: header.count(mark.encode()))
    mark = {"tab": "\t", "\\t": "\t"}.get(told, told)
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in '"\r\n\0.+-':
        raise BulkError("bulk-delimiter-invalid", given=told[:20])
    return mark
