"""Is a SQLite file's structure sound."""

import sqlite3
from threading import Event, Thread

from zones.store.sql.database import Pages
from zones.store.sqlite.connections import SqliteFile
from zones.store.sqlite.faults import store_error

_INTERRUPT_EVERY_S = 0.002


def quick_check(database: SqliteFile, *, takes_s: float) -> Pages:
    """Return what SQLite finds when it walks the pages of the file for so long at most.

    Raises
    ------
    StoreError
        If the file cannot be read at all.
    """
    connection = database.connect()
    # A thread, because SQLite asks a progress handler too seldom in the middle of a check.
    done, timed_out = Event(), Event()
    watch = Thread(target=_break_off, args=(connection, takes_s, done, timed_out))
    watch.start()
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return "unfinished"
        if store_error(error).code == "store-damaged":
            return "damaged"
        raise store_error(error) from error
    finally:
        done.set()
        watch.join()
        connection.close()
    if found == [("ok",)]:
        return "sound"
    # A check that was broken off takes pages it did not come to for lost ones.
    return "unfinished" if timed_out.is_set() else "damaged"


def _break_off(
    connection: sqlite3.Connection, takes_s: float, done: Event, timed_out: Event
) -> None:
    """Interrupt what runs on the connection after so long, until it is done.

    Once is not enough: an interrupt that comes before the statement begins is lost.
    """
    if not done.wait(takes_s):
        timed_out.set()
        while not done.wait(_INTERRUPT_EVERY_S):
            connection.interrupt()
