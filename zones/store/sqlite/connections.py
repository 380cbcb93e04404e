"""A SQLite file with many readers and one writer.

Readers and the writer do not wait for each other: the file is in write-ahead-log mode. A reader
sees the last commit before its first query, whole, and ends its transaction before it returns,
so that the log can always be copied back: SQLite does that at the commit that takes the log past
1,000 pages (4 MB). A large commit makes a large log; the next one starts it anew and cuts the
file to ``LOG_SIZE_LIMIT_BYTES``. The last connection to close copies the rest and deletes the log.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from zones.errors import StoreError
from zones.store.sqlite.faults import store_faults

LOG_SIZE_LIMIT_BYTES = 16 * 2**20
"""What stays of the write-ahead log once it was copied back."""

WAITING_S = 30.0
"""How long a thread waits for the other writers (or 64 other readers) of its own process."""

_ALWAYS = ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF")
_READER = ("query_only = ON",)
# 32 MB of pages: with the usual 2 MB, indexes of 200,000 features are written again and again.
_WRITER = (f"journal_size_limit = {LOG_SIZE_LIMIT_BYTES}", "cache_size = -32768")


def sqlite_path(url: str) -> Path:
    """Return the file that ``sqlite:///relative`` or ``sqlite:////absolute`` names.

    Raises
    ------
    StoreError
        If the URL is not of that form, or names a database in memory.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("store-url") from error
    name = parsed.database or ""
    plain = parsed.get_backend_name() == "sqlite" and not parsed.query and not parsed.host
    if not plain or not name or name.startswith((":memory:", "file:")):
        raise StoreError("store-url")
    return Path(name).absolute()


def connect(path: Path, *pragmas: str, busy_timeout_s: float) -> sqlite3.Connection:
    """Return a connection that begins no transaction unasked and may change threads."""
    connection = sqlite3.connect(
        path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (*_ALWAYS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class SqliteFile:
    """One database file and its transactions, for any thread.

    Parameters
    ----------
    path
        The file; made when a connection first needs it.
    busy_timeout_s
        How long a writer waits for writers of other processes.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self.path = path
        self.busy_timeout_s = busy_timeout_s
        self._closed = False
        # As many readers as a web server has threads; a few stay open.
        self._readers = self._pool("BEGIN", _READER, size=4, more=60)
        self._writer = self._pool("BEGIN IMMEDIATE", _WRITER, size=1, more=0)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store from its first query on.

        Take everything out inside the block: a transaction left open keeps the log growing.

        Raises
        ------
        StoreError
            If the file cannot be read, or the store is closed.
        """
        with self._begun(self._readers) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the writer's connection; commit when the block ends, undo all if it raises.

        The lock on the file is taken before the first statement, so nothing read inside the
        block can change until the commit. After the block the data are on the disk.

        Raises
        ------
        StoreError
            If the file is full, read-only, or locked for longer than a writer waits.
        """
        with self._begun(self._writer) as connection:
            yield connection

    def revising(
        self, collection_ids: Iterable[str] | None = None
    ) -> AbstractContextManager[Connection]:
        """Give the writer's connection: there is one writer, of whatever."""
        return self.writing()

    def take_number(self, connection: Connection) -> None:
        """Do nothing: the only writer has the next number from the beginning."""

    def connect(self) -> sqlite3.Connection:
        """Return a reading connection outside the pool, which the caller closes."""
        with store_faults():
            return connect(self.path, *_READER, busy_timeout_s=self.busy_timeout_s)

    def use_write_ahead_log(self) -> None:
        """Put the file into write-ahead-log mode; no other connection may be busy meanwhile.

        Raises
        ------
        StoreError
            Also if the file system has no shared memory, as network file systems have not.
        """
        with store_faults():
            connection = connect(self.path, busy_timeout_s=self.busy_timeout_s)
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            finally:
                connection.close()
        if mode != "wal":
            raise StoreError("store-unopenable")

    def log_bytes(self) -> int:
        """Return the size of the write-ahead log, 0 when there is none."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def nbytes(self) -> int:
        """Return what the file and its log take."""
        return self.path.stat().st_size + self.log_bytes()

    def close(self) -> None:
        """Close every connection; later calls raise ``StoreError``."""
        self._closed = True
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        if self._closed:
            raise StoreError("store-closed")
        with store_faults(), engine.connect() as connection, connection.begin():
            yield connection

    def _pool(self, begin: str, pragmas: tuple[str, ...], *, size: int, more: int) -> Engine:
        engine = create_engine(
            URL.create("sqlite", database=str(self.path)),
            creator=partial(connect, self.path, *pragmas, busy_timeout_s=self.busy_timeout_s),
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=more,
            pool_timeout=WAITING_S,
        )

        # The driver would begin by itself: late, and never IMMEDIATE.
        @event.listens_for(engine, "begin")
        def begin_transaction(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine
