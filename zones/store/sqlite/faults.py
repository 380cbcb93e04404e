"""What the database complains of, said as a fault of the store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from zones.errors import StoreError

_PRIMARY_CODE = 0xFF
"""The low byte of an extended SQLite result code is its kind (https://sqlite.org/rescode.html)."""

_FAULTS = {
    sqlite3.SQLITE_FULL: "store-full",
    sqlite3.SQLITE_READONLY: "store-readonly",
    sqlite3.SQLITE_BUSY: "store-busy",
    sqlite3.SQLITE_LOCKED: "store-busy",
    sqlite3.SQLITE_PROTOCOL: "store-busy",
    sqlite3.SQLITE_IOERR: "store-io",
    sqlite3.SQLITE_CORRUPT: "store-damaged",
    sqlite3.SQLITE_NOTADB: "store-damaged",
    sqlite3.SQLITE_CANTOPEN: "store-unopenable",
    sqlite3.SQLITE_PERM: "store-unopenable",
    sqlite3.SQLITE_AUTH: "store-unopenable",
}

_OUR_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
"""Faults of this program, not of the disk: they must stay loud."""


@contextmanager
def store_faults() -> Iterator[None]:
    """Raise what goes wrong with the file inside the block as ``StoreError``.

    Raises
    ------
    StoreError
        Full, read-only, locked, damaged, unreadable. The database's own words, which may hold
        SQL or a path, stay in ``__cause__`` for the log.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreError("store-busy") from error
    except exc.DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error) or isinstance(error.orig, _OUR_MISTAKES):
            raise
        raise store_error(error.orig) from error
    except _OUR_MISTAKES:
        raise
    except sqlite3.Error as error:
        raise store_error(error) from error


def store_error(error: sqlite3.Error) -> StoreError:
    """Return the fault that a SQLite error tells of; ``store-unavailable`` for the rare ones."""
    # Errors that the driver raises by itself, as for a closed connection, carry no code.
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return StoreError(_FAULTS.get(code, "store-unavailable"))
