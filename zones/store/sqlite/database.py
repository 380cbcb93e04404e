"""A SQLite file as the database of a store."""

import os
from collections.abc import Sequence

from sqlalchemy import Connection

from zones.errors import StoreError
from zones.store.sql.database import ColumnKinds, Pages
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sqlite.compact_file import vacuum
from zones.store.sqlite.connections import SqliteFile
from zones.store.sqlite.integrity_check import quick_check
from zones.store.sqlite.revision_number import DataVersionWatch
from zones.store.sqlite.schema import migrate, schema_of


class SqliteDatabase(SqliteFile):
    """A ``zones.store.sql.database.Database`` in one file."""

    has_views = False
    has_one_writer = True

    def columns_of(self, changes: Sequence[PreparedChange]) -> ColumnKinds:
        """Return none: other programs see no columns of a file."""
        return {}

    def show(
        self, connection: Connection, changes: Sequence[PreparedChange], columns: ColumnKinds
    ) -> None:
        """Leave it at that: other programs read what is exported, not the file."""

    def show_all(self) -> tuple[str, ...]:
        """Refuse to: a file has no views for others.

        Raises
        ------
        StoreError
        """
        raise StoreError("store-no-views")

    def make_reader(self, role: str) -> str | None:
        """Refuse to: a file has no users.

        Raises
        ------
        StoreError
        """
        raise StoreError("store-no-views")

    def watch(self) -> DataVersionWatch:
        """Return what follows the current revision, on a connection of its own."""
        return DataVersionWatch(self.connect())

    def schema_of(self, connection: Connection) -> str | None:
        """Return the version of the tables, None for a file without any."""
        return schema_of(connection)

    def migrate(self) -> None:
        """Make the tables, or bring those of an older program up to date."""
        migrate(self)

    def compact(self, *, whole: bool) -> None:
        """Write the file anew without the pages that are free; writers wait meanwhile."""
        vacuum(self)

    def is_read_only(self, connection: Connection) -> bool:
        """Return whether the file cannot be written, tried at its time of change.

        What a file system says of rights holds also while it refuses every write, as one that
        found a fault on its disk does.
        """
        try:
            os.utime(self.path)
        except OSError:
            return True
        return False

    def check_pages(self, *, takes_s: float) -> Pages:
        """Return what SQLite finds when it walks the pages for so long at most."""
        return quick_check(self, takes_s=takes_s)
