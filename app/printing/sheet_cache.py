"""Sheets for many clients at once: from memory, or made a few at a time in threads."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from app.http.fault_status import TooManyError
from app.observe.cache_memory_shares import share
from app.settings import Settings
from zones.memory.bounded_cache import BoundedCache
from zones.memory.release_memory import give_back_memory
from zones.printing.make_sheet import PrintedSheet, make_sheet
from zones.printing.sheet_options import SheetOrder
from zones.snapshot.model import Snapshot
from zones.store.sql.store import SqlStore

AT_ONCE: Final = 2
"""typst takes a processor or more for each."""
MOST_WAITING: Final = 12
RETRY_S: Final = 5


class Sheets:
    """The sheets of this process, by order and revision."""

    def __init__(self, store: SqlStore, settings: Settings) -> None:
        self.cache = BoundedCache[Hashable, PrintedSheet](
            share(settings, "sheets"), lambda sheet: len(sheet.body)
        )
        self._store = store
        self._fonts = settings.fonts_dir
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    async def sheet(self, snapshot: Snapshot, order: SheetOrder) -> PrintedSheet:
        """Return the sheet as of the snapshot, dated today.

        Raises
        ------
        TooManyError
            ``print-busy`` if others wait already.
        ZonesError
            What ``make_sheet`` raises.
        """
        key = (order, snapshot.revision, snapshot.hidden, date.today())
        found = self.cache.get(key)
        if found is not None:
            return found
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise TooManyError("print-busy", seconds=RETRY_S)
        make = partial(self._made, snapshot, order, key)
        return await anyio.to_thread.run_sync(make, limiter=self._limiter)

    def _made(self, snapshot: Snapshot, order: SheetOrder, key: Hashable) -> PrintedSheet:
        # Another request for the sheet may have been before this one in the queue.
        found = self.cache.get(key)
        if found is None:
            found = make_sheet(snapshot, dated(self._store, snapshot, order), self._fonts)
            self.cache.put(key, found)
            give_back_memory()
        return found


def dated(store: SqlStore, snapshot: Snapshot, order: SheetOrder) -> SheetOrder:
    """Return the order with the day of the revision, in local time, and today's."""
    number = snapshot.revision
    found = next((each for each in store.revisions() if each.number == number), None)
    revised_on = "" if found is None else found.at.astimezone().date().isoformat()
    return replace(order, made_on=date.today().isoformat(), revised_on=revised_on)
