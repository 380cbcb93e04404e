"""Search by name: Chinese and English names, aliases, codes, pinyin and its initials.

A feature's name is what the property that names its collection's features says, and ``name``.

Names are compared as letters and digits only, after NFKC and case folding, so that full-width
forms, capitals, blanks and punctuation do not matter. A name that equals the query comes before
one that begins with it, then one that contains it (an English one from the start of a word), then
one whose pinyin contains it from the start of a syllable, then one whose initials do. Among
equals names come before aliases, then collections in their order, then features as stored.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate, groupby
from typing import Any, Literal

from zones.model import CollectionInfo, Feature
from zones.properties.feature_name import NAME, feature_name
from zones.search.pinyin import Syllables, readings
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import name_of, point_on, text, texts
from zones.snapshot.uncertainty_circles import circle_m

Matched = Literal["name", "alias", "pinyin", "initials"]

LONGEST_QUERY = 100

_NOT_SEARCHED = frozenset({"evidence"})
"""Groups whose features bear the names of other things."""

# Ranks, best first; an alias has the rank after that of a name.
_EXACT, _PREFIX, _SUBSTRING, _PINYIN, _INITIALS = range(0, 10, 2)


@dataclass(frozen=True, slots=True)
class NameHit:
    """A feature found; ``matched`` tells by what, ``text`` which of its names it was.

    ``lon``, ``lat`` are a point on the feature in EPSG:4490, None if it has no geometry;
    ``circle_m`` is how far from there a place may lie that is known no better.
    """

    collection: str
    fid: str
    name: str
    name_en: str
    matched: Matched
    text: str
    lon: float | None
    lat: float | None
    circle_m: float | None

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; degrees to 7 decimals."""
        return {
            "collection": self.collection,
            "id": self.fid,
            "name": self.name,
            "name_en": self.name_en,
            "matched": self.matched,
            "text": self.text,
            "lon": None if self.lon is None else round(self.lon, 7),
            "lat": None if self.lat is None else round(self.lat, 7),
            "circle_m": self.circle_m,
        }


class NameIndex:
    """The names of a snapshot; made by ``build_name_index``, shared by all threads."""

    def __init__(self, collections: Iterable["CollectionNames"]) -> None:
        self._collections = list(collections)

    def search(self, query: str, limit: int = 20) -> list[NameHit]:
        """Return the features whose names match, best first, each once.

        A query without a letter, digit or character finds nothing; what goes beyond
        ``LONGEST_QUERY`` characters of it is not looked at.
        """
        folded_query = folded(query[:LONGEST_QUERY])
        best: dict[tuple[int, int], tuple[int, int]] = {}
        for place, names in enumerate(self._collections):
            for rank, entry in names.matches(folded_query) if folded_query else ():
                key = (place, names.entries[entry].position)
                best[key] = min(best.get(key, (rank, entry)), (rank, entry))
        found = nsmallest(limit, ((rank, key, entry) for key, (rank, entry) in best.items()))
        return [self._collections[place].hit(entry, rank) for rank, (place, _), entry in found]


def build_name_index(snapshot: Snapshot) -> NameIndex:
    """Return the index of a snapshot; use it as ``snapshot.derived(build_name_index)``.

    The names of a collection stay with it: a new revision costs only what it changed.
    """
    return NameIndex(
        collection.derived(CollectionNames)
        for collection in snapshot.collections.values()
        if collection.info.group not in _NOT_SEARCHED
    )


@dataclass(frozen=True, slots=True)
class SearchedName:
    """A name that a feature is found by, whether it is an alias, and the ways to read it."""

    text: str
    alias: bool
    readings: tuple[Syllables, ...]


def searched_names(snapshot: Snapshot) -> Iterator[tuple[NameHit, tuple[SearchedName, ...]]]:
    """Yield each feature that can be found, with its names: for a search that is done elsewhere."""
    for collection in snapshot.collections.values():
        if collection.info.group in _NOT_SEARCHED:
            continue
        index = collection.derived(CollectionNames)
        for _, group in groupby(enumerate(index.entries), lambda pair: pair[1].position):
            numbers, entries = zip(*group, strict=True)
            yield (
                index.hit(numbers[0], _EXACT),
                tuple(SearchedName(e.text, e.alias, tuple(readings(e.text))) for e in entries),
            )


def folded(name: str) -> str:
    """Return a name as names are compared.

    Examples
    --------
    >>> folded("Ｋ11 购物艺术中心（二期）")
    'k11购物艺术中心二期'
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, plain))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name of the feature at ``position``."""

    position: int
    text: str
    alias: bool


class CollectionNames:
    """The names of one collection, for ``collection.derived``."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.entries = [
            _Entry(position, name, alias)
            for position, feature in enumerate(collection)
            for name, alias in _names_of(feature, collection.info)
        ]
        read = [
            (i, syllables)
            for i, entry in enumerate(self.entries)
            for syllables in readings(entry.text)
        ]
        self._word_starts = [_word_starts(entry.text) for entry in self.entries]
        self._syllable_starts = [_starts(syllables) for _, syllables in read]
        self._read_entry = [entry for entry, _ in read]
        self._names = _Haystack(folded(entry.text) for entry in self.entries)
        self._sounds = _Haystack("".join(syllables) for _, syllables in read)
        self._initials = _Haystack("".join(s[0] for s in syllables) for _, syllables in read)

    def matches(self, query: str) -> Iterator[tuple[int, int]]:
        """Yield rank and position in ``entries`` of every match of a folded query."""
        for entry, start, whole in self._names.find(query):
            words = self._word_starts[entry]
            if words is None or start in words:
                rank = _EXACT if whole else _PREFIX if start == 0 else _SUBSTRING
                yield rank + self.entries[entry].alias, entry
        if query.isascii():
            for reading, start, _ in self._sounds.find(query):
                if start in self._syllable_starts[reading]:
                    entry = self._read_entry[reading]
                    yield _PINYIN + self.entries[entry].alias, entry
            for reading, _, _ in self._initials.find(query):
                entry = self._read_entry[reading]
                yield _INITIALS + self.entries[entry].alias, entry

    def hit(self, entry: int, rank: int) -> NameHit:
        """Return the hit for a match."""
        found = self.entries[entry]
        fid = self._collection.fids[found.position]
        feature = self._collection.feature(fid)
        point = point_on(feature.geometry)
        return NameHit(
            collection=self._collection.info.id,
            fid=fid,
            name=name_of(feature, self._collection.info),
            name_en=text(feature.properties, "name_en") or "",
            matched=_matched(rank, alias=found.alias),
            text=found.text,
            lon=point and point[0],
            lat=point and point[1],
            circle_m=circle_m(feature.geometry, feature.properties),
        )


class _Haystack:
    """Many texts as one, so that one scan in C finds a query in all of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        listed = list(texts)
        self._all = "\n".join(listed)
        self._lengths = [len(each) for each in listed]
        self._starts = [0, *accumulate(length + 1 for length in self._lengths)]

    def find(self, query: str) -> Iterator[tuple[int, int, bool]]:
        """Yield every occurrence: which text, where in it, and whether it is the whole text."""
        at = self._all.find(query)
        while at >= 0:
            i = bisect_right(self._starts, at) - 1
            yield i, at - self._starts[i], len(query) == self._lengths[i]
            at = self._all.find(query, at + 1)


def _names_of(feature: Feature, info: CollectionInfo) -> Iterator[tuple[str, bool]]:
    """Yield each name of a feature and whether it is an alias, as codes are."""
    properties = feature.properties
    name = feature_name(properties, info.title_field) if info.title_field else None
    names = dict.fromkeys((name, text(properties, NAME), text(properties, "name_en")))
    yield from ((each, False) for each in names if each)
    for alias in (
        *texts(properties, "aliases"),
        text(properties, "name_verbatim"),
        text(properties, "code"),
    ):
        if alias and alias not in (name, properties.get(NAME)):
            yield alias, True


def _word_starts(name: str) -> frozenset[int] | None:
    """Return where words begin in a folded name; None if one may look anywhere in it."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _starts(re.findall(r"[^\W_]+", plain)) if plain.isascii() else None


def _starts(parts: Iterable[str]) -> frozenset[int]:
    return frozenset([0, *accumulate(map(len, parts))])


def _matched(rank: int, *, alias: bool) -> Matched:
    if rank >= _PINYIN:
        return "pinyin" if rank < _INITIALS else "initials"
    return "alias" if alias else "name"
