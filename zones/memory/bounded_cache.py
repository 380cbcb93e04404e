"""What is remembered of what was asked for last, up to so many bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRY_BYTES = 300
"""What an entry costs besides its value: key, places in the tables, the objects' heads."""


class BoundedCache(Generic[K, V]):
    """Values by key, those used last, of at most so many bytes together; for any number of threads.

    Parameters
    ----------
    max_bytes
        Of all entries, each counted with ``ENTRY_BYTES`` more. What is larger alone is not kept.
    size_of
        Bytes that a value takes in memory, about.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self.max_bytes = max_bytes
        self._size_of = size_of
        self._nbytes = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[K]:
        """Yield the keys that there are now, that used last at the end."""
        with self._lock:
            return iter(list(self._entries))

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept."""
        return self._nbytes

    def get(self, key: K) -> V | None:
        """Return the value, None when it is not kept."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value, sized now; those that were not used for the longest time give way."""
        size = self._size_of(value) + ENTRY_BYTES
        with self._lock:
            self._remove(key)
            self._keep(key, value, size)

    def resize(self, key: K) -> None:
        """Count a value anew that has grown or shrunk, if it is kept."""
        with self._lock:
            found = self._entries.get(key)
        if found is None:
            return
        size = self._size_of(found[0]) + ENTRY_BYTES
        with self._lock:
            current = self._entries.get(key)
            if current is None or current[0] is not found[0]:
                return
            self._remove(key)
            self._keep(key, found[0], size)

    def drop(self, key: K) -> None:
        """Forget a value."""
        with self._lock:
            self._remove(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._nbytes = 0

    def bound(self, max_bytes: int) -> None:
        """Keep at most so many bytes from now on."""
        with self._lock:
            self.max_bytes = max_bytes
            self._shrink()

    def _keep(self, key: K, value: V, size: int) -> None:
        if size <= self.max_bytes:
            self._entries[key] = (value, size)
            self._nbytes += size
            self._shrink()

    def _remove(self, key: K) -> None:
        former = self._entries.pop(key, None)
        if former is not None:
            self._nbytes -= former[1]

    def _shrink(self) -> None:
        while self._nbytes > self.max_bytes:
            _, (_, size) = self._entries.popitem(last=False)
            self._nbytes -= size
