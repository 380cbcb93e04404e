"""How the memory for what is remembered is dealt out, and how much of it is in use."""

import os
from collections.abc import Mapping
from typing import Final, Literal, Protocol

from app.settings import Settings

Cache = Literal["covers", "revisions", "features", "tiles", "images", "gzip", "answers", "sheets"]

SHARES: Final[Mapping[Cache, float]] = {
    "covers": 15 / 32,
    "revisions": 1 / 4,
    "features": 1 / 8,
    "tiles": 1 / 16,
    "images": 1 / 32,
    "gzip": 1 / 64,
    "answers": 1 / 64,
    "sheets": 1 / 64,
}
"""Of ``cache_mb``; the rest is for what is kept by number: keys, sessions, words of addresses.
Each kind has its own, so that who asks for many tiles drives no collection out."""


class HasBytes(Protocol):
    """What tells how much memory it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes."""
        ...


def share(settings: Settings, cache: Cache) -> int:
    """Return how many bytes a kind may take."""
    return int(settings.cache_mb * 2**20 * SHARES[cache])


def samples(caches: Mapping[Cache, HasBytes]) -> list[tuple[str, float]]:
    """Return the bytes of each kind as samples of a metric, by the worker that has them."""
    worker = os.getpid()
    return [
        (f'{{cache="{name}",worker="{worker}"}}', cache.nbytes) for name, cache in caches.items()
    ]
