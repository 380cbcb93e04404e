"""What was refused, for the audit log: so many lines a minute that nobody can fill the disk."""

import logging
from typing import Final

import anyio.to_thread

from app.auth.failure_count import FailureCount
from zones.errors import StoreError
from zones.store.sql.records import AuditFields
from zones.store.sql.store import SqlStore

LINES: Final = 30
WITHIN_S: Final = 60.0


class RefusalLog:
    """Writes refusals of one worker into the audit log."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._written = FailureCount(LINES, WITHIN_S)

    async def note(self, action: str, *, source: str, fields: AuditFields) -> None:
        """Add a line, unless there were too many from the same source in the last minute."""
        if self._written.seconds_to_wait(source):
            return
        self._written.add(source)
        await anyio.to_thread.run_sync(self._add, action, fields)

    def _add(self, action: str, fields: AuditFields) -> None:
        try:
            self._store.audit.add(action, outcome="refused", **fields)
        except StoreError as fault:  # full or read-only: the refusal itself is what matters
            entry = {"message": "refusal not in the audit log", "code": fault.code}
            logging.getLogger("zones.audit").warning(entry)
