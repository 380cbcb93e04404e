"""Arithmetic on values: numbers, and texts that are written as numbers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from zones.filters.values import Floats, Values, as_numbers, of_numbers


def calculate(op: str, left: Values, right: Values) -> Values:
    """Return ``left op right`` for ``+``, ``-``, ``*``, ``/``, ``%``, ``^`` or ``div``.

    The remainder has the sign of the dividend and ``div`` cuts towards zero, as in SQL. What is
    not finite, as after division by zero, is null.
    """
    with np.errstate(all="ignore"):
        return of_numbers(_CALCULATE[op](as_numbers(left), as_numbers(right)))


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
