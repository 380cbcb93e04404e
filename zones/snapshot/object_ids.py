"""Whole numbers that stand for features where a program takes nothing else: Esri's OBJECTID.

A feature has the same number in every revision: its own id where all ids of the collection are
such numbers, else one made of its id alone. Two ids in 2^31 that would have one number are told
apart by the order of the ids; only if the first of such a pair is deleted does the other's change
(nine pairs in 200,000 features).
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.snapshot.collection import Collection

OBJECTID: Final = "OBJECTID"
HIGHEST: Final = 2**31 - 1
_LONGEST: Final = len(str(HIGHEST))


def object_ids(collection: Collection) -> NDArray[np.int64]:
    """Return the number of each feature, distinct, from 1 to 2^31 - 1."""
    own = _own(collection.fids)
    return own if own is not None else _made(collection.fids)


def _own(fids: Sequence[str]) -> NDArray[np.int64] | None:
    if not all(f.isascii() and f.isdigit() and f[0] != "0" and len(f) <= _LONGEST for f in fids):
        return None
    numbers = np.array([int(fid) for fid in fids], np.int64)
    return numbers if int(numbers.max(initial=0)) <= HIGHEST else None


def _made(fids: Sequence[str]) -> NDArray[np.int64]:
    wanted = [int.from_bytes(blake2b(fid.encode(), digest_size=4).digest()) for fid in fids]
    numbers = np.array(wanted, np.int64) % HIGHEST + 1
    if len(np.unique(numbers)) == len(fids):
        return numbers
    taken: set[int] = set()
    for i in sorted(range(len(fids)), key=lambda i: fids[i]):
        number = int(numbers[i])
        while number in taken:
            number = number % HIGHEST + 1
        taken.add(number)
        numbers[i] = number
    return numbers
