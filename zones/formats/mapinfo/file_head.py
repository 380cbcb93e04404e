"""The head of a MIF or TAB file -> its columns and label, and a head of our own for GDAL to read.

As in the MIF/MID description of MapInfo Professional (appendix "MapInfo Data Interchange Format")
and in TAB files as MapInfo 4 to 2019 write them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zones.errors import SourceError

_CHARSET: Final = re.compile(rb'^\s*(?:!?charset|.*\bType\s+\w+\s+Charset)\s+"?([\w-]+)"?', re.I)
_COLUMN: Final = re.compile(
    rb"^\s*(\S+)\s+"
    rb"(char|smallint|integer|largeint|decimal|float|datetime|date|time|logical)"
    rb"\s*(\([0-9, ]+\))?\s*(?:index\s+[0-9]+)?\s*;?\s*$",
    re.I,
)
_COLUMNS: Final = re.compile(rb"^\s*(?:columns|fields)\s+([0-9]+)\s*$", re.I)
_DATA: Final = re.compile(rb"^\s*data\s*$", re.I)
_TYPE: Final = re.compile(rb'^\s*Type\s+"?(\w+)"?', re.I)
_VERSION: Final = re.compile(rb"^!version\s+([0-9]+)", re.I)
_MIF_CLAUSES: Final = re.compile(rb"^\s*(?:version|delimiter|coordsys|transform)\b", re.I)
_LONGEST_HEAD_BYTES: Final = 2**20
_NATIVE: Final = "native"
# As MapInfo calls encodings; what Python calls them.
_CHARSETS: Final = {
    "windowssimpchinese": "gbk",
    "windowstradchinese": "big5",
    "windowsjapanese": "cp932",
    "windowskorean": "cp949",
    "windowslatin1": "cp1252",
    "windowscyrillic": "cp1251",
    "utf-8": "utf-8",
}


@dataclass(frozen=True, slots=True)
class MapInfoColumn:
    """A column: its name and type as written, and how wide its texts are at most."""

    name: bytes
    type: str
    width: bytes

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.type == "char"

    @property
    def characters(self) -> int:
        """Bytes that a text takes, 0 where none is stated."""
        digits = re.search(rb"[0-9]+", self.width)
        return int(digits[0]) if digits else 0


@dataclass(frozen=True, slots=True)
class Definition:
    """Columns, label of the encoding as Python calls it, and a head for GDAL.

    ``length`` is how many bytes the head takes in the file.
    """

    columns: tuple[MapInfoColumn, ...]
    charset: str | None
    head: bytes
    length: int


def own_name(index: int) -> str:
    """Return what a column is called in our copy."""
    return f"f{index}"


def mif_definition(raw: bytes) -> Definition:
    """Return what the first megabyte of a MIF says above its data.

    Raises
    ------
    SourceError
        ``mapinfo-head`` if there is no head, or columns that cannot be read.
    """
    lines = raw[:_LONGEST_HEAD_BYTES].split(b"\n")
    end = next((at for at, line in enumerate(lines) if _DATA.match(line)), None)
    if end is None or not re.match(rb"\s*version\b", raw[:200], re.I):
        raise SourceError("mapinfo-head")
    columns = _columns(lines[:end])
    head_lines = [line.strip() for line in lines[:end] if _MIF_CLAUSES.match(line)]
    listed = [f"Columns {len(columns)}".encode(), *_listed(columns, end=b"")]
    head = b"\n".join([head_lines[0], b'Charset "Neutral"', *head_lines[1:], *listed, b"Data\n"])
    length = sum(len(line) + 1 for line in lines[: end + 1])
    return Definition(columns, _charset(lines[:end]), head, length)


def tab_definition(raw: bytes) -> Definition:
    """Return what a TAB file says, and a text that names nothing but the table itself.

    Raises
    ------
    SourceError
        ``mapinfo-head``; ``mapinfo-not-native`` for tables that are a view of another file.
    """
    lines = raw[:_LONGEST_HEAD_BYTES].split(b"\n")
    if not raw.lstrip()[:6].lower() == b"!table":
        raise SourceError("mapinfo-head")
    kind = next((match[1] for line in lines if (match := _TYPE.match(line))), b"")
    if kind.decode("ascii", "replace").casefold() != _NATIVE:
        raise SourceError("mapinfo-not-native", type=kind.decode("ascii", "replace") or "—")
    columns = _columns(lines)
    version = next((match[1] for line in lines if (match := _VERSION.match(line))), b"300")
    head = b"\n".join(
        [
            b"!table",
            b"!version " + version[:4],
            b"!charset Neutral",
            b"",
            b"Definition Table",
            b'  Type NATIVE Charset "Neutral"',
            f"  Fields {len(columns)}".encode(),
            *_listed(columns, end=b" ;"),
            b"",
        ]
    )
    return Definition(columns, _charset(lines), head, len(raw))


def _columns(lines: Sequence[bytes]) -> tuple[MapInfoColumn, ...]:
    """Return the columns, which follow the line that counts them."""
    for at, line in enumerate(lines):
        if (counted := _COLUMNS.match(line)) is not None:
            below = lines[at + 1 : at + 1 + int(counted[1])]
            found = [match for each in below if (match := _COLUMN.match(each.rstrip()))]
            if len(found) != int(counted[1]):
                raise SourceError("mapinfo-head")
            return tuple(
                MapInfoColumn(each[1], each[2].decode("ascii").casefold(), each[3] or b"")
                for each in found
            )
    raise SourceError("mapinfo-head")


def _listed(columns: Sequence[MapInfoColumn], *, end: bytes) -> list[bytes]:
    return [
        b"  " + own_name(index).encode() + b" " + each.type.encode() + b" " + each.width + end
        for index, each in enumerate(columns)
    ]


def _charset(lines: Sequence[bytes]) -> str | None:
    """Return the label of the encoding; ``Neutral`` says nothing."""
    for line in lines:
        if (match := _CHARSET.match(line)) is not None:
            word = match[1].decode("ascii", "replace")
            return None if word.casefold() == "neutral" else _CHARSETS.get(word.casefold(), word)
    return None
