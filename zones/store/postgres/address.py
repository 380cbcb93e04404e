"""Where a PostgreSQL store is: an address as libpq reads it."""

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zones.errors import StoreError

_DEFAULTS: Final = {
    "application_name": "heping-zones",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    # A database that is gone is found out in a quarter of a minute, not in two hours.
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}


def connection_words(url: str) -> str:
    """Return what the driver connects by, with what is not said set for a service.

    Raises
    ------
    StoreError
        If libpq cannot read the address, or it names no database.
    """
    try:
        words: dict[str, Any] = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise StoreError("store-url") from error
    if not words.get("dbname"):
        raise StoreError("store-url")
    return make_conninfo(**{**_DEFAULTS, **words})


def words_for_programs(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its password, and the environment that holds that.

    Other users of the machine see a program's arguments, not its environment.

    Raises
    ------
    StoreError
    """
    settings = conninfo_to_dict(connection_words(url))
    password = settings.pop("password", None)
    words = make_conninfo(**{name: str(value) for name, value in settings.items()})
    return words, {} if password is None else {"PGPASSWORD": str(password)}
