"""Answers of the store that hold for a moment: who a secret stands for, and what he may do."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import anyio.to_thread

from zones.memory.bounded_cache import ENTRY_BYTES, BoundedCache

REMEMBERED_S: Final = 3.0
"""It is looked up anew after this; what was revoked is refused by every worker that soon."""
MOST_REMEMBERED: Final = 1_000
"""A bound, whoever knocks."""

T = TypeVar("T")


class MomentaryCache(Generic[T]):
    """What was looked up in the last seconds, found or not.

    Parameters
    ----------
    look_up
        Asks the store for the value of a secret; called in a thread.
    revision
        Tells the store's revision. Who makes a private collection gets his right in it with the
        revision: nothing is remembered past one.
    """

    def __init__(self, look_up: Callable[[str], T | None], revision: Callable[[], int]) -> None:
        self._look_up = look_up
        self._revision = revision
        self._known = BoundedCache[str, tuple[float, int, T | None]](
            MOST_REMEMBERED * ENTRY_BYTES, lambda _: 0
        )

    async def find(self, name: str, secret: str) -> T | None:
        """Return what the secret stands for, None for nothing; ``name`` is what is remembered."""
        known, revision = self._known.get(name), self._revision()
        if known and known[1] == revision and time.monotonic() - known[0] < REMEMBERED_S:
            return known[2]
        found = await anyio.to_thread.run_sync(self._look_up, secret)
        self._known.put(name, (time.monotonic(), revision, found))
        return found

    def forget(self, name: str) -> None:
        """Ask the store anew when it comes next."""
        self._known.drop(name)

    def forget_all(self) -> None:
        """Ask the store anew for everything."""
        self._known.clear()
