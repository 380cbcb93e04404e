"""Keep Python's search for garbage away from what stays as long as the service runs.

Now and then the collector walks through all objects that may form a cycle: modules, routes,
schemas, the first snapshot, 138,000 of them. Measured: 50 ms and more in which nothing is
answered; once they are set apart, 3 ms.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_LONG_S: Final = 0.01
_WALKS_OVER_SOME: Final = 20
_OLDEST: Final = 2


@contextmanager
def long_lived_frozen() -> Iterator[None]:
    """Leave out of every collection what exists now, and what later proves to stay.

    Libraries that are loaded at their first use, and what is remembered of answers, are as many
    objects again. So whatever is left after a full collection that took long is set apart too, and
    each twentieth of these walks over everything: that bounds what cycles among it leave behind.
    What is set apart is still freed when its last reference goes.
    """
    gc.collect()
    gc.freeze()
    after_collection = _SetApart()
    gc.callbacks.append(after_collection)
    try:
        yield
    finally:
        gc.callbacks.remove(after_collection)
        gc.unfreeze()


class _SetApart:
    """Called by the collector as it begins and as it ends (``gc.callbacks``)."""

    def __init__(self) -> None:
        self.began_at = 0.0
        self.long_walks = 0

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != _OLDEST:
            return
        if phase == "start":
            self.began_at = time.perf_counter()
        elif time.perf_counter() - self.began_at > _LONG_S:
            self.long_walks += 1
            if self.long_walks % _WALKS_OVER_SOME:
                gc.freeze()
            else:
                gc.unfreeze()
