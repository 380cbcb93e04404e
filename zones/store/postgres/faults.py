"""What PostgreSQL complains of, said as a fault of the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy import exc

from zones.errors import StoreError

_FAULTS: Final = {
    "53100": "store-full",
    "25006": "store-readonly",
    "42501": "store-forbidden",
    "55P03": "store-busy",
    "57014": "store-busy",
    "40001": "store-busy",
    "40P01": "store-busy",
    "53300": "store-busy",
    "58030": "store-io",
    "XX001": "store-damaged",
    "XX002": "store-damaged",
    "3D000": "store-unreachable",
}
"""By code (https://www.postgresql.org/docs/15/errcodes-appendix.html)."""

_CLASSES: Final = {"28": "store-unreachable", "08": "store-unreachable"}
"""By the first two characters: who may not log in, and connections that fail."""

_OUR_MISTAKES: Final = ("22", "23", "42", "P0")
"""Classes of faults of this program: they must stay loud."""


@contextmanager
def store_faults() -> Iterator[None]:
    """Raise what goes wrong with the database inside the block as ``StoreError``.

    Raises
    ------
    StoreError
        Full, read-only, locked, gone. The database's own words, which may hold SQL or an address,
        stay in ``__cause__`` for the log.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreError("store-busy") from error
    except exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.Error) or _is_ours(error.orig):
            raise
        raise store_error(error.orig) from error
    except psycopg.Error as error:
        if _is_ours(error):
            raise
        raise store_error(error) from error


def store_error(error: psycopg.Error) -> StoreError:
    """Return the fault that an error tells of; ``store-unavailable`` for the rare ones."""
    state = error.sqlstate
    if state is None:  # the driver's own: no connection, or it broke
        is_gone = isinstance(error, psycopg.OperationalError)
        return StoreError("store-unreachable" if is_gone else "store-unavailable")
    return StoreError(_FAULTS.get(state) or _CLASSES.get(state[:2], "store-unavailable"))


def _is_ours(error: psycopg.Error) -> bool:
    state = error.sqlstate
    if state is None:
        return not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state not in _FAULTS and state.startswith(_OUR_MISTAKES)
