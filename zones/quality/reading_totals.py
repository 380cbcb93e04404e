"""What adds up while a file is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zones.model import Problem

MOST_PROBLEMS = 1000
_MOST_REMARKS = 200  # warnings and notes


@dataclass(slots=True)
class Problems:
    """Problems counted by severity; the first of each are kept."""

    shown: list[Problem] = field(default_factory=list)
    errors: int = 0
    remarks: int = 0

    def add(self, problems: Sequence[Problem]) -> None:
        """Count the problems, and keep them while there is room."""
        for problem in problems:
            if problem.severity == "error":
                self.errors += 1
                keep = self.errors <= MOST_PROBLEMS
            else:
                self.remarks += 1
                keep = self.remarks <= _MOST_REMARKS
            if keep:
                self.shown.append(problem)


@dataclass(slots=True)
class Totals:
    """What adds up over the batches."""

    features: int = 0
    vertices: int = 0
    without: int = 0
    flattened: int = 0
    repaired: int = 0
    far: int = 0
    first_far: tuple[int, float, float] | None = None
    types: dict[str, int] = field(default_factory=dict)
    located: tuple[float, float, float, float] | None = None
