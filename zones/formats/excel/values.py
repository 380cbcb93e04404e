"""Values of a sheet's cells -> texts, as tables have them, and what is told of their kinds.

A number in a cell is a double (ECMA-376 part 1, 18.17.5.2), of which Excel keeps 15 digits: whole
numbers beyond 2^53, and longer ones that end in zeros, have been changed before they came here.
Those that another program wrote out in full come as integers (``long_digits.py``) and stay so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from math import isfinite
from typing import Final

from zones.formats.csv.column_kinds import Kind
from zones.model import JSON, Problem

Value = str | float | int | bool | date | datetime | time | timedelta
Values = list[Value]

_FIFTEEN_DIGITS: Final = 10**15
_SHOWN: Final = 40
_AT_ONCE: Final = 500


def text_of(value: Value) -> str:
    """Return a cell's value as text: whole numbers without a point, dates and times by ISO 8601.

    Examples
    --------
    >>> text_of(4626800.0), text_of(0.1), text_of(True), text_of(2.10102001001e18)
    ('4626800', '0.1', 'true', '2101020010010000000')
    >>> text_of(datetime(2026, 11, 29, 8, 5)), text_of(timedelta(hours=26, minutes=3))
    ('2026-11-29T08:05:00', '26:03:00')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value) if isinstance(value, int) else value.isoformat()


def cell_errors(count: int) -> tuple[Problem, ...]:
    """Return what to tell of so many cells that hold errors (#N/A, #REF!); nothing of none."""
    return (Problem("sheet-errors", {"count": count}, "warning"),) if count else ()


def _number(value: float) -> str:
    """Return a number's shortest digits, written out if it is whole; nothing of one without end."""
    if not isfinite(value):
        return ""
    digits = repr(value + 0.0)  # no -0
    if "e" in digits:
        return format(Decimal(digits), "f")
    return digits.removesuffix(".0")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours:02}:{rest // 60:02}:{rest % 60:02}"


def is_filled(value: Value) -> bool:
    """Return whether a cell holds anything."""
    return not isinstance(value, str) or bool(value and not value.isspace())


@dataclass(slots=True)
class ColumnKinds:
    """Which columns hold texts, numbers, fractions, other values, and numbers too long to keep.

    ``long`` is by column how many there are, with the first; ``written_out`` those that the file
    has all digits of; ``endless`` how many are beyond a double.
    """

    texts: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    fractions: set[int] = field(default_factory=set)
    others: set[int] = field(default_factory=set)
    long: dict[int, tuple[int, str]] = field(default_factory=dict)
    written_out: dict[int, tuple[int, str]] = field(default_factory=dict)
    endless: dict[int, int] = field(default_factory=dict)
    _waiting: list[Sequence[Value]] = field(default_factory=list)

    def take(self, values: Sequence[Value]) -> None:
        """Look at one more row."""
        self._waiting.append(values)
        if len(self._waiting) >= _AT_ONCE:
            self._look()

    def _look(self) -> None:
        """Look at the rows that wait for it, column by column, which takes a part of the time."""
        for at, column in enumerate(zip_longest(*self._waiting, fillvalue="")):
            kinds = set(map(type, column))
            numbers = [value for value in column if type(value) is float]
            if not kinds <= {str, float} or not all(abs(n) < _FIFTEEN_DIGITS for n in numbers):
                self._take_each(at, column)
                continue
            if str in kinds and at not in self.texts and any(map(is_filled, column)):
                self._take_each(at, [value for value in column if isinstance(value, str)])
            if numbers:
                self.numbers.add(at)
                if at not in self.fractions and not all(map(float.is_integer, numbers)):
                    self.fractions.add(at)
        self._waiting.clear()

    def _take_each(self, at: int, column: Iterable[Value]) -> None:
        for value in column:
            if isinstance(value, str):
                if at not in self.texts and is_filled(value):
                    self.texts.add(at)
            elif isinstance(value, float):
                self._take_number(at, value)
            elif isinstance(value, int) and not isinstance(value, bool):
                _tally(self.written_out, at, value)
            else:
                self.others.add(at)

    def _take_number(self, at: int, value: float) -> None:
        if not isfinite(value):
            self.endless[at] = self.endless.get(at, 0) + 1
            return
        self.numbers.add(at)
        if at not in self.fractions and not value.is_integer():
            self.fractions.add(at)
        if abs(value) >= _FIFTEEN_DIGITS:
            _tally(self.long, at, value)

    def kind(self, at: int) -> Kind | None:
        """Return what a column holds; None where its texts tell: days, truth, nothing."""
        self._look()
        if at in self.texts or at in self.long or at in self.written_out:
            return "text"
        if at not in self.numbers or at in self.others:
            return None
        return "number" if at in self.fractions else "whole"

    def problems(self, names: Mapping[int, str]) -> Iterator[Problem]:
        """Yield which columns hold codes that are not what they were."""
        self._look()
        for at, (count, first) in sorted(self.long.items()):
            params: dict[str, JSON] = {"column": names[at][:_SHOWN], "count": count}
            yield Problem("sheet-long-numbers", {**params, "value": first[:_SHOWN]}, "warning")
        for at, count in sorted(self.endless.items()):
            params = {"count": count, "sample": "1e400"}
            yield Problem("numbers-not-finite", params, "warning", field=names[at])
        for at, (count, first) in sorted(self.written_out.items()):
            params = {"column": names[at][:_SHOWN], "count": count, "value": first}
            yield Problem("sheet-digits-kept", params, "note")


def _tally(counts: dict[int, tuple[int, str]], at: int, value: Value) -> None:
    count, first = counts.get(at, (0, text_of(value)))
    counts[at] = (count + 1, first)
