"""What a tile may hold at most, and what is left out of one that would hold more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from zones.ragged_arrays import Flags, Integers
from zones.tiles.paths import Floats

_SCATTER: Final = np.uint32(2654435769)  # 2^32 divided by the golden ratio


@dataclass(frozen=True, slots=True)
class TileLimits:
    """What a tile may hold at most.

    Where there is more, the largest features are kept (by the longer side of their bounds; those
    of one size, as points, by a scattered but constant order), so that what is missing is what
    is least seen. Before that, from ``overview_bytes`` on, small features are counted in cells
    instead of drawn. A feature that alone takes more bytes than a tile may is left out.
    """

    max_features: int = 100_000
    max_bytes: int = 8 * 1024 * 1024
    overview_bytes: int = 300_000


class Candidates(NamedTuple):
    """Features of one kind: how large each is on the grid, and its place in the collection."""

    room: Floats
    feature: Integers


def largest(candidates: Sequence[Candidates], most: int) -> list[Flags]:
    """Return for each kind which features are among the largest of all kinds together."""
    return _split(_largest_first(candidates)[:most], candidates)


def largest_that_fit(candidates: Sequence[Candidates], sizes: Integers, budget: int) -> list[Flags]:
    """Return for each kind which features fit, the largest first.

    Parameters
    ----------
    sizes
        Bytes that each feature takes, of all kinds one after the other.
    """
    order = _largest_first(candidates)
    order = order[sizes[order] <= budget]
    return _split(order[np.cumsum(sizes[order]) <= budget], candidates)


def _largest_first(candidates: Sequence[Candidates]) -> Integers:
    """Return the order of all, from the largest to the smallest, equals scattered."""
    room = np.concatenate([one.room for one in candidates])
    feature = np.concatenate([one.feature for one in candidates])
    order: Integers = np.lexsort((feature.astype(np.uint32) * _SCATTER, -room))
    return order


def _split(chosen: Integers, candidates: Sequence[Candidates]) -> list[Flags]:
    counts = np.array([len(one.feature) for one in candidates])
    flags = np.zeros(counts.sum(), dtype=bool)
    flags[chosen] = True
    return np.split(flags, np.cumsum(counts)[:-1])
