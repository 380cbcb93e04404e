"""Runs of unequal length that lie one after the other in flat arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def offsets_of(counts: NDArray[Any]) -> Integers:
    """Return where each run begins, and at last where all end: one item more than ``counts``."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    counts.cumsum(out=offsets[1:])
    return offsets


def run_starts(values: NDArray[Any]) -> Integers:
    """Return where each run of equal values begins; 0 first, nothing of no values."""
    differs = np.empty(len(values), dtype=bool)
    differs[:1] = True
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs.nonzero()[0]


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return each number once, in order; none is NaN.

    ``np.unique`` does the same, but loads masked arrays first, at the start of every process.
    """
    ordered = np.sort(values)
    return ordered[run_starts(ordered)]


def ranges(starts: Integers, counts: Integers) -> Integers:
    """Return ``start, start + 1, ...`` of every run, run after run.

    >>> ranges(np.array([5, 20]), np.array([2, 3])).tolist()
    [5, 6, 20, 21, 22]
    """
    if not len(counts):
        return np.zeros(0, dtype=np.int64)
    ends = counts.cumsum()
    items = np.arange(ends[-1])
    items += (starts + counts - ends).repeat(counts)
    return items


def run_sums(values: NDArray[Any], offsets: Integers) -> NDArray[Any]:
    """Return the sum of each run; 0 of an empty one, for which ``np.add.reduceat`` lies."""
    total = np.zeros(len(values) + 1, dtype=values.dtype if values.dtype.kind == "f" else np.int64)
    values.cumsum(out=total[1:])
    sums: NDArray[Any] = total[offsets[1:]] - total[offsets[:-1]]
    return sums


def next_in_run(offsets: Integers) -> Integers:
    """Return for each item which one follows it in its run; the first follows the last."""
    following = np.arange(1, offsets[-1] + 1)
    filled = offsets[1:] > offsets[:-1]
    following[offsets[1:][filled] - 1] = offsets[:-1][filled]
    return following


def previous_in_run(offsets: Integers) -> Integers:
    """Return for each item which one goes before it in its run; the last goes before the first."""
    before = np.arange(-1, offsets[-1] - 1)
    filled = offsets[1:] > offsets[:-1]
    before[offsets[:-1][filled]] = offsets[1:][filled] - 1
    return before


def kept_offsets(keep: Flags, offsets: Integers) -> Integers:
    """Return the offsets of the runs once only the items in ``keep`` remain."""
    kept: Integers = offsets_of(keep)[offsets]
    return kept
