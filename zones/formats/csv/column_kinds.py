"""Columns of a table of text: what kind of values each has, and what was done to them before.

Spreadsheets keep 15 digits of a number: a code of 18 digits becomes ``2.10102E+17``, or ends in
zeros. Neither can be undone, so that it is told.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from zones.geojson.lossy_numbers import is_kept
from zones.model import JSON, Problem

Kind = Literal["whole", "number", "boolean", "text"]

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}(?:[eE][-+]?[0-9]{1,3})?")
_LONGER: Final = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:e[-+][0-9]{2,3})?")
_BOOLEANS: Final = {"true": True, "false": False}
_POWER: Final = re.compile(r"[1-9](?:\.([0-9]{1,14}))?E\+([0-9]{2})")
_CODE: Final = re.compile(r"0[0-9]|-?[0-9.]+$")
_MARKED: Final = re.compile("'+[=+\\-@\t\r]")
_ODD_NUMBER: Final = re.compile(
    r"[¥￥$€]?\s?[-+−]?(?:[0-9]{1,3}(?:[ ,'’\u00a0][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?\s?[%％‰-]?"
    r"|\([0-9,.]+\)"
)
_NO_VALUES: Final = frozenset(
    {
        "-",
        "--",
        "—",
        "——",
        "/",
        "无",
        "null",
        "none",
        "nan",
        "n/a",
        "na",
        "#n/a",
        "#value!",
        "#ref!",
    }
)
_OF_DAYS: Final = re.compile(
    r"日期|时间|年月日|(?:^|[^a-z])(?:date|day)(?:[^a-z]|$)", re.IGNORECASE
)
_SERIAL_DIGITS: Final = 5  # of days since 1900, from 1927 to 2173
_BEFORE_SERIALS: Final = date(1899, 12, 30)
_EXACT_DIGITS = 15  # digits that a spreadsheet keeps
_SHORTEST_CODE = 12  # digits; Excel writes shorter numbers out
_SHOWN: Final = 40
_LISTED: Final = 200


@dataclass(slots=True)
class CSVColumn:
    """What is known of a column after all its cells were looked at.

    ``spoilt`` counts cells that a spreadsheet made powers of ten, ``long`` and ``rounded`` whole
    numbers beyond 15 digits and those of them that end in zeros, ``marked`` texts with an
    apostrophe before what could be a formula, ``padded`` those with blanks at their ends. ``odd``
    are numbers with signs around them and words for none, where all others, of which ``numbers``
    are some, are numbers. ``serial`` is whether all may be days as spreadsheets count them.
    """

    whole: bool = True
    decimal: bool = True
    boolean: bool = True
    filled: bool = False
    spoilt: int = 0
    long: int = 0
    rounded: int = 0
    marked: int = 0
    padded: int = 0
    odd: int = 0
    numbers: int = 0
    serial: bool = True
    samples: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Numbers with leading zeros, as codes have them, and those too long are text."""
        if not self.filled or self.spoilt:
            return "text"
        if self.decimal:
            return "whole" if self.whole else "number"
        return "boolean" if self.boolean else "text"

    def take(self, cell: str) -> None:
        """Look at one more cell; blank ones say nothing."""
        value = cell.strip()
        if not value:
            return
        if not self.filled:
            self.filled, self.samples["first"] = True, value[:_SHOWN]
        if len(value) != len(cell):
            self._count("padded", f"“{cell[:_SHOWN]}”")
        if self.decimal or self.boolean:
            self._narrow(value)
        elif self.odd:
            self._look_for_odd(value)
        if value[0] == "'" and _MARKED.match(value):
            self._count("marked", value)
        elif "E+" in value and _is_spoilt(value):
            self._count("spoilt", value)

    def _narrow(self, value: str) -> None:
        """Rule out the kinds that a value is not of."""
        is_whole, was_decimal = _is_whole(value), self.decimal
        self.whole = self.whole and is_whole
        self.decimal = self.decimal and (is_whole or _is_decimal(value))
        self.serial = self.serial and len(value.partition(".")[0]) == _SERIAL_DIGITS
        if was_decimal and not self.decimal:
            self.numbers = int(self.samples["first"] != value[:_SHOWN])
            self._look_for_odd(value)
        self.boolean = self.boolean and value.casefold() in _BOOLEANS
        if is_whole and len(value) > _EXACT_DIGITS:
            self._count("long", value)
            if not value.lstrip("-")[_EXACT_DIGITS:].strip("0"):
                self._count("rounded", value)

    def _look_for_odd(self, value: str) -> None:
        """Count a value that may be a number with signs around it; give up at any other text."""
        if _is_whole(value) or _is_decimal(value):
            self.numbers += 1
        elif value.casefold() in _NO_VALUES:
            self._count("odd", value)
        elif _ODD_NUMBER.fullmatch(value) and not _CODE.match(value):
            self._count("odd", value)
            self.numbers += 1
        else:
            self.odd = 0

    def _count(self, what: str, value: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        self.samples.setdefault(what, value[:_SHOWN])

    def problems(self, name: str) -> Iterator[Problem]:
        """Yield what to tell of the column."""
        if self.spoilt:
            yield self._summary("codes-spoilt", "spoilt", name, "warning")
        if self.rounded > 1 and self.rounded == self.long:
            yield self._summary("codes-rounded", "rounded", name, "warning")
        if self.marked:
            yield self._summary("csv-apostrophes", "marked", name, "note")
        if self.odd and self.numbers and not self.spoilt:
            yield self._summary("numbers-kept-as-text", "odd", name, "note")
        if self.serial and self.kind in ("whole", "number") and _OF_DAYS.search(name):
            value = self.samples["first"]
            day = _BEFORE_SERIALS + timedelta(days=int(value.partition(".")[0]))
            params: dict[str, JSON] = {"column": name[:_SHOWN], "value": value, "day": str(day)}
            yield Problem("days-as-serials", params, "warning")

    def _summary(
        self, code: str, what: str, name: str, severity: Literal["warning", "note"]
    ) -> Problem:
        params: dict[str, JSON] = {
            "column": name[:_SHOWN],
            "count": getattr(self, what),
            "value": self.samples[what],
        }
        return Problem(code, params, severity)


def padded_texts(columns: Mapping[str, CSVColumn]) -> Iterator[Problem]:
    """Yield in which columns of texts blanks at the ends were left out, if in any."""
    padded = {name: each for name, each in columns.items() if each.padded and each.kind == "text"}
    if padded:
        params: dict[str, JSON] = {
            "columns": ", ".join(padded)[:_LISTED],
            "count": sum(each.padded for each in padded.values()),
            "value": next(iter(padded.values())).samples["padded"],
        }
        yield Problem("texts-trimmed", params, "note")


def columns_of(
    rows: Iterable[Sequence[str]], width: int, *, passed_over: Collection[int] = ()
) -> list[CSVColumn]:
    """Return what is known of each column of a table; further cells of a row are passed over.

    So are columns of which is known already that they hold nothing but numbers.
    """
    columns = [CSVColumn() for _ in range(width)]
    looked_at = [(at, column) for at, column in enumerate(columns) if at not in passed_over]
    for row in rows:
        for at, column in looked_at:
            column.take(row[at])
    return columns


def cell_as_json(cell: str, kind: Kind) -> JSON:
    """Return a cell's value; blank is None.

    An apostrophe before what could be a formula was put there by an export and is taken away.
    """
    value = cell.strip()
    if not value:
        return None
    if kind == "whole" or (kind == "number" and len(value) > _EXACT_DIGITS and _is_whole(value)):
        return int(value)
    if kind == "number":
        return float(value)
    if kind == "boolean":
        return _BOOLEANS[value.casefold()]
    return value[1:] if _MARKED.match(value) else value


def column_as_json(cells: Sequence[str], kind: Kind) -> list[JSON]:
    """Return the values of cells of one column, each as ``cell_as_json`` has it, in less time."""
    try:
        if kind == "whole":
            return [int(cell) if cell else None for cell in cells]
        if kind == "number" and max(map(len, cells), default=0) <= _EXACT_DIGITS:
            return [float(cell) if cell else None for cell in cells]
    except ValueError:  # blanks
        return [cell_as_json(cell, kind) for cell in cells]
    if kind == "text" and not any(cell.lstrip()[:1] == "'" for cell in cells):
        return [cell.strip() or None for cell in cells]
    return [cell_as_json(cell, kind) for cell in cells]


def is_marked(value: str) -> bool:
    """Return whether a text has an apostrophe before what could be a formula."""
    return _MARKED.match(value) is not None


def _is_whole(value: str) -> bool:
    return _WHOLE.fullmatch(value) is not None


def _is_decimal(value: str) -> bool:
    """Return whether a text is a decimal number of which a double keeps all digits."""
    if _DECIMAL.fullmatch(value):
        return "e" not in value.casefold() or is_kept(value)
    return _LONGER.fullmatch(value) is not None and repr(float(value)) == value


def _is_spoilt(value: str) -> bool:
    """Return whether a number lacks the last digits of a code of 12 digits or more."""
    found = _POWER.fullmatch(value)
    if found is None:
        return False
    digits, power = len(found[1] or ""), int(found[2])
    return power >= _SHORTEST_CODE - 1 and digits < power
