"""The number of the current revision, in microseconds."""

import sqlite3
from threading import Lock

from zones.errors import StoreError
from zones.store.sqlite.faults import store_error


class DataVersionWatch:
    """The current revision, read anew only when some connection has committed.

    ``PRAGMA data_version`` of one connection changes with every commit of any other one, in
    this process or elsewhere (https://sqlite.org/pragma.html#pragma_data_version). The watch
    therefore needs a connection of its own; it is safe to ask from any thread.

    Parameters
    ----------
    connection
        Taken over; closed by ``close``.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()
        self._seen: int | None = None
        self._number = 0
        self._closed = False

    def revision(self) -> int:
        """Return the number of the last committed revision, 0 when there is none.

        Raises
        ------
        StoreError
            If the file cannot be read, or after ``close``.
        """
        with self._lock:
            if self._closed:
                raise StoreError("store-closed")
            try:
                return self._look()
            except sqlite3.Error as error:
                # What was seen may be stale: read the table next time.
                self._seen = None
                raise store_error(error) from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _look(self) -> int:
        (seen,) = self._connection.execute("PRAGMA data_version").fetchone()
        if seen != self._seen:
            # A commit between the two queries is read now, and looked at again next time.
            query = "SELECT coalesce(max(number), 0) FROM revisions"
            (self._number,) = self._connection.execute(query).fetchone()
            self._seen = seen
        return self._number
