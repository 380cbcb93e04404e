"""Coordinates as given -> the number of each row's answer, or of what is wrong with it."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from zones.bulk.answers import Answer, Bools, BulkLocator, Floats, Ints
from zones.bulk.columns import Columns
from zones.crs import CRS, believable_xy, coordinate_fault, to_storage_xy
from zones.messages import Lang, say

FAULTS: Final = (
    "coordinate-missing",
    "coordinate-unreadable",
    "coordinate-not-finite",
    "coordinate-swapped",
    "coordinate-axes-swapped",
    "coordinate-other-crs",
    "coordinate-without-zone",
    "coordinate-in-degrees",
    "coordinate-other-zone",
    "coordinate-out-of-range",
)
"""What may be wrong with a row; fault i is numbered ``-1 - i`` where answers count from 0."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a stream of points.

    ``given`` is the system of its coordinates, ``lang`` the language of its faults.
    """

    locator: BulkLocator
    given: CRS
    columns: Columns = field(default_factory=Columns)
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True)
class Coordinates:
    """x and y of n rows as given; NaN where ``missing`` or ``unreadable``."""

    x: Floats
    y: Floats
    missing: Bools
    unreadable: Bools


def number_of_fault(code: str) -> int:
    """Return the number of a fault: -1 for the first."""
    return -1 - FAULTS.index(code)


def place(task: Task, rows: Coordinates) -> Ints:
    """Return for each row the position of its answer, or the number of its fault."""
    sound = believable_xy(rows.x, rows.y, task.given)
    codes = np.empty(len(rows.x), np.int64)
    lon, lat = to_storage_xy(rows.x[sound], rows.y[sound], task.given)
    codes[sound] = task.locator.codes(lon, lat)
    # The projection has no place for some pairs that are in its range.
    codes[sound] = np.where(codes[sound] < 0, number_of_fault(FAULTS[-1]), codes[sound])
    for row in np.flatnonzero(~sound & ~rows.missing & ~rows.unreadable).tolist():
        fault = coordinate_fault(float(rows.x[row]), float(rows.y[row]), task.given)
        codes[row] = number_of_fault(fault.code if fault else FAULTS[-1])
    codes[rows.unreadable] = number_of_fault("coordinate-unreadable")
    codes[rows.missing] = number_of_fault("coordinate-missing")
    return codes


def storage_lonlat(task: Task, rows: Coordinates, codes: Ints) -> tuple[Floats, Floats]:
    """Return degrees of EPSG:4490 of each row, NaN where there is no answer."""
    lon, lat = np.full(len(codes), np.nan), np.full(len(codes), np.nan)
    placed = codes >= 0
    lon[placed], lat[placed] = to_storage_xy(rows.x[placed], rows.y[placed], task.given)
    return lon, lat


def fault_texts(lang: Lang) -> list[str]:
    """Return each fault in a few words, its code first for programs: ``coordinate-missing …``."""
    return [f"{code} {say(f'bulk-{code}', lang).message}" for code in FAULTS]


class Tally:
    """How many rows there were, and how many of each answer and of each fault."""

    def __init__(self) -> None:
        self._answers: Ints = np.zeros(0, np.int64)
        self._faults: Ints = np.zeros(len(FAULTS), np.int64)

    def add(self, codes: Ints) -> None:
        """Count rows."""
        self._faults += np.bincount(-1 - codes[codes < 0], minlength=len(FAULTS))
        counted = np.bincount(codes[codes >= 0], minlength=len(self._answers))
        counted[: len(self._answers)] += self._answers
        self._answers = counted

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return int(self._answers.sum() + self._faults.sum())

    def summary(self, answers: list[Answer]) -> dict[str, object]:
        """Return rows, rows at fault, rows of each zone (``null``: in none) and of each fault."""
        zones: dict[str | None, int] = {}
        for answer, count in zip(answers, self._answers.tolist(), strict=False):
            if count:
                zones[answer.zone_id] = zones.get(answer.zone_id, 0) + count
        faults = dict(zip(FAULTS, self._faults.tolist(), strict=True))
        outside = zones.pop(None, 0)
        return {
            "rows": self.rows,
            "rows_at_fault": int(self._faults.sum()),
            "outside_zones": outside,
            "zones": dict(sorted(zones.items(), key=lambda item: -item[1])),
            "faults": {code: count for code, count in faults.items() if count},
        }
