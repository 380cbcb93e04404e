"""Whole numbers of 16 digits and more as the XML of a workbook writes them out.

Excel keeps 15 digits and writes longer numbers by their exponent; openpyxl, pandas and odfpy write
out what they were given, such as a parcel's code of 18 digits. calamine hands over the nearest
double, so that such digits are looked up in the XML, by the cell they stand in.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final
from xml.parsers import expat

from zones.errors import SourceError

Digits = dict[tuple[int, int], int]
"""A number by its row and column, both from 0."""

_FEWEST_DIGITS, _MOST_DIGITS = 16, 40
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LONGEST_PART: Final = 1024 * 1024
_CELL: Final = re.compile(
    rb'<c\s(?:[^>]*?\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>(-?[0-9]{16,40})</v>"
)


def digits_in(text: bytes) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield the long whole numbers in cells of an .xlsx sheet's XML."""
    for letters, row, digits in _CELL.findall(text):
        yield (int(row) - 1, column_of(letters) - 1), int(digits)


def column_of(letters: bytes) -> int:
    """Return a column's number, from 1.

    Examples
    --------
    >>> column_of(b"A"), column_of(b"AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def exact(row: Iterable[object], at: int, digits: Mapping[tuple[int, int], int]) -> list[object]:
    """Return a row with the digits that its numbers have in the XML.

    A number that is not what a double makes of them is left alone.
    """
    return [
        found
        if isinstance(value, float)
        and (found := digits.get((at, column))) is not None
        and float(found) == value
        else value
        for column, value in enumerate(row)
    ]


def sheet_parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the names of sheets by the parts of an .xlsx that hold them; none that is unclear."""
    names, targets = _Elements("sheet"), _Elements("Relationship")
    try:
        for part, elements in ((_BOOK, names), (_LINKS, targets)):
            if packed.getinfo(part).file_size > _LONGEST_PART:
                return {}
            elements.parser.Parse(packed.read(part), True)
    except (KeyError, expat.ExpatError):  # calamine says what is wrong with it
        return {}
    by_id = {found.get("Id", ""): found.get("Target", "") for found in targets.found}
    return {
        _part(by_id.get(found.get("id", ""), "")): found.get("name", "") for found in names.found
    }


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


class _Elements:
    """The attributes of the elements of one name, without their prefixes."""

    def __init__(self, name: str) -> None:
        self.found: list[dict[str, str]] = []
        self._name = name
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == self._name:
            self.found.append({key.rpartition(":")[2]: text for key, text in attributes.items()})


def refuse_doctype(*_: object) -> None:
    """Raise ``markup-doctype``: a declaration may define entities."""
    raise SourceError("markup-doctype")


def as_long(text: str) -> int | None:
    """Return a whole number of 16 digits and more, None for any other text."""
    with suppress(ValueError):
        if (
            _FEWEST_DIGITS <= len(text.lstrip("-")) <= _MOST_DIGITS
            and text.isascii()
            and "_" not in text
        ):
            return int(text)
    return None
