"""The number of the current revision, in microseconds, without a query each time.

A commit of a revision notifies all who listen (https://www.postgresql.org/docs/15/sql-notify.html):
to look whether a notice has come costs a microsecond. Processes of one machine tell each other
sooner still (``commit_mark.py``). A pooler that hands connections out by the transaction delivers
no notices, so that the table is read as well, a few times a second.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

import psycopg

from zones.errors import StoreError
from zones.store.postgres.commit_mark import CommitMark
from zones.store.postgres.faults import store_error

CHANNEL: Final = "heping_zones_revision"
"""On which commits are told; the notice itself says nothing, the table is read."""

LOOK_EVERY_S: Final = 0.25
"""For so long at most a revision of another machine stays unseen where no notice comes."""


class FollowingWatch:
    """The current revision as it was told last; safe to ask from any thread.

    Parameters
    ----------
    connect
        Returns a connection of the watch's own. Nothing is set on it, which a pooler would hand on.
    mark
        Changes with the revisions of this machine's processes: those are seen at once.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection], mark: CommitMark) -> None:
        self._connect = connect
        self._mark = mark
        self._lock = Lock()
        self._connection: psycopg.Connection | None = None
        self._closed = False
        self._number = 0
        self._has_news = True
        self._seen = b""
        self._look_again = 0.0

    def revision(self) -> int:
        """Return the number of the last committed revision, 0 when there is none.

        Raises
        ------
        StoreError
            If the database cannot be asked, or after ``close``.
        """
        with self._lock:
            if self._closed:
                raise StoreError("store-closed")
            try:
                return self._look(self._connection or self._listening())
            except psycopg.Error as error:
                self._let_go()
                raise store_error(error) from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _listening(self) -> psycopg.Connection:
        connection = self._connect()
        connection.add_notify_handler(self._note)
        connection.execute(f"LISTEN {CHANNEL}")
        self._connection, self._has_news = connection, True
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
            query = "SELECT coalesce(max(number), 0) FROM zones.revisions"
            row = connection.execute(query).fetchone()
            assert row is not None  # noqa: S101 - an aggregate always answers
            (self._number,) = row
            self._seen, self._look_again = seen, now + LOOK_EVERY_S
        return self._number

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
