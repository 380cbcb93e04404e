"""Columns that name the features of further collections which hold each of many points."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.lookup.bulk_locator import Floats
from zones.lookup.containing_features import CollectionMembers
from zones.streams.answer_column_names import LIST_MARK


def member_cells(
    members: CollectionMembers,
    lon: Floats,
    lat: Floats,
    written: Callable[[str], str | bytes],
    kind: pa.DataType,
) -> pa.Array:
    """Return a cell for each point; ``written`` makes one of the text of its ids.

    Nearly all points lie in one feature or in none: those take a cell that is made once.
    """
    found = members.lookup(lon, lat)
    counts = found.counts()
    first = np.where(counts > 0, found.offsets[:-1], 0)
    positions = found.members[first] + 1 if len(found.members) else np.zeros(len(counts), np.int32)
    used, place = np.unique(np.where(counts == 1, positions, 0), return_inverse=True)
    single = [written("" if index == 0 else members.fids[index - 1]) for index in used.tolist()]
    cells = pa.array(single, kind).take(pa.array(place))
    several = np.flatnonzero(counts > 1)
    if not len(several):
        return cells
    texts = [written(_joined(members.fids, found[point].tolist())) for point in several.tolist()]
    return pc.replace_with_mask(cells, pa.array(counts > 1), pa.array(texts, kind))


def _joined(fids: Sequence[str], indices: Sequence[int]) -> str:
    return LIST_MARK.join(fids[index] for index in indices)
