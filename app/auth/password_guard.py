"""How often a password may be guessed, and how many are compared at once.

Whoever guesses at a name waits, at his address; others there, and the person at another address,
do not. So nobody can lock somebody else out by sending wrong passwords. Only when a name is tried
from very many addresses do those wait from which nobody has ever signed in by it.
"""

from typing import Final

import anyio
import anyio.to_thread

from app.auth.failure_count import FailureCount
from app.http.fault_status import TooManyError
from zones.memory.bounded_cache import ENTRY_BYTES, BoundedCache
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

AT_ONCE: Final = 2
"""Each takes 64 MB and a processor for a while: look-ups go on beside them."""
MOST_WAITING: Final = 40
BUSY_S: Final = 3
OF_A_NAME: Final = 5
WITHIN_S: Final = 300.0
OF_A_NAME_EVERYWHERE: Final = 100
WITHIN_EVERYWHERE_S: Final = 3600.0
_KNOWN: Final = 10_000


class PasswordGuard:
    """Compares passwords for one worker."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._limiter = anyio.CapacityLimiter(AT_ONCE)
        self._here = FailureCount(OF_A_NAME, WITHIN_S)
        self._everywhere = FailureCount(OF_A_NAME_EVERYWHERE, WITHIN_EVERYWHERE_S)
        self._known = BoundedCache[str, bool](_KNOWN * ENTRY_BYTES, lambda _: 0)

    async def account(self, name: str, password: str, *, address: str) -> Key | None:
        """Return the account of a name and its password, None when they do not belong together.

        Raises
        ------
        TooManyError
            ``too-many-guesses``, whatever the password; ``sign-in-busy``.
        """
        name = name[:200].casefold()
        here = f"{address}\n{name}"
        self._check(here, name)
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise TooManyError("sign-in-busy", seconds=BUSY_S)
        found = await anyio.to_thread.run_sync(
            self._store.accounts.signed_in, name, password, limiter=self._limiter
        )
        if found is None:
            self._here.add(here)
            self._everywhere.add(name)
        else:
            self._here.forget(here)
            self._known.put(here, True)
        return found

    def _check(self, here: str, name: str) -> None:
        seconds = self._here.seconds_to_wait(here)
        if not seconds and self._known.get(here) is None:
            seconds = self._everywhere.seconds_to_wait(name)
        if seconds:
            raise TooManyError("too-many-guesses", seconds=seconds)
