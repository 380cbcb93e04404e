"""Whether the seed is consistent: files, geometry, borders, references, figures, witnesses."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from zones.errors import SeedError
from zones.geojson.figure_rounding import shown
from zones.messages import say
from zones.model import Problem
from zones.plan.border_witnesses import (
    WitnessedBorder,
    check_witnesses,
    read_witnesses,
    witnessed_borders,
)
from zones.plan.planned_and_measured import ElementMeasure, areas_table
from zones.plan.seed import SEED_COLLECTIONS, read_seed
from zones.plan.seed_checks.features import check_features
from zones.plan.seed_checks.references import check_lengths, check_references
from zones.plan.seed_checks.tiling import check_tiling
from zones.plan_text import load_plan
from zones.snapshot.model import snapshot_from

# Geometry with one of these faults can be neither measured nor laid over another.
_UNSOUND = {"check-kind", "check-not-plane", "check-invalid", "check-elsewhere"}

_CHECKSUM_ROW = re.compile(r"^\| `(?P<file>[\w.]+)` \|.*\| `(?P<sum>[0-9a-f]{64})` \|$", re.M)


@dataclass(frozen=True)
class CheckReport:
    """What a check of the seed found; ``areas`` is empty if the seed could not be read.

    ``counts`` is the number of features of each collection that was read; ``witnessed`` names
    the nearest witnesses on both sides of each border between subdistricts.
    """

    problems: tuple[Problem, ...]
    areas: tuple[ElementMeasure, ...]
    counts: dict[str, int]
    witnessed: tuple[WitnessedBorder, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; notes and warnings do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return JSON values, every problem in the words of ``lang``."""
        return {
            "ok": self.ok,
            "problems": [asdict(p) | {"message": problem_message(p, lang)} for p in self.problems],
            "areas": [row.as_json() for row in self.areas],
            "counts": self.counts,
            "witnessed": shown([asdict(border) for border in self.witnessed]),
        }


def problem_message(problem: Problem, lang: str = "zh") -> str:
    """Return a problem of the seed in words."""
    return str(say(problem.code, lang, **problem.params))


def check_seed(seed_dir: Path) -> CheckReport:
    """Check the seed in a directory and return everything that is wrong with it.

    Nothing is raised for a fault of the data: a file that cannot be read is a problem as well.
    Checks that need what is missing, or sound geometry, are left out then.
    """
    seed_dir = Path(seed_dir)
    problems = list(_check_checksums(seed_dir))
    for info in SEED_COLLECTIONS:
        problems += check_features(seed_dir, info)
    try:
        plan, changes = load_plan(seed_dir), read_seed(seed_dir)
        witnesses = read_witnesses(seed_dir)
    except SeedError as fault:
        if not _found(problems, {"check-unreadable"}):
            params = {key: str(value) for key, value in fault.params.items()}
            problems.append(Problem("check-unreadable", {**params}))
        return CheckReport(tuple(problems), (), {})
    snapshot = snapshot_from(changes, plan)
    counts = {id_: len(collection) for id_, collection in snapshot.collections.items()}
    problems += check_references(snapshot)
    if _found(problems, _UNSOUND):
        return CheckReport(tuple(problems), (), counts)
    problems += [
        *check_lengths(snapshot),
        *check_tiling(snapshot),
        *check_witnesses(snapshot, witnesses),
    ]
    witnessed = witnessed_borders(snapshot, witnesses)
    return CheckReport(tuple(problems), snapshot.derived(areas_table), counts, witnessed)


def _found(problems: Iterable[Problem], codes: AbstractSet[str]) -> bool:
    return any(problem.code in codes for problem in problems)


def _check_checksums(seed_dir: Path) -> Iterator[Problem]:
    """Compare the files with the checksums that the README beside the seed states, if it does."""
    readme = seed_dir.parent / "README.md"
    if not readme.is_file():
        return
    for row in _CHECKSUM_ROW.finditer(readme.read_text(encoding="utf-8")):
        path = seed_dir / row["file"]
        if path.is_file() and sha256(path.read_bytes()).hexdigest() != row["sum"]:
            yield Problem("check-checksum", {"file": row["file"]}, severity="warning")
