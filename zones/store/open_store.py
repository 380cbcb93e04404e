"""A store opened by its address."""

from zones.errors import StoreError
from zones.store.sql.database import Database
from zones.store.sql.quotas import Quotas
from zones.store.sql.store import SqlStore
from zones.store.sqlite.connections import sqlite_path
from zones.store.sqlite.database import SqliteDatabase

BUSY_TIMEOUT_S = 5.0
NO_QUOTAS = Quotas()


def open_store(
    url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, quotas: Quotas = NO_QUOTAS
) -> SqlStore:
    """Return the store at an address, made or brought up to date when need be.

    Several processes may open one store, also a new one, at the same time.

    Parameters
    ----------
    url
        ``sqlite:///relative`` or ``sqlite:////absolute``, missing folders are made; or
        ``postgresql://user:password@host:port/database``, as libpq reads it.
    busy_timeout_s
        How long a change waits for the changes of other processes.
    quotas
        What this process may not exceed; others are free to.

    Raises
    ------
    StoreError
        If the address is neither, or what it names cannot be opened, is damaged, belongs to
        another program or to a newer version of this one.
    """
    database = open_database(url, busy_timeout_s=busy_timeout_s)
    try:
        return SqlStore(database, quotas)
    except BaseException:
        database.close()
        raise


def open_database(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
    """Return the database of a store, with its tables; see ``open_store``.

    Raises
    ------
    StoreError
    """
    database = _database(url, busy_timeout_s)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return database


def is_file(url: str) -> bool:
    """Return whether an address is to be read as that of a file."""
    return not url.startswith(("postgresql:", "postgres:"))


def _database(url: str, busy_timeout_s: float) -> Database:
    if is_file(url):
        return _file(url, busy_timeout_s)
    try:
        # The driver is an extra.
        from zones.store.postgres.database import PostgresDatabase
    except ImportError as error:
        raise StoreError("store-extra") from error
    return PostgresDatabase(url, busy_timeout_s=busy_timeout_s)


def _file(url: str, busy_timeout_s: float) -> SqliteDatabase:
    path = sqlite_path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store-unopenable") from error
    return SqliteDatabase(path, busy_timeout_s=busy_timeout_s)
