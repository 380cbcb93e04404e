"""Work on many geometries a slice at a time, so that other threads have their turn.

Most calls of shapely keep the interpreter until they have done everything: a tenth of a second for
two million vertices, in which the event loop stands still.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

Objects = NDArray[np.object_]

AT_ONCE: Final = 20_000
"""Vertices to be worked on without a pause: some milliseconds."""


def slices(sizes: NDArray[Any], most: int = AT_ONCE) -> Iterator[slice]:
    """Yield parts of a row of things, each of at most so much in all, or of one thing alone."""
    begin = total = 0
    for i, size in enumerate(sizes.tolist()):
        if total and total + size > most:
            yield slice(begin, i)
            begin, total = i, 0
        total += size + 1
    if begin < len(sizes):
        yield slice(begin, len(sizes))


def sliced(
    work: Callable[[Objects], Any], things: Objects, sizes: NDArray[Any] | None = None
) -> Objects:
    """Return what ``work`` makes of each thing, as if called once with all.

    Parameters
    ----------
    sizes
        Vertices of each, where they are no geometries yet.
    """
    counts = shapely.get_num_coordinates(things) if sizes is None else sizes
    made = np.empty(len(things), dtype=object)
    for part in slices(counts):
        made[part] = work(things[part])
    return made
