"""Head, feature codes and table structures of a VCT -> what they say, as texts.

Keys are spelt in any case and with blanks (``DataMark:``, ``Datamark: ``). A feature code has
``code,name,kind,table`` in 2007 and 3.0, a colour or three numbers between kind and table in
older ones, and two fields where 3.0 names a table without geometry.
"""

from dataclasses import dataclass
from typing import Final

_KINDS: Final = {"point": "Point", "line": "Line", "polygon": "Polygon"}
_FEWEST_FIELDS = 4
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class FeatureCode:
    """A kind of feature: its code, what people call it, its geometry, and its table."""

    code: str
    name: str
    kind: str
    table: str


@dataclass(frozen=True, slots=True)
class VCTField:
    """A column of a table; ``type`` in lower case."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class VCTHead:
    """What stands above the geometry; ``values`` by keys in lower case."""

    values: dict[str, str]
    codes: tuple[FeatureCode, ...]
    tables: dict[str, tuple[VCTField, ...]]

    def value(self, *keys: str) -> str:
        """Return the first value that is not empty."""
        return next((found for key in keys if (found := self.values.get(key, ""))), "")

    def numbers(self, *keys: str) -> list[float]:
        """Return the numbers in a value, in their order; other words in it are passed over."""
        return [each for word in self.value(*keys).split(",") if (each := number(word)) is not None]

    @property
    def separator(self) -> str:
        """The mark between values, a comma unless the head names another."""
        return separator_of(self.values)


def number(word: str) -> float | None:
    """Return a number, None for any other word."""
    try:
        return float(word)
    except ValueError:
        return None


def head_values(text: str) -> dict[str, str]:
    """Return the values of the head by their keys in lower case; the last colon does not count."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":" if ":" in line else "：")
        if colon:
            values.setdefault(key.strip().casefold(), value.strip())
    return values


def separator_of(values: dict[str, str]) -> str:
    """Return the mark between values; a head that names a blank or nothing means a comma."""
    return values.get("separator", "")[:1] or ","


def feature_codes(text: str, separator: str) -> tuple[FeatureCode, ...]:
    """Return the feature codes of a section."""
    found = []
    for line in text.splitlines():
        words = [word.strip()[:_LONGEST_NAME] for word in line.split(separator)]
        while words and not words[-1]:
            words.pop()
        if len(words) >= _FEWEST_FIELDS and (kind := _KINDS.get(words[2].casefold())):
            found.append(FeatureCode(words[0], words[1] or words[-1], kind, words[-1]))
        elif len(words) == _FEWEST_FIELDS - 1 and (kind := _KINDS.get(words[2].casefold())):
            found.append(FeatureCode(words[0], words[1] or words[0], kind, ""))
    return tuple(found)


def table_structures(text: str, separator: str) -> dict[str, tuple[VCTField, ...]]:
    """Return the columns of each table by its name; a line ``0`` ends each."""
    tables: dict[str, tuple[VCTField, ...]] = {}
    name, fields = "", list[VCTField]()
    for line in filter(None, map(str.strip, text.splitlines())):
        words = [word.strip() for word in line.split(separator)]
        if line == "0":
            if name:
                tables.setdefault(name, tuple(fields))
            name, fields = "", []
        elif not name:
            name = words[0][:_LONGEST_NAME]
        else:
            kind = words[1].casefold() if len(words) > 1 else "char"
            fields.append(VCTField(words[0], kind))
    return tables
