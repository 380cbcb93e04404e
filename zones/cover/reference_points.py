"""Which polygons hold the cells' reference points: spans of a row, and runs of equal cells."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zones.cover.cell_tables import Ints, Ints32, distinct, owned_ranges


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of cells, in row-major order, whose reference points lie in the same polygons.

    Run i begins at cell ``begin[i]``; its polygons, ascending, are
    ``members[offsets[i]:offsets[i + 1]]``. The first run begins at cell 0.
    """

    begin: Ints32
    offsets: Ints32
    members: Ints32

    def pairs_at(self, cells: Ints) -> int:
        """Return how many polygons hold the cells' reference points, all cells together."""
        return int(np.diff(self.offsets)[_last_up_to(cells, self.begin)].sum(dtype=np.int64))

    def members_at(self, cells: Ints) -> tuple[Ints, Ints]:
        """Return pairs: position in ``cells``, and each polygon holding its reference point."""
        run = _last_up_to(cells, self.begin)
        first = self.offsets[run].astype(np.int64)
        piece, at = owned_ranges(first, self.offsets[run + 1] - first)
        return piece, self.members[at].astype(np.int64)


@dataclass(frozen=True)
class Spans:
    """Cells of one row whose reference points lie in one polygon: from ``begin`` up to ``end``."""

    begin: Ints32
    end: Ints32
    polygon: Ints32

    @cached_property
    def cuts(self) -> Ints32:
        """Where anything begins or ends, ascending, from 0 on; between two cuts all is equal."""
        return distinct(np.concatenate([np.zeros(1, np.int32), self.begin, self.end]))

    @cached_property
    def _depths(self) -> Ints32:
        """How many spans lie over what follows each cut."""
        depths = np.zeros(len(self.cuts), np.int32)
        np.add.at(depths, np.searchsorted(self.cuts, self.begin), 1)
        np.subtract.at(depths, np.searchsorted(self.cuts, self.end), 1)
        return np.cumsum(depths, out=depths)

    def pairs(self) -> int:
        """Return how many members all runs have together."""
        return int(self._depths.sum(dtype=np.int64))

    def runs(self, polygons: int) -> Runs:
        """Return the runs from cut to cut."""
        first = np.searchsorted(self.cuts, self.begin)
        span, run = owned_ranges(first, np.searchsorted(self.cuts, self.end) - first)
        keys = run * polygons + self.polygon[span]
        keys.sort()
        members = (keys % max(polygons, 1)).astype(np.int32)
        offsets = np.zeros(len(self.cuts) + 1, np.int32)
        np.cumsum(self._depths, out=offsets[1:])
        return Runs(self.cuts, offsets, members)


def _last_up_to(cells: Ints, begin: Ints32) -> Ints:
    """Return for each cell the last place at which ``begin`` is not beyond it."""
    # In numbers of one size: the search would else copy the longer array each time.
    return np.searchsorted(begin, cells.astype(np.int32), side="right") - 1
