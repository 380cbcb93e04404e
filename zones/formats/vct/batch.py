"""Features of a VCT as they are gathered, and what has to be told of them."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry.base import BaseGeometry

from zones.model import JSON, Problem
from zones.source.model import SourceBatch

_MOST_FEATURES, _MOST_VERTICES = 2000, 200_000


@dataclass(slots=True)
class Batch:
    """Some features, one list for each of their sides."""

    numbers: list[int] = field(default_factory=list)
    geometries: list[BaseGeometry | None] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    properties: list[dict[str, JSON]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    vertices: int = 0
    flattened: int = 0
    _counts: Counter[str] = field(default_factory=Counter)
    _firsts: dict[str, tuple[int, int]] = field(default_factory=dict)
    _misfits: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether it is time to hand it on."""
        return len(self.numbers) >= _MOST_FEATURES or self.vertices >= _MOST_VERTICES

    def count(self, code: str, fid: int) -> None:
        """Count what is told once of all features that it concerns."""
        self._counts[code] += 1
        self._firsts.setdefault(code, (self.numbers[-1], fid))

    def misfit(self, name: str, params: dict[str, JSON]) -> None:
        """Tell of a value that is not of the type of its column, once for each."""
        if name not in self._misfits:
            self._misfits.add(name)
            number = self.numbers[-1]
            self.problems.append(
                Problem("vct-value-as-text", params, "note", feature=number, field=name)
            )

    def finished(self) -> SourceBatch:
        """Return the features with what is to be told of them."""
        remarks = [
            Problem(code, {"count": self._counts[code], "id": fid}, "warning", feature=number)
            for code, (number, fid) in self._firsts.items()
        ]
        return SourceBatch(
            np.array(self.numbers, np.int64),
            np.array([*self.geometries, None], dtype=object)[:-1],
            list(self.ids),
            self.properties,
            (*self.problems, *remarks),
            self.flattened,
        )
