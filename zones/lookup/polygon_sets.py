"""Numbers for sets of polygons, so that what depends on the set is worked out once."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from zones.cover.grid_cover import Memberships

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Members = tuple[int, ...]

_BITS = 64


class PolygonSets:
    """Numbers each set of polygons that occurs, from 0 in the order of appearance.

    Never forgets; there are as many as the polygons' borders cut faces, edges and corners. Any
    number of threads may ask.
    """

    def __init__(self, polygons: int) -> None:
        self._weights = (
            None if polygons > _BITS else np.uint64(1) << np.arange(polygons, dtype="u8")
        )
        self._known: tuple[Words, Ints] = np.empty(0, np.uint64), np.empty(0, np.int64)
        self._numbers: dict[Members, int] = {}
        self._lock = Lock()

    def numbers(self, found: Memberships) -> Ints:
        """Return the number of each point's set."""
        if self._weights is None:
            return self._by_lists(found)
        sums = np.zeros(len(found.members) + 1, np.uint64)
        np.cumsum(self._weights[found.members], out=sums[1:])
        # Sums wrap around and so do their differences: what is left is a bit for each member.
        ends = sums[found.offsets]
        return self._by_masks(ends[1:] - ends[:-1], found)

    def members(self) -> list[Members]:
        """Return the sets by their numbers."""
        return list(self._numbers)

    def _by_masks(self, masks: Words, found: Memberships) -> Ints:
        known, numbers = self._known
        place = np.searchsorted(known, masks)
        if len(known) and np.array_equal(known.take(place, mode="clip"), masks):
            return numbers[place]
        new, first = np.unique(masks, return_index=True)
        each = self._numbered(found, first)
        with self._lock:
            known, at = np.unique(np.concatenate([self._known[0], new]), return_index=True)
            self._known = known, np.concatenate([self._known[1], each])[at]
        return each[np.searchsorted(new, masks)]

    def _by_lists(self, found: Memberships) -> Ints:
        """Tell sets apart member by member, for more polygons than a word has bits."""
        counts = found.counts()
        keys = np.zeros(len(counts), np.int64)
        for rank in range(int(counts.max(initial=0))):
            longer = counts > rank
            nth = np.where(longer, found.members.take(found.offsets[:-1] + rank, mode="clip"), -1)
            pairs = keys * (int(found.members.max()) + 2) + nth + 1
            keys = np.unique(pairs, return_inverse=True)[1]
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        return self._numbered(found, first)[which]

    def _numbered(self, found: Memberships, points: Ints) -> Ints:
        """Return the numbers of the sets of these points, new ones included."""
        listed = [tuple(found[point].tolist()) for point in points.tolist()]
        with self._lock:
            return np.array(
                [self._numbers.setdefault(members, len(self._numbers)) for members in listed],
                dtype=np.int64,
            )
