"""Which properties the features of a mapped collection have, without reading all of them."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np

from zones.segment_files.segment_rows import SegmentRows
from zones.snapshot.changes_over_segment import Overlay
from zones.snapshot.collection import Collection

_AT_ONCE: Final = 256


def names_of(segment: SegmentRows, overlay: Overlay, changed: Collection) -> tuple[str, ...]:
    """Return the names of all properties that any feature has, in the order of the features."""
    if overlay.is_plain:
        return segment.names
    firsts = dict(chain(_of_changed(overlay, changed), _of_rows(segment, overlay)))
    for name, place in _of_changed(overlay, changed):
        firsts[name] = min(firsts[name], place)
    return tuple(sorted(firsts, key=firsts.__getitem__))


def _of_changed(overlay: Overlay, changed: Collection) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each name that a changed feature has, and where it first occurs: feature, place."""
    firsts: dict[str, tuple[int, int]] = {}
    for position, properties in zip(overlay.of_changed.tolist(), changed.properties, strict=True):
        for place, name in enumerate(properties):
            firsts[name] = min(firsts.get(name, (position, place)), (position, place))
    return iter(firsts.items())


def _of_rows(segment: SegmentRows, overlay: Overlay) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the same of the rows that are features still."""
    hidden = overlay.hidden
    gone = Counter(chain.from_iterable(segment.properties(hidden)))
    for name, (count, row) in segment.occurrences.items():
        if count > gone[name]:
            yield name, _first_at(name, row, segment, overlay)


def _first_at(name: str, row: int, segment: SegmentRows, overlay: Overlay) -> tuple[int, int]:
    """Return where a name first occurs from a row on; it surely does."""
    while True:
        rows = np.arange(row, min(row + _AT_ONCE, len(segment)))
        places = overlay.places_of(rows)
        standing = rows[places >= 0]
        properties = segment.properties(standing)
        for position, each in zip(places[places >= 0].tolist(), properties, strict=True):
            if name in each:
                return position, [*each].index(name)
        row += _AT_ONCE
