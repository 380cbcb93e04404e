"""Values worked out once from something that never changes, and shared by all threads."""

import weakref
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Memo(Generic[S]):
    """Remembers what each builder made of one immutable source.

    Threads that ask for the same value wait for one of them to build it; those that ask for
    another are not held up. A builder that raises is asked again the next time.

    The source keeps this, and not the other way round: a circle would stay in memory until the
    collector finds it, and it looks seldom (``zones.memory.gc_long_lived``).
    """

    def __init__(self, source: S) -> None:
        self._source = weakref.ref(source)
        self._lock = Lock()
        self._values: dict[Callable[[S], Any], Any] = {}
        self._building: dict[Callable[[S], Any], Lock] = {}

    def has(self, builder: Callable[[S], object]) -> bool:
        """Return whether ``get`` would answer at once."""
        return builder in self._values

    def get(self, builder: Callable[[S], T]) -> T:
        """Return ``builder(source)``, built at most once.

        The builder is the key: pass a named function, not a lambda made anew for each call.
        """
        if builder not in self._values:
            with self._lock:
                turn = self._building.setdefault(builder, Lock())
            with turn:
                if builder not in self._values:
                    self._values[builder] = builder(self._living())
        value: T = self._values[builder]
        return value

    def _living(self) -> S:
        source = self._source()
        if source is None:
            raise ReferenceError("what this was derived from is gone")
        return source
