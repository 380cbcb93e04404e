"""A PostgreSQL database with many readers, and one writer of each collection at a time.

A reader sees one state from its first query on (REPEATABLE READ). Writers of a collection exclude
each other by an advisory lock of the transaction, over all processes and machines. Whoever has
written his features takes the next number under a lock of the whole store, and commits: numbers
are in the order of the commits, so that a reader who sees one sees all before it. Keys, imports
and the audit log have a lock of their own and wait for no revision.
Locks, search path and time-outs hold for a transaction, and nothing is prepared: a pooler that
hands connections out by the transaction may stand in between.
"""

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final
from weakref import WeakSet

import psycopg
from psycopg import sql
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import QueuePool

from zones.errors import StoreError
from zones.store.postgres.address import connection_words
from zones.store.postgres.advisory_locks import NUMBER, RECORDS, TABLES, lock, revision_locks
from zones.store.postgres.collection_views import driver_of, show_all, show_changes
from zones.store.postgres.commit_mark import CommitMark
from zones.store.postgres.faults import store_faults
from zones.store.postgres.revision_number import CHANNEL, FollowingWatch
from zones.store.postgres.schema import (
    NAME,
    VIEWS,
    identity,
    is_current,
    make_current,
    postgis_schema,
    schema_of,
)
from zones.store.postgres.view_columns import kinds_of
from zones.store.postgres.view_readers import make_reader
from zones.store.sql.database import ColumnKinds
from zones.store.sql.prepare_changes import PreparedChange

POOL_SIZE: Final = 4
CONNECTIONS_MORE: Final = 6
"""Of one process, besides the one that follows revisions."""

_WRITING: Final = "READ WRITE"

WAITING_S: Final = 30.0
"""How long a thread waits for a connection of its own process."""

START_WAIT_S: Final = 60.0
"""How long a process waits for another that makes or changes the tables."""

MANY: Final = 10_000
"""Features of a revision; after more the database looks at once how they are distributed, and not
a minute later: until then it would read the whole table to find some of them."""

_LOOK: Final = "ANALYZE (SKIP_LOCKED) features (collection, fid, ordinal, from_rev, to_rev)"
"""At what finds features; places and properties, which take twice as long, the database looks at
by itself within a minute, as after every analysis of some columns."""


class _TextDumper(StrDumper):
    """Writes texts without U+0000, which PostgreSQL cannot hold: no name that has it is found."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\ufffd"))


class PostgresDatabase:
    """A ``zones.store.sql.database.Database`` in one PostgreSQL database.

    Parameters
    ----------
    url
        ``postgresql://user:password@host:port/database``, as libpq reads it.
    busy_timeout_s
        How long a writer waits for other writers.

    Raises
    ------
    StoreError
        If the address cannot be read, the database not be reached, or PostGIS is missing.
    """

    has_views = True
    has_one_writer = False

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        self._words = connection_words(url)
        self._busy_timeout_s = busy_timeout_s
        self._closed = False
        self._watches: list[FollowingWatch] = []
        self._connections = WeakSet[psycopg.Connection]()
        self._adding = Lock()
        with store_faults(), self._connected() as connection:
            self._path = _search_path(connection)
            self._mark = CommitMark(identity(connection))
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connected,
            poolclass=QueuePool,
            pool_size=POOL_SIZE,
            max_overflow=CONNECTIONS_MORE,
            pool_timeout=WAITING_S,
            use_native_hstore=False,
            pool_pre_ping=True,  # after a restart of the database the old ones are dead
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store from its first query on.

        Raises
        ------
        StoreError
        """
        with self._begun("ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection to the only writer of keys, imports and the audit log.

        Raises
        ------
        StoreError
            If the database is full, read-only, gone, or the lock is held for too long.
        """
        with self._begun(_WRITING, lock(RECORDS), waits_s=self._busy_timeout_s) as connection:
            yield connection

    @contextmanager
    def revising(self, collection_ids: Iterable[str] | None = None) -> Iterator[Connection]:
        """Give a connection to the only writer of some collections; the commit is told to all.

        Raises
        ------
        StoreError
            As ``writing``.
        """
        locks = revision_locks(collection_ids)
        with self._begun(_WRITING, locks, waits_s=self._busy_timeout_s) as connection:
            yield connection
            connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
        self._mark.change()

    def take_number(self, connection: Connection) -> None:
        """Wait for other writers that have the next number, and have it until the commit."""
        connection.exec_driver_sql(lock(NUMBER))

    def columns_of(self, changes: Sequence[PreparedChange]) -> ColumnKinds:
        """Return the types of the columns that the properties put need."""
        return {
            change.collection_id: kinds_of(row.properties for row in change.put)
            for change in changes
        }

    def show(
        self, connection: Connection, changes: Sequence[PreparedChange], columns: ColumnKinds
    ) -> None:
        """Bring the views of what was changed up to date, and the planner's statistics."""
        if sum(len(change.put) for change in changes) > MANY:
            # Not waiting for whoever vacuums the table: that looks at it as well. Before the
            # views, which nobody can read from when they change until the commit.
            connection.exec_driver_sql(_LOOK)
        show_changes(connection, changes, columns)

    def show_all(self) -> tuple[str, ...]:
        """Make the views of all collections anew; return the collections."""
        with self.revising() as connection:
            return show_all(connection)

    def make_reader(self, role: str) -> str | None:
        """Let a database user read the views; return the password of one that was made.

        Raises
        ------
        StoreError
            If there is no such user yet and this one may not make any.
        """
        with self.revising() as connection:
            password = make_reader(driver_of(connection), VIEWS, role)
            show_all(connection)
        return password

    def watch(self) -> FollowingWatch:
        """Return what follows the current revision, on a connection of its own."""
        watch = FollowingWatch(self._connected, self._mark, when_gone=self._break_off)
        self._watches.append(watch)
        return watch

    def schema_of(self, connection: Connection) -> str | None:
        """Return the version of the tables, None for a database without any."""
        return schema_of(connection)

    def migrate(self) -> None:
        """Make the tables, or bring those of an older program up to date, in one transaction."""
        with self.reading() as connection:
            if is_current(connection):
                return
        with self._begun(_WRITING, lock(TABLES), waits_s=START_WAIT_S) as connection:
            make_current(connection)

    def is_read_only(self, connection: Connection) -> bool:
        """Return whether this is a standby, as after a failover that went the other way."""
        return bool(connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one())

    def check_pages(self, *, takes_s: float) -> None:
        """Leave it to the database, which refuses a page that is not what was written."""

    def nbytes(self) -> int:
        """Return what the database takes on the server's disk."""
        with self.reading() as connection:
            words = "SELECT pg_database_size(current_database())"
            return int(connection.exec_driver_sql(words).scalar_one())

    def compact(self, *, whole: bool) -> None:
        """Let the room of rows that are gone be used again; ``whole`` gives it to the disk.

        That keeps everybody from the features until it is done.
        """
        kind = "FULL, ANALYZE" if whole else "ANALYZE"
        with store_faults(), self._connected() as connection:
            connection.execute(f"VACUUM ({kind}) {NAME}.features")

    def log_bytes(self) -> int:
        """Return 0: readers do not hold up what the database keeps."""
        return 0

    def close(self) -> None:
        """Close every connection; later calls raise ``StoreError``."""
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _begun(
        self, kind: str, locks: str = "", *, waits_s: float = WAITING_S
    ) -> Iterator[Connection]:
        if self._closed:
            raise StoreError("store-closed")
        if any(watch.is_gone for watch in self._watches):
            raise StoreError("store-unreachable")  # at once: connecting may take many seconds
        words = f"BEGIN {kind}; {self._path}; SET LOCAL lock_timeout = {round(waits_s * 1000)}"
        if locks:
            words += f"; {locks}"
        with store_faults(), self._engine.connect() as connection, connection.begin():
            driver_of(connection).execute(
                words.encode()
            )  # in one message: several statements, no parameters
            yield connection

    def _connected(self) -> psycopg.Connection:
        # Autocommit: a transaction begins with the words of its kind, and not by itself.
        connection = psycopg.connect(self._words, autocommit=True, prepare_threshold=None)
        connection.adapters.register_dumper(str, _TextDumper)
        with self._adding:
            self._connections.add(connection)
        return connection

    def _break_off(self) -> None:
        """Let whoever waits for a database that is gone know so, and not wait for the network."""
        with self._adding:
            connections = [*self._connections]
        for connection in connections:
            with (
                suppress(psycopg.Error, OSError),
                socket.socket(fileno=os.dup(connection.pgconn.socket)) as opened,
            ):
                opened.shutdown(socket.SHUT_RDWR)


def _search_path(connection: psycopg.Connection) -> str:
    path = (sql.Identifier(name) for name in (NAME, postgis_schema(connection)))
    words = sql.SQL("SET LOCAL search_path = {}").format(sql.SQL(", ").join(path))
    return words.as_string(connection)
