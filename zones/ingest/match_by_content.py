"""Which features of a file are those that are stored, whatever their order in it.

By a key field where there is one, else by what features hold and where they lie: equal in all;
of the same shape; with the same properties, where these tell one feature from all others; or a
polygon that has more than half of its area in common with one stored.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import Final

import numpy as np
import shapely

from zones.ingest.diff_with_stored import plain_shape, properties_text, wkb_of
from zones.ingest.wire_features import ReadFeature
from zones.model import Feature
from zones.quality.identifiers import as_id

_COMMON: Final = 0.5
_MOSTLY: Final = 0.5
_POLYGON: Final = 2


def ids_by_key(keys: Sequence[str], current: Sequence[Feature], *, prop: str | None) -> list[str]:
    """Return the id of each feature of a file, by its value in the key field.

    Where the stored ids are not the values of ``prop``, the property that the key field becomes,
    features keep the ids that they have, and new ones go on counting or take their value.
    """
    known = _ids_by_value(current, prop)
    if known is None:
        return list(keys)
    taken = {feature.fid for feature in current}
    are_counted = all(map(_is_number, taken))
    following = running_numbers(current)
    ids = []
    for key in keys:
        fid = known.get(key) or (next(following) if are_counted or key in taken else key)
        taken.add(fid)
        ids.append(fid)
    return ids


def _ids_by_value(current: Sequence[Feature], prop: str | None) -> dict[str, str] | None:
    """Return stored ids by the value of a property; None where they are its values, or it has none.

    Values that several stored features have name none of them.
    """
    if prop is None:
        return None
    valued = [(feature.fid, as_id(feature.properties.get(prop))) for feature in current]
    found = [(fid, value) for fid, value in valued if value is not None]
    if not found or sum(fid == value for fid, value in found) > _MOSTLY * len(found):
        return None
    times = Counter(value for _, value in found)
    return {value: fid for fid, value in found if times[value] == 1}


def running_numbers(current: Sequence[Feature]) -> Iterator[str]:
    """Yield ids that no stored feature has, counting on after the highest number among these."""
    numbers = [int(item.fid) for item in current if _is_number(item.fid)]
    return map(str, count(max(numbers, default=0) + 1))


def _is_number(fid: str) -> bool:
    return fid.isascii() and fid.isdigit()


def ids_by_content(features: Sequence[ReadFeature], current: Sequence[Feature]) -> list[str | None]:
    """Return the stored id that each feature of a file has, None for those not found again.

    No id is given twice. Of several that are equal in all, the first goes to the first.
    """
    matching = _Matching(features, current)
    matching.by_shape(lambda each: (wkb_of(each.geometry), properties_text(each.properties)))
    matching.by_shape(lambda each: (_shape(each), properties_text(each.properties)))
    matching.by_shape(_shape)
    matching.by_properties()
    matching.by_common_area()
    return matching.ids


Either = ReadFeature | Feature


def _content_key(feature: Either) -> bytes | None:
    return properties_text(feature.properties) if feature.properties else None


def _shape(feature: Either) -> bytes | None:
    geometry = feature.geometry
    return None if geometry is None else wkb_of(plain_shape(geometry))


class _Matching:
    """Pairs features step by step; each step looks at those that the ones before left over."""

    def __init__(self, features: Sequence[ReadFeature], current: Sequence[Feature]) -> None:
        self._features, self._current = features, current
        self.ids: list[str | None] = [None] * len(features)
        self._new = list(range(len(features)))
        self._stored = list(range(len(current)))

    def by_shape(self, key_of: Callable[[Either], Hashable]) -> None:
        """Pair features of equal keys that mean equal shapes: most others differ in bounds."""
        if not (self._new and self._stored):
            return
        new, stored = self._bounds
        both = {*map(stored.__getitem__, self._stored)}.intersection(new)
        self._pair_equal(
            key_of,
            [place for place in self._new if new[place] in both],
            [place for place in self._stored if stored[place] in both],
        )

    @cached_property
    def _bounds(self) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
        return _bounds(self._features), _bounds(self._current)

    def by_properties(self) -> None:
        """Pair features whose properties no other has; equal ones have the same names."""
        names = {frozenset(self._current[place].properties) for place in self._stored}
        alike = [
            place for place in self._new if frozenset(self._features[place].properties) in names
        ]
        if alike:
            self._pair_equal(_content_key, alike, self._stored, one=True)

    def _pair_equal(
        self,
        key_of: Callable[[Either], Hashable],
        new: Sequence[int],
        stored_places: Sequence[int],
        *,
        one: bool = False,
    ) -> None:
        """Pair features of equal keys, in their order; with ``one`` only where no other has it."""
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for place in stored_places:
            waiting[key_of(self._current[place])].append(place)
        keys = [key_of(self._features[place]) for place in new]
        times = Counter(keys) if one else Counter[Hashable]()
        pairs = []
        for place, key in zip(new, keys, strict=True):
            stored = waiting.get(key)
            if key is None or not stored or (one and (times[key] > 1 or len(stored) > 1)):
                continue
            pairs.append((place, stored.popleft()))
        self._pair(pairs)

    def by_common_area(self) -> None:
        """Pair polygons that have more in common than either has besides."""
        if not (self._new and self._stored):
            return
        new = _areas([self._features[place] for place in self._new])
        stored = _areas([self._current[place] for place in self._stored])
        ones, others = shapely.STRtree(stored).query(new)
        sizes = shapely.area(new)[ones], shapely.area(stored)[others]
        # What has more in common than besides is not half as large as the other.
        alike = np.minimum(*sizes) >= _COMMON * np.maximum(*sizes)
        ones, others = ones[alike], others[alike]
        common = shapely.area(shapely.intersection(new[ones], stored[others]))
        whole = sizes[0][alike] + sizes[1][alike] - common
        shares = np.divide(common, whole, out=np.zeros_like(common), where=whole > 0)
        used: set[tuple[str, int]] = set()
        pairs = []
        for at in np.argsort(-shares, kind="stable"):
            if shares[at] <= _COMMON:
                break
            ends = ("new", int(ones[at])), ("stored", int(others[at]))
            if used.isdisjoint(ends):
                used.update(ends)
                pairs.append((self._new[ends[0][1]], self._stored[ends[1][1]]))
        self._pair(pairs)

    def _pair(self, pairs: Sequence[tuple[int, int]]) -> None:
        for place, stored in pairs:
            self.ids[place] = self._current[stored].fid
        matched, gone = {place for place, _ in pairs}, {stored for _, stored in pairs}
        self._new = [place for place in self._new if place not in matched]
        self._stored = [place for place in self._stored if place not in gone]


def _bounds(features: Sequence[Either]) -> list[tuple[float, ...]]:
    """Return the bounds of each feature, equal where shapes are; infinite ones for no place."""
    bounds = shapely.bounds([feature.geometry for feature in features])
    # A zero has no sign here, since the order of vertices decides which of two is the least.
    return [*map(tuple, np.nan_to_num(bounds + 0.0, nan=np.inf).tolist())]


def _areas(features: Sequence[Either]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return the polygons among the geometries, None for others."""
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [feature.geometry for feature in features]
    shapes[shapely.get_dimensions(shapes) != _POLYGON] = None
    return shapes
