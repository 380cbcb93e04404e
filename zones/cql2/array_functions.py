"""Lists as sets: what the functions ``A_`` compare."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zones.cql2.columns import element
from zones.cql2.instants import written
from zones.cql2.spatial_and_temporal_relations import relate_sets
from zones.cql2.value_arrays import Bools, Objects, Sets, Truth, Values, decided, objects, spread
from zones.model import JSON


def sets_of_members(members: Sequence[Values]) -> Sets:
    """Return the sets that these members make, row by row; none where a member is null.

    One row if all members are constants.
    """
    count = max((len(each.present) for each in members), default=1)
    places: dict[frozenset[object], int] = {}
    codes = np.full(count, -1, np.int32)
    columns = [_rows(each, count) for each in members]
    for row, elements in enumerate(zip(*columns, strict=True) if columns else [()]):
        if None not in elements:
            codes[row] = places.setdefault(frozenset(map(element, elements)), len(places))
    return Sets(tuple(places), codes)


def relate_lists(op: str, left: Sets, right: Sets) -> Truth:
    """Return the relation row by row, each distinct pair being looked at once."""
    known = (left.codes >= 0) & (right.codes >= 0)
    width = len(right.sets) + 1
    pairs = left.codes.astype(np.int64) * width + right.codes
    distinct, places = np.unique(np.where(known, pairs, -1), return_inverse=True)
    found = [
        pair >= 0 and relate_sets(op, left.sets[pair // width], right.sets[pair % width])
        for pair in distinct.tolist()
    ]
    return decided(np.array(found, bool)[places], known)


def _rows(values: Values, count: int) -> list[JSON]:
    """Return numbers, texts, truth and instants row by row; None where a row holds none."""
    found = objects([None] * count)
    if values.numbers is not None:
        _fill(found, values.numbers.known, objects(values.numbers.exact()))
    if values.texts is not None:
        texts = spread(values.texts.words.array, values.texts.codes, gap=None)
        _fill(found, values.texts.known, texts)
    if values.truth is not None:
        _fill(found, values.truth.yes | values.truth.no, values.truth.yes)
    if values.times is not None:
        _fill(found, values.times.known, objects(written(values.times)))
    rows: list[JSON] = found.tolist()
    return rows


def _fill(found: Objects, known: Bools, elements: NDArray[Any]) -> None:
    places = np.broadcast_to(known, found.shape)
    found[places] = np.broadcast_to(elements, found.shape)[places]
