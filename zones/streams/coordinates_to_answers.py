"""Coordinates as given -> the number of each row's answer, or of what is wrong with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from zones.crs.transform import CRS, believable_xy, coordinate_fault, to_storage_xy
from zones.formats.csv.row_remarks import Findings, merged, problems_of
from zones.lookup.bulk_locator import Bools, BulkAnswer, BulkLocator, Floats, Ints
from zones.lookup.containing_features import CollectionMembers
from zones.messages import Lang, say
from zones.model import Problem
from zones.streams.answer_column_names import ColumnSelection

FAULTS: Final = (
    "coordinate-missing",
    "coordinate-unreadable",
    "coordinate-not-of-point",
    "coordinate-not-finite",
    "coordinate-swapped",
    "coordinate-axes-swapped",
    "coordinate-other-crs",
    "coordinate-without-zone",
    "coordinate-in-degrees",
    "coordinate-other-zone",
    "coordinate-out-of-range",
    "row-too-wide",
    "row-quote-open",
    "coordinate-other-srid",
)
"""What may be wrong with a row; fault i is numbered ``-1 - i`` where answers count from 0."""
_OUT_OF_RANGE: Final = "coordinate-out-of-range"
MOST_FIELDS: Final = 4096
"""Columns of a table, with those within columns."""


@dataclass(frozen=True, slots=True)
class PointQuestion:
    """What is asked of a stream of points.

    ``crs`` is the system of its coordinates, ``lang`` the language of its faults; ``members``
    are the further collections of ``columns.members``, in that order.
    """

    locator: BulkLocator
    crs: CRS
    columns: ColumnSelection = field(default_factory=ColumnSelection)
    lang: Lang = "zh"
    members: tuple[CollectionMembers, ...] = ()


@dataclass(frozen=True, slots=True)
class Coordinates:
    """x and y of n rows as given; NaN where ``missing`` or ``unreadable``.

    ``faults`` are the numbers of what is wrong with whole rows, 0 where nothing is; ``findings``
    tell how numbers are written that are not written plainly.
    """

    x: Floats
    y: Floats
    missing: Bools
    unreadable: Bools
    faults: Ints | None = None
    findings: Findings = field(default_factory=dict)

    def part(self, begin: int, end: int) -> "Coordinates":
        """Return the rows from ``begin`` to below ``end``."""
        rows = slice(begin, end)
        faults = None if self.faults is None else self.faults[rows]
        return Coordinates(
            self.x[rows], self.y[rows], self.missing[rows], self.unreadable[rows], faults
        )


def number_of_fault(code: str) -> int:
    """Return the number of a fault: -1 for the first."""
    return -1 - FAULTS.index(code)


def place(task: PointQuestion, rows: Coordinates) -> Ints:
    """Return for each row the position of its answer, or the number of its fault."""
    sound = believable_xy(rows.x, rows.y, task.crs)
    if sound.all() and rows.faults is None:  # as most tables are: nothing to be put together
        return _codes(task, rows.x, rows.y)
    codes = np.empty(len(rows.x), np.int64)
    codes[sound] = _codes(task, rows.x[sound], rows.y[sound])
    for row in np.flatnonzero(~sound & ~rows.missing & ~rows.unreadable).tolist():
        fault = coordinate_fault(float(rows.x[row]), float(rows.y[row]), task.crs)
        codes[row] = number_of_fault(fault.code if fault else _OUT_OF_RANGE)
    codes[rows.unreadable] = number_of_fault("coordinate-unreadable")
    codes[rows.missing] = number_of_fault("coordinate-missing")
    return codes if rows.faults is None else np.where(rows.faults, rows.faults, codes)


def _codes(task: PointQuestion, x: Floats, y: Floats) -> Ints:
    """Return the positions of the answers to believable pairs."""
    codes = task.locator.codes(*to_storage_xy(x, y, task.crs))
    # The projection has no place for some pairs that are in its range.
    codes[codes < 0] = number_of_fault(_OUT_OF_RANGE)
    return codes


def storage_lonlat(task: PointQuestion, rows: Coordinates, codes: Ints) -> tuple[Floats, Floats]:
    """Return degrees of EPSG:4490 of each row, NaN where there is no answer."""
    lon, lat = np.full(len(codes), np.nan), np.full(len(codes), np.nan)
    placed = codes >= 0
    lon[placed], lat[placed] = to_storage_xy(rows.x[placed], rows.y[placed], task.crs)
    return lon, lat


def fault_texts(lang: Lang) -> list[str]:
    """Return each fault in a few words, its code first for programs: ``coordinate-missing …``."""
    return [f"{code} {say(f'bulk-{code}', lang).message}" for code in FAULTS]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows lie in each zone (by their primary one), in none, and are at fault.

    ``notes`` tell how the table was read, ``findings`` what was found in rows on the way.
    """

    zones: Mapping[str | None, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    findings: Findings = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return sum(self.zones.values()) + self.rows_at_fault

    @property
    def rows_at_fault(self) -> int:
        """How many rows could not be answered."""
        return sum(self.faults.values())

    def __add__(self, other: "Summary") -> "Summary":
        """Return the counts of these rows and of those that follow them."""
        zones, faults = Counter(self.zones), Counter(self.faults)
        return Summary(
            zones + Counter(other.zones),
            faults + Counter(other.faults),
            (*self.notes, *(note for note in other.notes if note not in self.notes)),
            merged(self.findings, other.findings, rows=self.rows),
        )

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What to tell people of how the table was read."""
        return (*self.notes, *problems_of(self.findings))

    def as_json(self) -> dict[str, object]:
        """Return the JSON values, the zone with most rows first."""
        zones = {zone: count for zone, count in self.zones.items() if zone is not None}
        return {
            "rows": self.rows,
            "rows_at_fault": self.rows_at_fault,
            "outside_zones": self.zones.get(None, 0),
            "zones": dict(sorted(zones.items(), key=lambda item: (-item[1], item[0]))),
            "faults": dict(self.faults),
            "notes": [note_json(note) for note in self.remarks],
        }


def note_json(note: Problem) -> dict[str, str | None]:
    """Return the JSON values of a note: its code, and what it says in Chinese and English."""
    zh, en = (say(note.code, lang, **note.params) for lang in ("zh", "en"))
    return {
        "code": note.code,
        "message": zh.message,
        "hint": zh.hint or None,
        "message_en": en.message,
        "hint_en": en.hint or None,
    }


class Tally:
    """How many rows there were so far of each answer and of each fault."""

    def __init__(self) -> None:
        self._answers: Ints = np.zeros(0, np.int64)
        self._faults: Ints = np.zeros(len(FAULTS), np.int64)
        self.notes: tuple[Problem, ...] = ()
        self._findings: Findings = {}

    def add(self, codes: Ints, findings: Findings | None = None) -> None:
        """Count rows, and what was found in them."""
        if findings:
            self._findings = merged(self._findings, findings, rows=self.rows)
        self._faults += np.bincount(-1 - codes[codes < 0], minlength=len(FAULTS))
        counted = np.bincount(codes[codes >= 0], minlength=len(self._answers))
        counted[: len(self._answers)] += self._answers
        self._answers = counted

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return int(self._answers.sum() + self._faults.sum())

    def summary(self, answers: Sequence[BulkAnswer]) -> Summary:
        """Return the counts by zone and by fault; ``answers`` are those of the locator."""
        zones: Counter[str | None] = Counter()
        for answer, count in zip(answers, self._answers.tolist(), strict=False):
            zones[answer.zone_id] += count
        faults = dict(zip(FAULTS, self._faults.tolist(), strict=True))
        counted = {code: count for code, count in faults.items() if count}
        return Summary(+zones, counted, self.notes, dict(self._findings))

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What to tell people of how the table was read, as far as it is."""
        return (*self.notes, *problems_of(self._findings))
