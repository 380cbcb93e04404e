"""What a store needs of the database that it is kept in."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

from sqlalchemy import Connection

from zones.store.sql.prepare_changes import PreparedChange

Pages = Literal["sound", "damaged", "unfinished"]
"""``unfinished``: nothing wrong was found in the time given."""


Kind = Literal["boolean", "bigint", "double precision", "text"]
"""The type of a column that shows a property to other programs."""

ColumnKinds: TypeAlias = Mapping[str, Mapping[str, Kind | None]]
"""By collection, for each property put the type of a column that holds its values; None where all
are null."""


class RevisionWatch(Protocol):
    """Knows the number of the current revision."""

    def revision(self) -> int:
        """Return the number of the current revision, 0 when there is none, in microseconds.

        Raises
        ------
        StoreError
        """
        ...

    def close(self) -> None:
        """Release what the watch holds."""
        ...


class Database(Protocol):
    """Transactions of one database, for any thread; faults are raised as ``StoreError``."""

    has_views: bool
    """Whether other programs see the collections in the database."""
    has_one_writer: bool
    """Whether nobody else writes any collection while one is revised."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one state of the store from its first query on."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection; commit when the block ends, undo all if it raises.

        After the block the data are on the disk.
        """
        ...

    def revising(
        self, collection_ids: Iterable[str] | None = None
    ) -> AbstractContextManager[Connection]:
        """Give a connection as ``writing`` does, to one writer of each collection at a time.

        What is read of the collections inside the block cannot change until the commit. None are
        all: nobody else writes revisions then.
        """
        ...

    def take_number(self, connection: Connection) -> None:
        """Wait until no other writer has the next number of a revision in hand, and have it.

        From here to the commit the current revision cannot change.
        """
        ...

    def columns_of(self, changes: Sequence[PreparedChange]) -> ColumnKinds:
        """Return the types of the properties that are put, as far as other programs see them."""
        ...

    def show(
        self, connection: Connection, changes: Sequence[PreparedChange], columns: ColumnKinds
    ) -> None:
        """Bring up to date what other programs see of the changes, in their transaction.

        Parameters
        ----------
        columns
            What ``columns_of`` returned: it takes a while, and others wait for a transaction.
        """
        ...

    def show_all(self) -> tuple[str, ...]:
        """Make anew what other programs see of all collections; return these.

        Raises
        ------
        StoreError
            If other programs see nothing of this database.
        """
        ...

    def make_reader(self, role: str) -> str | None:
        """Let a user of the database see what is public; return a new one's password.

        Raises
        ------
        StoreError
        """
        ...

    def watch(self) -> RevisionWatch:
        """Return what follows the current revision."""
        ...

    def schema_of(self, connection: Connection) -> str | None:
        """Return the version of the tables, None for a database without any.

        Raises
        ------
        StoreError
            If another program made the tables that are there.
        """
        ...

    def migrate(self) -> None:
        """Make the tables, or bring those of an older program up to date, in one transaction.

        Any number of processes may call this at once; one does the work, the others wait.
        """
        ...

    def is_read_only(self, connection: Connection) -> bool:
        """Return whether nothing can be written now, though it can be read."""
        ...

    def check_pages(self, *, takes_s: float) -> Pages | None:
        """Return whether the structure on the disk is sound, looked at for so long at most.

        None where the database itself sees to that.
        """
        ...

    def log_bytes(self) -> int:
        """Return the size of a log that grows when readers hold it up, 0 without one."""
        ...

    def nbytes(self) -> int:
        """Return what the whole database takes on the disk."""
        ...

    def compact(self, *, whole: bool) -> None:
        """Give back, or use again, the room of rows that are gone.

        Parameters
        ----------
        whole
            All of it, whoever has to wait meanwhile; else as much as holds up nobody.

        Raises
        ------
        StoreError
        """
        ...

    def close(self) -> None:
        """Close every connection; later calls raise ``StoreError``."""
        ...
