"""Boundaries that an office has set: how features say so, and how well they are known."""

from collections.abc import Mapping
from math import isfinite
from typing import Final

from zones.model import JSON

OFFICIAL: Final = "official"
"""The property that is true of an official feature."""
ACCURACY: Final = "accuracy_m"
ACCURACY_WHEN_UNSTATED_M: Final = 1.0
"""What official boundaries are taken to be known to, where neither file nor sender says better.

Boundary stakes are surveyed to centimetres, the lines between them follow a map; a metre is also
what CGCS2000 and WGS 84 may differ by here.
"""

_HEADINGS: Final = frozenset(
    {
        "accuracy_m",
        "accuracy",
        "精度",
        "精度m",
        "精度_m",
        "精度米",
        "精度_米",
        "精度(m)",
        "精度（米）",
    }
)


def is_official(properties: Mapping[str, JSON]) -> bool:
    """Return whether a feature says that it is official."""
    return properties.get(OFFICIAL) is True


def as_official(row: Mapping[str, JSON], accuracy_m: float | None) -> tuple[dict[str, JSON], bool]:
    """Return the properties of an official feature, and whether the row states its accuracy.

    Parameters
    ----------
    accuracy_m
        In metres, for rows that state none; None for ``ACCURACY_WHEN_UNSTATED_M``.
    """
    stated = _stated_m(row)
    unstated = ACCURACY_WHEN_UNSTATED_M if accuracy_m is None else accuracy_m
    marked = {**row, OFFICIAL: True, ACCURACY: unstated if stated is None else stated}
    return marked, stated is not None


def _stated_m(row: Mapping[str, JSON]) -> float | None:
    """Return the accuracy that a row states under one of its usual headings."""
    for name, value in row.items():
        if name.casefold().strip() in _HEADINGS:
            number = _number(value)
            if number is not None:
                return number
    return None


def _number(value: JSON) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None
    is_sound = number is not None and isfinite(number) and number > 0
    return number if is_sound and not isinstance(value, bool) else None
