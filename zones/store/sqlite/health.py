"""Is the store fit to answer: its schema, its pages, its current revision."""

import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Literal

from zones.errors import StoreError
from zones.store.sqlite.faults import store_error
from zones.store.sqlite.file import SqliteFile
from zones.store.sqlite.history import current_number
from zones.store.sqlite.schema import SCHEMA, schema_of

_INTERRUPT_EVERY_S = 0.002
CHECK_TAKES_S = 2.0
"""A check that takes longer is broken off; what was read by then was sound."""

CHECK_HOLDS_S = 300.0
"""For so long the answer of a check is given again."""

Pages = Literal["sound", "damaged", "unfinished"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the store can answer; when not, ``code`` is a message, without values, that says why.

    ``pages`` is the last check of the file's structure (``unfinished``: nothing wrong was found
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
    """The state of a store's file, checked now and then."""

    def __init__(self, database: SqliteFile) -> None:
        self._database = database
        self._lock = Lock()
        self._pages: Pages | None = None
        self._checked_at: datetime | None = None
        self._check_again = 0.0

    def readiness(self) -> Readiness:
        """Return the state now; a fault is part of the answer and is not raised."""
        try:
            with self._database.reading() as connection:
                schema, revision = schema_of(connection), current_number(connection)
            pages = self._checked_pages()
        except StoreError as error:
            return self._state(error.code, schema=None, revision=0)
        code = "store-damaged" if pages == "damaged" else None
        if schema != SCHEMA:
            code = "store-changed"
        return self._state(code, schema=schema, revision=revision)

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

    def _checked_pages(self) -> Pages:
        with self._lock:
            if self._pages is None or time.monotonic() >= self._check_again:
                self._pages = quick_check(self._database, takes_s=CHECK_TAKES_S)
                self._checked_at = datetime.now(UTC)
                self._check_again = time.monotonic() + CHECK_HOLDS_S
            return self._pages


def quick_check(database: SqliteFile, *, takes_s: float) -> Pages:
    """Return what SQLite finds when it walks the pages of the file for so long at most.

    Raises
    ------
    StoreError
        If the file cannot be read at all.
    """
    connection = database.connect()
    # A thread, because SQLite asks a progress handler too seldom in the middle of a check.
    done, timed_out = Event(), Event()
    watch = Thread(target=_break_off, args=(connection, takes_s, done, timed_out))
    watch.start()
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return "unfinished"
        if store_error(error).code == "store-damaged":
            return "damaged"
        raise store_error(error) from error
    finally:
        done.set()
        watch.join()
        connection.close()
    if found == [("ok",)]:
        return "sound"
    # A check that was broken off takes pages it did not come to for lost ones.
    return "unfinished" if timed_out.is_set() else "damaged"


def _break_off(
    connection: sqlite3.Connection, takes_s: float, done: Event, timed_out: Event
) -> None:
    """Interrupt what runs on the connection after so long, until it is done.

    Once is not enough: an interrupt that comes before the statement begins is lost.
    """
    if not done.wait(takes_s):
        timed_out.set()
        while not done.wait(_INTERRUPT_EVERY_S):
            connection.interrupt()
