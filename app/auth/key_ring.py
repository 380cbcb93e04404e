"""Keys by their secret, each with its roles in single collections."""

import hashlib
from contextlib import suppress
from dataclasses import replace

from app.auth.short_lived_cache import MomentaryCache
from zones.errors import StoreError
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore


class KeyRing:
    """Finds keys by their secret and remembers the answer for a moment."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._known = MomentaryCache(self._look_up, store.revision)

    async def find(self, secret: str) -> Key | None:
        """Return the valid key with that secret, None when there is none."""
        # By its digest: whatever is sent for a key is short in memory, and not there to be read.
        return await self._known.find(hashlib.sha256(secret.encode()).hexdigest(), secret)

    def forget_all(self) -> None:
        """Ask the store anew for every key: somebody's rights changed."""
        self._known.forget_all()

    def _look_up(self, secret: str) -> Key | None:
        key = self._store.keys.find(secret)
        return None if key is None else used(self._store, key)


def used(store: SqlStore, key: Key) -> Key:
    """Return a key or account with its roles in single collections, its use noted."""
    # A store that is full or read-only can still be read by those who may.
    with suppress(StoreError):
        (store.keys if key.kind == "key" else store.accounts).note_use(key)
    return replace(key, grants=store.rights.of(key.id))
