"""Attributes of a VCT: rows by the id of their object, values by the types of their columns.

``TableName``, rows ``id,value,value…``, ``TableEnd``. A comma in a value is written full-width.
The first value may be missing: then the id is the value. Dates are ``yyyymmdd``. Long texts stand
in a section of their own: an id, lines, and the separator alone on a line.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import numpy as np

from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.formats.vct.by_id import ById
from zones.formats.vct.head import VCTField
from zones.formats.vct.scan import Span
from zones.model import JSON

_BLOCK_BYTES: Final = 2**20
_LONGEST_ROW_BYTES: Final = 2**20
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_DAY: Final = re.compile(r"([0-9]{4})-?([01][0-9])-?([0-3][0-9])")
_WHOLE: Final = frozenset({"int", "int1", "int2", "int4", "int8", "integer", "smallint"})
_REAL: Final = frozenset({"float", "double", "numeric"})
_DATES: Final = frozenset({"date"})
_TYPES: Final = {
    **dict.fromkeys(_WHOLE | _REAL, "number"),
    **dict.fromkeys(_DATES, "date"),
}
_LARGEST_EXACT: Final = 2**53


def lines_of(file: BinaryIO, span: Span) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a piece of the file that are not empty, each with its place."""
    at, rest = span.start, b""
    begun = span.start
    while at < span.end:
        file.seek(at)
        block = file.read(min(_BLOCK_BYTES, span.end - at))
        if not block:
            break
        at += len(block)
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if stripped := line.strip():
                yield begun, stripped
            begun += len(line) + 1
        if len(rest) > _LONGEST_ROW_BYTES:
            break
    if stripped := rest.strip():
        yield begun, stripped


class ObjectRows:
    """Where the row of each object of a table stands; the first one of an object counts.

    Parameters
    ----------
    rows
        Id, start and length in bytes of each.
    """

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        ids, self._starts, self._lengths = array("q"), array("q"), array("i")
        for fid, start, length in rows:
            ids.append(fid)
            self._starts.append(start)
            self._lengths.append(length)
        self._by_id = ById(np.array(ids, np.int64))

    @property
    def repeated(self) -> int:
        """How many rows are those of objects that had one before."""
        return self._by_id.repeated

    def place(self, fid: int) -> tuple[int, int] | None:
        """Return start and length of an object's row, None if it has none."""
        at = self._by_id.place(fid)
        return None if at < 0 else (self._starts[at], self._lengths[at])


def id_of(line: bytes, separator: bytes) -> int | None:
    """Return the id at the beginning of a row, None if there is none."""
    word = line.partition(separator)[0].strip()
    return int(word) if word.isdigit() and len(word) <= 18 else None  # noqa: PLR2004 - digits that fit 64 bits


def long_texts(
    file: BinaryIO, spans: Sequence[Span], separator: bytes, codec: str
) -> dict[str, str]:
    """Return the long texts by their ids."""
    found: dict[str, str] = {}
    for span in spans:
        fid, lines = b"", list[bytes]()
        for _, line in lines_of(file, span):
            if line == separator:
                found[fid.decode("ascii", "replace")] = decode_text(
                    EncodedText(b"\n".join(lines)), codec
                )
                fid, lines = b"", []
            elif fid:
                lines.append(line)
            else:
                fid = line
    return found


def type_of(column: VCTField) -> str:
    """Return what a column holds, in the words of the findings."""
    return _TYPES.get(column.type, "text")


def value_of(text: str, column: VCTField) -> tuple[JSON, bool]:
    """Return the value of a text, and whether it is of the column's type; as text if it is not."""
    word = text.strip()
    if not word:
        return None, True
    if column.type in _WHOLE:
        return (int(word), True) if _INTEGER.fullmatch(word) else _real(word)
    if column.type in _REAL:
        return _real(word)
    if column.type in _DATES:
        day = _DAY.fullmatch(word)
        return ("-".join(day.groups()), True) if day else (word, False)
    return text, True


def _real(word: str) -> tuple[JSON, bool]:
    if not _NUMBER.fullmatch(word):
        return word, False
    number = float(word)
    exact = not _INTEGER.fullmatch(word) or abs(number) <= _LARGEST_EXACT
    return (number, True) if exact else (int(word), True)
