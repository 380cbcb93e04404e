"""Features as bytes of GeoJSON or GML, remembered for those asked for last, of all collections."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from zones.crs.transform import CRS
from zones.memory.bounded_cache import BoundedCache
from zones.model import JSON

DEFAULT_MAX_BYTES: Final = 256 * 2**20
TEXT_BYTES: Final = 130
"""What a text costs besides its bytes: its head, a place in the table, the number that finds it."""

QUICK_BYTES: Final = 100_000
"""Of text to be written: one to three milliseconds."""
VERTEX_BYTES: Final = 25
KNOWN_COST: Final = 16
"""So many times less work than to write a text is to copy it."""

Key = tuple[int, Hashable]
"""Which collection, and the form: the CRS of the coordinates for GeoJSON, more for GML."""


class EncodedFeatures:
    """Texts of one collection in one CRS, by the features' positions."""

    __slots__ = ("nbytes", "texts")

    def __init__(self, texts: Iterable[tuple[int, bytes]] = ()) -> None:
        self.texts: dict[int, bytes] = {}
        self.nbytes = 0
        self.add(texts)

    def add(self, texts: Iterable[tuple[int, bytes]]) -> None:
        """Add texts; two threads that add the same one write the same bytes."""
        for position, text in texts:
            if position not in self.texts:
                self.nbytes += len(text) + TEXT_BYTES
            self.texts[position] = text


ENCODED: Final = BoundedCache[Key, EncodedFeatures](DEFAULT_MAX_BYTES, lambda cached: cached.nbytes)
"""Of all collections of this process, former revisions' too; the application sets its bound."""
_GONE: Final = deque[int]()
_FORMS: Final[dict[int, set[Hashable]]] = {}


def texts_of(
    key: Key, positions: list[int], encode: Callable[[list[int]], list[bytes]]
) -> list[bytes]:
    """Return the texts of the features at these positions; ``encode`` makes those not kept."""
    cached = ENCODED.get(key) or EncodedFeatures()
    known = cached.texts
    missing = [i for i in positions if i not in known]
    if missing:
        made = [*zip(missing, encode(missing), strict=True)]
        # What is kept may give way to it: the answer does not depend on that.
        known = {**{i: known[i] for i in positions if i in known}, **dict(made)}
        _remember(key, cached, made)
    return [*map(known.__getitem__, positions)]


def take_over(old: int, new: int, moved: Callable[[list[int]], Mapping[int, int]]) -> None:
    """Keep the GeoJSON of a collection for its successor too.

    GML is not taken over: how a feature is written there depends on what the others are.

    Parameters
    ----------
    moved
        Returns the new positions of features that stay as they are, by their old ones, of all those
        given at least.
    """
    _forget_gone()
    cached = {crs: found for crs in CRS if (found := ENCODED.get((old, crs))) is not None}
    for crs, found in cached.items():
        texts = found.texts.copy()
        positions = moved([*texts])
        taken = EncodedFeatures((positions[i], text) for i, text in texts.items() if i in positions)
        _FORMS.setdefault(new, set()).add(crs)
        ENCODED.put((new, crs), taken)


def _remember(key: Key, cached: EncodedFeatures, texts: list[tuple[int, bytes]]) -> None:
    """Keep texts with those of the same collection; these give way when they take half of all."""
    _forget_gone()
    _FORMS.setdefault(key[0], set()).add(key[1])
    added = sum(len(text) + TEXT_BYTES for _, text in texts)
    if cached.nbytes + added > ENCODED.max_bytes // 2:
        ENCODED.put(key, EncodedFeatures(texts))
    else:
        cached.add(texts)
        ENCODED.put(key, cached)


def forget(token: int) -> None:
    """Forget a collection that is no longer there, when something is remembered next.

    Not at once: garbage is collected at any moment, also while this thread has the cache's lock.
    """
    _GONE.append(token)


def _forget_gone() -> None:
    while _GONE:
        with suppress(IndexError):  # another thread took the last one
            token = _GONE.popleft()
            for form in _FORMS.pop(token, ()):
                ENCODED.drop((token, form))


def written_bytes(vertices: int, properties: Mapping[str, JSON]) -> int:
    """Return how long a feature's text becomes, about; too long where values are nested."""
    size = vertices * VERTEX_BYTES
    for value in properties.values():
        if isinstance(value, dict | list):
            return QUICK_BYTES + 1  # of any depth: not worth a look
        size += len(value) if isinstance(value, str) else 8
    return size


def is_little_work(key: Key, positions: Sequence[int], size_of: Callable[[int], int]) -> bool:
    """Return whether the texts at these positions are there in a millisecond or three.

    Parameters
    ----------
    size_of
        Returns about how long the text becomes that stands at a position.
    """
    cached = ENCODED.get(key)
    known = {} if cached is None else cached.texts
    texts = [*map(known.get, positions)]
    there = [text for text in texts if text is not None]
    left = QUICK_BYTES - sum(map(len, there)) // KNOWN_COST
    if len(there) == len(texts):
        return left >= 0
    for i, text in zip(positions, texts, strict=True):
        left -= size_of(i) if text is None else 0
        if left < 0:
            return False
    return True
