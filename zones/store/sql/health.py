"""Is the store fit to answer: its schema, its pages, its current revision."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from zones.errors import StoreError
from zones.store.sql.database import Database, Pages
from zones.store.sql.revision_history import current_number
from zones.store.sql.schema_version import SCHEMA

CHECK_TAKES_S = 2.0
"""A check that takes longer is broken off; what was read by then was sound."""

CHECK_HOLDS_S = 300.0
"""For so long the answer of a check is given again."""

FIRST_TAKES_S, FIRST_HOLDS_S = 0.25, 10.0
"""The same of the first check if it did not end: it is not to keep a large store from starting."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the store can answer; when not, ``code`` is a message, without values, that says why.

    ``pages`` is the last check of the structure on disk (``unfinished``: nothing wrong was found
    in the time given), made at ``checked_at``. ``log_bytes`` is the size of the write-ahead
    log; past 64 MB some reader holds it up.
    """

    ready: bool
    code: str | None
    schema: str | None
    revision: int
    pages: Pages | None
    checked_at: datetime | None
    log_bytes: int


class Health:
    """The state of a store's database, checked now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._pages: Pages | None = None
        self._checked_at: datetime | None = None
        self._check_again = 0.0

    def readiness(self) -> Readiness:
        """Return the state now; a fault is part of the answer and is not raised."""
        try:
            with self._database.reading() as connection:
                schema, revision = self._database.schema_of(connection), current_number(connection)
                read_only = self._database.is_read_only(connection)
            pages = self._checked_pages()
        except StoreError as error:
            return self.lost(error.code)
        code = "store-readonly" if read_only else None
        if pages == "damaged":
            code = "store-damaged"
        if schema != SCHEMA:
            code = "store-changed"
        return self._state(code, schema=schema, revision=revision)

    def lost(self, code: str) -> Readiness:
        """Return the state of a store that cannot be asked."""
        return self._state(code, schema=None, revision=0)

    def _state(self, code: str | None, *, schema: str | None, revision: int) -> Readiness:
        return Readiness(
            ready=code is None,
            code=code,
            schema=schema,
            revision=revision,
            pages=self._pages,
            checked_at=self._checked_at,
            log_bytes=self._database.log_bytes(),
        )

    def _checked_pages(self) -> Pages | None:
        with self._lock:
            if self._pages is None or time.monotonic() >= self._check_again:
                self._pages, holds_s = self._check()
                self._checked_at = datetime.now(UTC)
                self._check_again = time.monotonic() + holds_s
            return self._pages

    def _check(self) -> tuple[Pages | None, float]:
        """Return what a check finds, and for how long that holds."""
        if self._pages is None:
            found = self._database.check_pages(takes_s=FIRST_TAKES_S)
            return found, FIRST_HOLDS_S if found == "unfinished" else CHECK_HOLDS_S
        return self._database.check_pages(takes_s=CHECK_TAKES_S), CHECK_HOLDS_S
