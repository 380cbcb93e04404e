"""The number of the current revision, in microseconds, without a query each time.

A commit of a revision notifies all who listen (https://www.postgresql.org/docs/15/sql-notify.html):
to look whether a notice has come costs a microsecond. Processes of one machine tell each other
sooner still (``commit_mark.py``). A pooler that hands connections out by the transaction delivers
no notices, so that the table is read as well, a few times a second.
"""

import threading
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

import psycopg

from zones.errors import StoreError
from zones.store.postgres.answer_in_time import number_in_time
from zones.store.postgres.commit_mark import CommitMark
from zones.store.postgres.faults import store_error

CHANNEL: Final = "heping_zones_revision"
"""On which commits are told; the notice itself says nothing, the table is read."""

LOOK_EVERY_S: Final = 0.25
"""For so long at most a revision of another machine stays unseen where no notice comes."""

ANSWERS_WITHIN_S: Final = 2.0
"""A database that takes longer is taken for lost: whoever asks may hold up a whole worker."""
RETRIED_EVERY_S: Final = 0.25

_QUERY: Final = b"SELECT coalesce(max(number), 0) FROM zones.revisions"


class FollowingWatch:
    """The current revision as it was told last; safe to ask from any thread.

    A database that was there and is lost is looked for by a thread of its own, so that nobody waits
    for a network that answers nothing: until it is found again ``store-unreachable`` is raised at
    once.

    Parameters
    ----------
    connect
        Returns a connection of the watch's own. Nothing is set on it, which a pooler would hand on.
    mark
        Changes with the revisions of this machine's processes: those are seen at once.
    when_gone
        Called each time that a lost database is not found.
    """

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection],
        mark: CommitMark,
        *,
        when_gone: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._mark = mark
        self._when_gone = when_gone
        self._lock = Lock()
        self._connection: psycopg.Connection | None = None
        self._closed = threading.Event()
        self._is_lost = False
        self._number = 0
        self._has_news = True
        self._seen = b""
        self._look_again = 0.0
        self.is_gone = False
        """Whether the database was lost, and not found when it was looked for since."""

    def revision(self) -> int:
        """Return the number of the last committed revision, 0 when there is none.

        Raises
        ------
        StoreError
            If the database cannot be asked, or after ``close``.
        """
        with self._lock:
            if self._closed.is_set():
                raise StoreError("store-closed")
            if self._is_lost:
                raise StoreError("store-unreachable")
            try:
                connection = self._connection or self._begun()
            except psycopg.Error as error:
                raise store_error(error) from error
            try:
                return self._look(connection)
            except psycopg.Error as error:
                self._lose()
                raise StoreError("store-unreachable") from error

    def close(self) -> None:
        """Close the connection."""
        self._closed.set()
        with self._lock:
            self._let_go()

    def _begun(self) -> psycopg.Connection:
        self._connection = self._listening()
        self._has_news = True
        return self._connection

    def _listening(self) -> psycopg.Connection:
        connection = self._connect()
        try:
            connection.add_notify_handler(self._note)
            connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _note(self, _: psycopg.Notify) -> None:
        self._has_news = True

    def _look(self, connection: psycopg.Connection) -> int:
        connection.pgconn.consume_input()
        while connection.pgconn.notifies():
            self._has_news = True
        seen, now = self._mark.seen(), time.monotonic()
        if self._has_news or seen != self._seen or now >= self._look_again:
            # Before the query: a notice that comes with its answer may tell of a later commit.
            self._has_news = False
            self._number = number_in_time(connection, _QUERY, ANSWERS_WITHIN_S)
            self._seen, self._look_again = seen, now + LOOK_EVERY_S
        return self._number

    def _lose(self) -> None:
        self._let_go()
        self._is_lost = True
        threading.Thread(target=self._find, name="database", daemon=True).start()

    def _find(self) -> None:
        """Connect again as soon as that can be."""
        while not self._closed.is_set():
            try:
                connection = self._listening()
            except psycopg.Error:
                self.is_gone = True
                self._when_gone()
                self._closed.wait(RETRIED_EVERY_S)
                continue
            with self._lock:
                self._connection, self._has_news = connection, True
                self._is_lost = self.is_gone = False
                if self._closed.is_set():
                    self._let_go()
            return

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
