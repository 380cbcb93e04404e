"""Locks of the database that hold to the end of a transaction, over all processes and machines."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from zlib import crc32

import psycopg

_LOCKS: Final = 0x485A4E53
"""``HZNS``: the first half of the numbers of our advisory locks."""
TABLES, NUMBER, RECORDS, _REVISIONS = 1, 2, 3, 4
_COLLECTION_LOCKS: Final = _LOCKS + 1
"""The first half of the numbers of locks of collections; the other is made of their ids."""


def lock(number: int, *, shared: bool = False) -> str:
    """Return the statement that waits for a lock and takes it."""
    kind = "_shared" if shared else ""
    return f"SELECT pg_advisory_xact_lock{kind}({_LOCKS}, {number})"


def revision_locks(collection_ids: Iterable[str] | None) -> str:
    """Return the statements that take the locks of whoever revises the collections; None for all.

    Always in the same order: nobody waits for somebody who waits for him.
    """
    if collection_ids is None:
        return lock(_REVISIONS)
    keys = sorted({_key_of(id_) for id_ in collection_ids})
    own = [f"SELECT pg_advisory_xact_lock({_COLLECTION_LOCKS}, {key})" for key in keys]
    return "; ".join([lock(_REVISIONS, shared=True), *own])


@contextmanager
def short_wait(driver: psycopg.Connection, most_ms: int) -> Iterator[None]:
    """Wait so long at most for a lock inside the block, which is undone as one if it raises.

    The rest of the transaction waits as before: its commit may have to, for a notice of another.
    """
    waits = driver.execute("SELECT current_setting('lock_timeout')").fetchone()
    with driver.transaction():
        driver.execute(f"SET LOCAL lock_timeout = {most_ms}")
        yield
        driver.execute("SELECT set_config('lock_timeout', %s, true)", waits)


def _key_of(collection_id: str) -> int:
    """Return the second half of a lock's number; two ids that have the same wait for each other."""
    return crc32(collection_id.encode()) - 2**31
