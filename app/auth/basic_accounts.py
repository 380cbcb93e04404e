"""Accounts whose name and password come with every request, by HTTP's Basic scheme."""

import asyncio
import hashlib
import time
from weakref import WeakValueDictionary

import anyio.to_thread

from app.auth.key_ring import used
from app.auth.password_guard import PasswordGuard
from app.auth.short_lived_cache import MOST_REMEMBERED, REMEMBERED_S
from zones.memory.bounded_cache import ENTRY_BYTES, BoundedCache
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore


class BasicAccounts:
    """Finds accounts by name and password, and remembers for a moment, right or wrong.

    A map asks for dozens of tiles at once: the password is compared once for all of them, and a
    wrong one counts once.
    """

    def __init__(self, store: SqlStore, passwords: PasswordGuard) -> None:
        self._store = store
        self._passwords = passwords
        self._known = BoundedCache[str, tuple[float, int, Key | None]](
            MOST_REMEMBERED * ENTRY_BYTES, lambda _: 0
        )
        self._comparing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, name: str, password: str, *, address: str) -> tuple[Key | None, bool]:
        """Return the account, None when they do not belong together; and whether it was compared.

        Raises
        ------
        TooManyError
            To whoever guesses at a name; see ``PasswordGuard``.
        """
        words = f"{address}\n{name}\n{password}".encode()
        digest, revision = hashlib.sha256(words).hexdigest(), self._store.revision()
        async with self._comparing.setdefault(digest, asyncio.Lock()):
            known = self._known.get(digest)
            if known and known[1] == revision and time.monotonic() - known[0] < REMEMBERED_S:
                return known[2], False
            found = await self._passwords.account(name, password, address=address)
            if found is not None:
                found = await anyio.to_thread.run_sync(used, self._store, found)
            self._known.put(digest, (time.monotonic(), revision, found))
            return found, True

    def forget_all(self) -> None:
        """Compare anew whatever comes: somebody's rights or password changed."""
        self._known.clear()
