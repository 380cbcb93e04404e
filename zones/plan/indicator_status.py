"""How an indicator stands: its value against its target, and against the way to it.

The way is the one that the plan states, else none is assumed. Ends of years count: the baseline is
the end of 2020, a target is due at the end of its year, one without a year at the end of the plan.

============  ===========================================================================
path          what is expected on a day
============  ===========================================================================
``linear``    the straight line from the baseline to the target
``cumulative``  the straight line from nothing to the target
``yearly``    the target itself, of the value of each year
``level``     nothing before the target is due: the text states no way
============  ===========================================================================
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

Status = Literal[
    "reached", "on_path", "behind", "far_behind", "not_yet", "missed", "no_value", "not_judged"
]

BEGIN: Final = date(2020, 12, 31)
"""The end of the year that the 14th five-year plan (2021 to 2025) starts from."""
LAST_YEAR: Final = 2025

STATUSES: Final[Mapping[Status, str]] = {
    "reached": "good",
    "on_path": "good",
    "behind": "warning",
    "far_behind": "bad",
    "not_yet": "open",
    "missed": "bad",
    "no_value": "none",
    "not_judged": "none",
}
"""Every status in the order of listing, and how it is to be taken."""

_A_YEAR: Final = 1


def due_on(year: int | None) -> date:
    """Return the day on which a target is due."""
    return date(year or LAST_YEAR, 12, 31)


def meets(op: str, target: float, value: float) -> bool:
    """Return whether a value is what a target asks for."""
    return value <= target if op == "le" else value >= target


def expected_on(
    day: date, *, path: str, start: float | None, target: float, due: date
) -> float | None:
    """Return the value that the way to a target expects on a day; None where it states none."""
    if path == "yearly" or day >= due:
        return target
    if path not in {"linear", "cumulative"}:
        return None
    begin = (start or 0.0) if path == "linear" else 0.0
    done = max(0.0, (day - BEGIN).days / (due - BEGIN).days)
    return begin + (target - begin) * min(done, 1.0)


def judged(
    *, op: str, target: float, path: str, start: float | None, due: date, day: date, value: float
) -> Status:
    """Return how a value of a day stands.

    ``behind`` is later than the way by up to a year: the value is what was expected a year before.
    """
    if meets(op, target, value):
        return "reached"
    if day >= due or path == "yearly":
        return "missed"
    expected = expected_on(day, path=path, start=start, target=target, due=due)
    if expected is None:
        return "not_yet"
    if meets(op, expected, value):
        return "on_path"
    before = expected_on(_a_year_before(day), path=path, start=start, target=target, due=due)
    return "behind" if before is not None and meets(op, before, value) else "far_behind"


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - _A_YEAR, day=min(day.day, 28))
