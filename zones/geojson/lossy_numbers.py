"""Numbers that a JSON parser would bend: integers beyond 64 bits, digits beyond a double.

The native parser reads both as the nearest double. It is quick, so that a text is parsed once
more, number by number, only where one of its properties holds such a number.
"""

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

_SURE_DIGITS: Final = 15  # so many decimal digits survive in a double
_LEAST: Final = sys.float_info.min  # below it a double has fewer digits
_LONG: Final = rb"-?[0-9][0-9.]{14,}(?:[eE][-+]?[0-9]+)?"
_TINY: Final = rb"-?[0-9][0-9.]*[eE]-[0-9]{3,}"
_OF_A_MEMBER: Final = re.compile(rb":\s*(%b)" % _LONG)
_OF_A_LIST: Final = re.compile(rb"[\[,]\s*(%b)" % _LONG)
_TINY_TOO: Final = re.compile(rb":\s*(%b|%b)" % (_LONG, _TINY))
_TINY_TOO_OF_A_LIST: Final = re.compile(rb"[\[,]\s*(%b|%b)" % (_LONG, _TINY))
_LIST: Final = re.compile(rb":\s*\[")
_OTHER_LISTS: Final = (b'"coordinates"', b'"geometries"', b'"features"', b'"bbox"')
_NAME_REACH: Final = 16  # bytes before a colon in which these names are looked for


class LongNumber(str):
    """A number, as written, that neither an integer of 64 bits nor a double is."""

    __slots__ = ()

    @property
    def is_integer(self) -> bool:
        """Whether it is written without point and exponent."""
        return self.lstrip("-").isdigit()


@dataclass(frozen=True, slots=True)
class Bent:
    """A number that could not be kept as one: at which feature and property, and what became."""

    index: int
    name: str
    written: str
    stored: str | float


def has_long_number(text: bytes) -> bool:
    """Return whether a member of the text's objects is a number that its parser would bend.

    Coordinates and boxes are left out: nobody measures the digits that a double drops of them.
    """
    of_a_member, of_a_list = _OF_A_MEMBER, _OF_A_LIST
    if b"e-" in text or b"E-" in text:  # seldom, and to look for is quick
        of_a_member, of_a_list = _TINY_TOO, _TINY_TOO_OF_A_LIST
    if any(not is_kept(found[1].decode()) for found in of_a_member.finditer(text)):
        return True
    if not any(_holds_values(text, found.start()) for found in _LIST.finditer(text)):
        return False
    return any(not is_kept(found[1].decode()) for found in of_a_list.finditer(text))


def exact_members(text: bytes, features: Sequence[Any]) -> list[Bent]:
    """Replace numbers in properties and ids of parsed features by what they are.

    Parameters
    ----------
    text
        What the features were parsed from: a list or a collection of them, or one alone.

    Returns
    -------
    What could not be kept: integers beyond 64 bits are texts now, other numbers are the nearest
    doubles. Whole numbers with a point, ``123456789012345678.0``, are integers.
    """
    if not has_long_number(text):
        return []
    bent: list[Bent] = []
    for index, (feature, exact) in enumerate(zip(features, parsed_long(text), strict=True)):
        if not isinstance(feature, dict):
            continue
        for member in feature.keys() & {"id", "properties"}:
            found: list[tuple[str, LongNumber]] = []
            feature[member] = settled(exact[member], member, found)
            bent += (Bent(index, name, str(each), _stored(each)) for name, each in found)
    return bent


def parsed_long(text: bytes, mark: Callable[[str], Any] = LongNumber) -> list[Any]:
    """Return the features of a valid JSON text: a list or collection of them, or one alone.

    ``mark`` makes what stands for a number that cannot be kept.
    """
    keep = _keeper(mark)
    value = json.loads(text, parse_int=keep, parse_float=keep)
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        value = value["features"]
    return value if isinstance(value, list) else [value]


def as_integer(written: str) -> int | None:
    """Return the integer of 64 bits that a number is, where its double would not be it."""
    if written.lstrip("-").isdigit():
        number = int(written)
    elif is_kept(written) or (exact := Decimal(written)) != exact.to_integral_value():
        return None
    else:
        number = int(exact)
    return number if -(2**63) <= number < 2**64 else None


def is_kept(written: str) -> bool:
    """Return whether reading a number, as JSON writes it, loses nothing of it.

    It does not if the double, written with as many digits, is the number again.
    """
    if written.lstrip("-").isdigit():
        return -(2**63) <= int(written) < 2**64
    near = float(written)
    if repr(near) == written:
        return True
    exact = Decimal(written)
    digits = len(exact.as_tuple().digits)
    return (
        (digits <= _SURE_DIGITS and (abs(near) >= _LEAST or not exact))
        or Decimal(repr(near)) == exact
        or Decimal(f"{near:.{digits - 1}e}") == exact
    )


def settled(value: Any, name: str, found: list[tuple[str, LongNumber]]) -> Any:
    """Return a value with what is kept of its long numbers; each is added to ``found``."""
    if isinstance(value, LongNumber):
        found.append((name, value))
        return _stored(value)
    if isinstance(value, list):
        return [settled(each, name, found) for each in value]
    if isinstance(value, dict):
        inner = "" if name == "properties" else f"{name}."
        return {key: settled(each, f"{inner}{key}", found) for key, each in value.items()}
    return value


def _stored(number: LongNumber) -> str | float:
    return str(number) if number.is_integer else float(number)


def _keeper(mark: Callable[[str], Any]) -> Callable[[str], Any]:
    def keep(written: str) -> Any:
        whole = as_integer(written)
        if whole is not None:
            return whole
        return float(written) if is_kept(written) else mark(written)

    return keep


def _holds_values(text: bytes, colon: int) -> bool:
    before = text[max(0, colon - _NAME_REACH) : colon].rstrip()
    return not before.endswith(_OTHER_LISTS)
