"""In which order features come: by the values of their properties, as many as are named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.model import JSON
from zones.snapshot.collection import Collection

Indices = NDArray[np.int64]

MISSING: Final = -1
FID: Final = "id"


@dataclass(frozen=True, slots=True)
class SortKey:
    """A property to sort by; ``descending`` turns its order round."""

    name: str
    descending: bool = False


def in_order(collection: Collection, positions: Indices, keys: Sequence[SortKey]) -> Indices:
    """Return the positions sorted by the first key, equals by the next, then as they were.

    False comes before true, both before numbers, these before texts, which are compared by
    code points. Features without the property come last in either direction, as do those whose
    value is a list or an object.
    """
    if not keys:
        return positions
    columns = [_key_column(collection, key)[positions] for key in reversed(keys)]
    order: Indices = positions[np.lexsort(columns)]
    return order


def _key_column(collection: Collection, key: SortKey) -> Indices:
    ranks = collection.derived(_ranks_by(key.name))
    last = len(collection)
    turned = last - 1 - ranks if key.descending else ranks
    return np.where(ranks == MISSING, last, turned)


# A collection remembers what was derived from it by the function that derives it: one for each
# property's name. Forgetting a function costs the ranks being worked out once more.
@lru_cache(maxsize=1000)
def _ranks_by(name: str) -> Callable[[Collection], Indices]:
    return lambda collection: _ranks(_values(collection, name))


def _values(collection: Collection, name: str) -> Sequence[JSON]:
    if name == FID and not collection.has_name(FID):
        return collection.fids
    return collection.values(name)


def _ranks(values: Sequence[JSON]) -> Indices:
    """Return for each value how many different ones are before it; -1 for what has no order."""
    keys = [_comparable(value) for value in values]
    rank = {key: i for i, key in enumerate(sorted({key for key in keys if key is not None}))}
    return np.array([MISSING if key is None else rank[key] for key in keys], np.int64)


def _comparable(value: JSON) -> tuple[int, float | str] | None:
    if isinstance(value, bool):
        return 0, value
    if isinstance(value, int | float):
        return 1, value
    return (2, value) if isinstance(value, str) else None
