"""Whole numbers that stand for features where a program takes nothing else: Esri's OBJECTID.

A feature has the same number in every revision, however often it ends and comes back: its own
id where that is such a number, else one made of its id. Where two ids want one number, that which
the store saw first has it for good, and the other the next that is free. The store forgets no id,
so that every worker finds the same numbers in it, now and later.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.snapshot.collection import Collection

OBJECTID: Final = "OBJECTID"
HIGHEST: Final = 2**31 - 1
_LONGEST: Final = len(str(HIGHEST))


def object_ids(collection: Collection) -> NDArray[np.int64]:
    """Return the number of each feature, distinct, from 1 to 2^31 - 1.

    Raises
    ------
    StoreError
        If the ids of former revisions cannot be read.
    """
    first = dict(collection.first_revisions())
    numbers = _numbers(sorted(first, key=lambda fid: (first[fid], fid)))
    return np.array([numbers[fid] for fid in collection.fids], np.int64)


def _numbers(fids: Iterable[str]) -> dict[str, int]:
    """Return the number of each id; an earlier one goes before a later."""
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for fid in fids:
        number = number_of_id(fid)
        while number in taken:
            number = number % HIGHEST + 1
        taken.add(number)
        numbers[fid] = number
    return numbers


def number_of_id(fid: str) -> int:
    """Return the number that a feature has unless one with another id has it already."""
    if fid.isascii() and fid.isdigit() and fid[0] != "0" and len(fid) <= _LONGEST:
        number = int(fid)
        if number <= HIGHEST:
            return number
    return int.from_bytes(blake2b(fid.encode(), digest_size=4).digest()) % HIGHEST + 1
