"""Arithmetic on values: numbers, and texts that are written as numbers."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.cql2.exact_number_comparison import ExactNumbers, exact_rows
from zones.cql2.number_parsing import EXACT_BELOW, Exact
from zones.cql2.value_arrays import Values, as_numbers, of_numbers

Floats = NDArray[np.float64]

_HALVES_BELOW: Final = 2.0**52  # from here on doubles are whole
_LARGEST_POWER: Final = 1024  # of a whole number but 0, 1 and -1 no higher one is a double


def calculate(op: str, left: Values, right: Values) -> Values:
    """Return ``left op right`` for ``+``, ``-``, ``*``, ``/``, ``%``, ``^`` or ``div``.

    The remainder has the sign of the dividend and ``div`` cuts towards zero, as in SQL. What is
    not finite, as after division by zero, is null. Whole numbers are exact beyond 2^53 as well.
    """
    one, other = as_numbers(left), as_numbers(right)
    with np.errstate(all="ignore"):
        near = _CALCULATE[op](one.near, other.near)
        squares = float(np.dot(near, near))
    if squares < EXACT_BELOW**2 and one.rounded is None and other.rounded is None:
        # The quickest proof that no row is null, infinite or beyond what doubles hold.
        return Values(np.ones(near.shape, bool), numbers=ExactNumbers(near))
    size = np.abs(near)
    finite = size < np.inf
    if not finite.all():
        near = np.where(finite, near, np.nan)
    rows = _bent(size, one, other)
    if not len(rows):
        return Values(finite, numbers=ExactNumbers(near))
    operands = (_taken(each, rows).exact() for each in (one, other))
    exact = [_EXACT[op](*pair) for pair in zip(*operands, strict=True)]
    return of_numbers(exact_rows(near, rows, exact))


def _bent(size: Floats, *operands: ExactNumbers) -> NDArray[np.intp]:
    """Return the rows of whole numbers that doubles may not be enough for."""
    large = size >= EXACT_BELOW
    beyond = [each.near for each in operands if each.rounded is not None]
    if not beyond and not large.any():
        return np.empty(0, np.intp)
    for each in beyond:
        large = large | (np.abs(each) >= EXACT_BELOW)
    whole = [each.near == np.trunc(each.near) for each in operands]
    return np.flatnonzero(large & (size < np.inf) & whole[0] & whole[1])


def _taken(numbers: ExactNumbers, rows: NDArray[np.intp]) -> ExactNumbers:
    """Return the numbers of these rows; a constant is the same for all."""
    return numbers.take(np.zeros_like(rows) if len(numbers.near) == 1 else rows)


def _fraction_of(one: Exact, other: Exact) -> Exact:
    found = Fraction(one) / Fraction(other)
    if found.denominator == 1:
        return int(found)
    return found if abs(found) >= _HALVES_BELOW else float(found)


def _power(one: Exact, other: Exact) -> Exact:
    if not 0 <= float(other) <= _LARGEST_POWER:
        return float(np.power(float(one), float(other)))
    found: int = int(one) ** int(other)
    return found


def _remainder(one: Exact, other: Exact) -> Exact:
    rest = abs(int(one)) % abs(int(other))
    return rest if float(one) >= 0 else -rest


_CALCULATE: Final[Mapping[str, Callable[[Any, Any], Floats]]] = MappingProxyType(
    {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.divide,
        "%": np.fmod,
        "^": np.power,
        "div": lambda one, other: np.trunc(np.divide(one, other)),
    }
)
_EXACT: Final[Mapping[str, Callable[[Exact, Exact], Exact]]] = MappingProxyType(
    {
        "+": lambda one, other: Fraction(one) + Fraction(other),
        "-": lambda one, other: Fraction(one) - Fraction(other),
        "*": lambda one, other: Fraction(one) * Fraction(other),
        "/": _fraction_of,
        "%": _remainder,
        "^": _power,
        "div": lambda one, other: math.trunc(Fraction(one) / Fraction(other)),
    }
)
