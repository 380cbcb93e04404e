"""Numbers as filters and texts write them -> exact numbers."""

import math
import re
from fractions import Fraction
from typing import Final

EXACT_BELOW: Final = 2.0**53
"""Up to here every whole number is a double."""

# A number as JSON writes it: "007" is a code, and 1_000 or full-width digits are not numbers.
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 40
_LONGEST_LITERAL: Final = 400
_SMALLEST: Final = 5e-324
_LOWEST_EXPONENT: Final = -400  # below, any number that can be written here is less than a double

Exact = int | float | Fraction


class Decimal(float):
    """The double nearest to a number with point or exponent, whole, and the number itself.

    A client that writes ``123456789012345678.0`` means all of its digits.
    """

    exact: Fraction

    @classmethod
    def of(cls, exact: Fraction) -> "Decimal":
        """Return the double nearest to a number, with the number."""
        made = cls(float(exact))
        made.exact = exact
        return made

    def __neg__(self) -> "Decimal":
        """Return the number with the other sign."""
        return Decimal.of(-self.exact)


def read_number(written: str) -> int | float:
    """Return a number as JSON or CQL2 writes it.

    An integer, or the nearest double; a `Decimal` where that is whole and not the number itself.

    Raises
    ------
    OverflowError
        If it lies beyond all doubles, or has more digits than the largest of them.
    """
    near = float(written)
    if not math.isfinite(near) or len(written) > _LONGEST_LITERAL:
        raise OverflowError(written)
    if written.lstrip("-").isdigit():
        return int(written)
    if not near.is_integer():
        return near
    exact = _fraction(written)
    if exact == near:
        return near
    return Decimal.of(exact) if near else math.copysign(_SMALLEST, exact)


def number_of_word(word: str) -> int | float | None:
    """Return the number that a text is written as, None for other texts."""
    if len(word) > _LONGEST_NUMBER or not _NUMBER.fullmatch(word):
        return None
    try:
        return read_number(word)
    except OverflowError:
        return None


def exact_of(number: float) -> Exact:
    """Return the number that is meant: that of a `Decimal`, else itself."""
    return number.exact if isinstance(number, Decimal) else number


def parts_of(exact: Exact) -> list[float]:
    """Return the nearest double, then that nearest to what it leaves, until nothing is left.

    A double with a fraction stands for all numbers that it is nearest to, and leaves nothing. Of
    what four doubles leave only the sign is kept.
    """
    parts = [float(exact)]
    if isinstance(exact, float) or not parts[0].is_integer():
        return parts
    left = exact - int(parts[0])
    while left and len(parts) < 4:  # noqa: PLR2004 - 212 bits, a text of 40 digits has 133
        part = float(left) or math.copysign(_SMALLEST, left)
        parts.append(part)
        left -= int(part) if part.is_integer() else Fraction(part)
    return [*parts, math.copysign(_SMALLEST, left)] if left else parts


def whole_of(parts: tuple[float, ...]) -> Exact:
    """Return the number that parts make; an integer if it is beyond the doubles' own."""
    near = parts[0]
    if not math.isfinite(near) or (abs(near) < EXACT_BELOW and not any(parts[1:])):
        return near
    exact = sum(map(Fraction, parts), Fraction())
    return int(exact) if exact.denominator == 1 else exact


def _fraction(written: str) -> Fraction:
    """Return the exact number, its exponent bounded so that it asks for few digits."""
    mantissa, _, exponent = written.lower().partition("e")
    return Fraction(f"{mantissa}e{max(int(exponent or 0), _LOWEST_EXPONENT)}")
