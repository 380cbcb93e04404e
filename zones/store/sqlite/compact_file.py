"""The room of rows that are gone, given back to the disk."""

from contextlib import closing

from zones.store.sqlite.connections import SqliteFile, connect
from zones.store.sqlite.faults import store_faults


def vacuum(file: SqliteFile) -> None:
    """Write the file anew without free pages, and shorten its log as far as readers let it.

    Needs as much room on the disk as the file takes, for the log; readers go on, writers wait.

    Raises
    ------
    StoreError
        If the disk is full, or another process writes for long; the file is as before then.
    """
    with (
        store_faults(),
        closing(connect(file.path, busy_timeout_s=file.busy_timeout_s)) as connection,
    ):
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
