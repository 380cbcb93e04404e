"""Where things stand by their ids, in two numbers of eight bytes each: a county has millions."""

from array import array
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray


class ById:
    """The places of things in a list by their ids; where an id repeats, the first.

    ``repeated`` is how many are passed over for that.
    """

    def __init__(self, ids: NDArray[np.int64]) -> None:
        order = np.argsort(ids, kind="stable")
        self._order = array("q", order.astype(np.int64).tobytes())
        self._sorted = array("q", ids[order].tobytes())
        self.repeated = int((np.diff(ids[order]) == 0).sum())

    def place(self, fid: int) -> int:
        """Return the place of an id in the list, -1 if it is not there."""
        at = bisect_left(self._sorted, fid)
        there = at < len(self._sorted) and self._sorted[at] == fid
        return self._order[at] if there else -1
