"""Numbers of many features, compared to the last digit.

Doubles hold whole numbers up to 2^53. One beyond is kept as the double nearest to it and what
that leaves, in as many doubles as it takes: x < y as the first doubles that differ.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.cql2.number_parsing import (
    EXACT_BELOW,
    Decimal,
    Exact,
    exact_of,
    number_of_word,
    parts_of,
    whole_of,
)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class ExactNumbers:
    """Rows of numbers: the nearest doubles, NaN where there is none, and what they leave.

    Attributes
    ----------
    rest
        Further doubles of each row, zeros where nothing is left; empty where nothing is anywhere.
    rounded
        Rows beyond 2^53 that are doubles by nature, or written with point or exponent: two of
        them are equal when their doubles are. None where no row is.
    """

    near: Floats
    rest: tuple[Floats, ...] = ()
    rounded: Bools | None = None

    @property
    def known(self) -> Bools:
        """Which rows hold a number."""
        return np.asarray(~np.isnan(self.near))

    def take(self, rows: NDArray[np.integer]) -> "ExactNumbers":
        """Return the numbers of these rows."""
        rounded = None if self.rounded is None else self.rounded[rows]
        return ExactNumbers(self.near[rows], tuple(part[rows] for part in self.rest), rounded)

    def rows(self) -> "list[ExactNumbers]":
        """Return each row as numbers of its own."""
        return [self.take(np.array([row])) for row in range(len(self.near))]

    def of_codes(self, codes: NDArray[np.int32]) -> "ExactNumbers":
        """Return for each row the number at its position; none where that is -1."""
        if not len(self.near):
            return ExactNumbers(np.full(codes.shape, np.nan))
        found = self.take(codes)
        found.near[codes < 0] = np.nan
        return found

    def where_known(self, other: "ExactNumbers") -> "ExactNumbers":
        """Return these numbers, and those of ``other`` in rows that hold none."""
        known = self.known
        near, *rest = (np.where(known, *pair) for pair in _aligned(self, other))
        if self.rounded is None and other.rounded is None:
            return ExactNumbers(near, tuple(rest))
        return ExactNumbers(near, tuple(rest), np.where(known, _rounded(self), _rounded(other)))

    def exact(self) -> list[Exact]:
        """Return the numbers row by row; whole ones beyond 2^53 as integers."""
        columns = [part.tolist() for part in (self.near, *self.rest)]
        return [whole_of(parts) for parts in zip(*columns, strict=True)]


def numbers_of(values: Sequence[object]) -> ExactNumbers:
    """Return the integers and doubles among values, in their rows."""
    numbers = (each if type(each) is float or type(each) is int else np.nan for each in values)
    near = np.fromiter(numbers, np.float64, len(values))
    return _with_rest(near, values, np.flatnonzero(np.abs(near) >= EXACT_BELOW))


def numbers_of_words(words: Iterable[str]) -> ExactNumbers:
    """Return the numbers that texts are written as."""
    return exact_numbers([number_of_word(word) for word in words])


def exact_numbers(numbers: Sequence[Exact | None]) -> ExactNumbers:
    """Return rows of exact numbers; None is a row without."""
    near = np.array([np.nan if each is None else float(each) for each in numbers], np.float64)
    decimals = np.array([isinstance(each, Decimal | Fraction) for each in numbers], bool)
    return _with_rest(near, numbers, np.flatnonzero((np.abs(near) >= EXACT_BELOW) | decimals))


def exact_rows(near: Floats, rows: NDArray[np.intp], exact: Sequence[Exact]) -> ExactNumbers:
    """Return numbers by their doubles, save those in ``rows`` which are these."""
    found = near.copy()
    found[rows] = [float(each) for each in exact]
    return _with_rest(found, dict(zip(rows.tolist(), exact, strict=True)), rows)


def joined(members: Sequence[ExactNumbers]) -> ExactNumbers:
    """Return the rows of all members, one after the other."""
    exact = [each for member in members for each in member.exact()]
    rounded = [each for member in members for each in _rounded(member, len(member.near)).tolist()]
    return replace(exact_numbers(exact), rounded=np.array(rounded, bool))


def compare_numbers(op: str, left: ExactNumbers, right: ExactNumbers) -> tuple[Bools, Bools]:
    """Return ``left op right`` row by row, and where both are known."""
    known = ~(np.isnan(left.near) | np.isnan(right.near))
    if not left.rest and not right.rest:
        return COMPARE[op](left.near, right.near), known
    (one, other), *rest = _aligned(left, right)
    result: Any = np.full(known.shape, op in {"=", "<=", ">="})
    for left_part, right_part in reversed(rest):
        result = np.where(left_part != right_part, COMPARE[op](left_part, right_part), result)
    loose = _rounded(left) & _rounded(right)
    if loose.any():
        result = np.where(loose, op in {"=", "<=", ">="}, result)
    return np.where(one != other, COMPARE[op](one, other), result), known


def are_among(numbers: ExactNumbers, listed: ExactNumbers) -> Bools:
    """Return whether each row's number is one of those wanted."""
    found = np.isin(numbers.near, listed.near)
    if numbers.rest or listed.rest:
        rows = np.flatnonzero(found)
        here, exact = numbers.take(rows), set(listed.exact())
        same = np.array([each in exact for each in here.exact()], bool)
        loose = np.isin(here.near, listed.near[_rounded(listed, len(listed.near))]) & _rounded(here)
        found[rows] = same | loose
    return found


def _with_rest(
    near: Floats, values: Sequence[Any] | Mapping[int, Any], rows: NDArray[np.intp]
) -> ExactNumbers:
    """Return rows by their doubles; what is held in ``rows`` may be more than these say."""
    if not len(rows):
        return ExactNumbers(near)
    parts = [parts_of(exact_of(values[row])) for row in rows.tolist()]
    padded = zip_longest(*parts, fillvalue=0.0)
    rest = []
    for part in list(padded)[1:]:
        column = np.zeros(len(near))
        column[rows] = part
        rest.append(column)
    rounded = np.zeros(len(near), bool)
    rounded[rows] = [isinstance(values[row], float) for row in rows.tolist()]
    return ExactNumbers(near, tuple(rest), rounded & (np.abs(near) >= EXACT_BELOW))


def _rounded(numbers: ExactNumbers, count: int = 1) -> Bools:
    return np.zeros(count, bool) if numbers.rounded is None else numbers.rounded


def _aligned(left: ExactNumbers, right: ExactNumbers) -> list[tuple[Floats, Floats]]:
    """Return the parts of both side by side, as many of one as of the other."""
    width = max(len(left.rest), len(right.rest))
    nothing = np.zeros(1)
    one, other = ([*each.rest, *[nothing] * (width - len(each.rest))] for each in (left, right))
    return list(zip([left.near, *one], [right.near, *other], strict=True))
