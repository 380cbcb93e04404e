"""An index on just what a collection's view shows of geometries, for whoever asks for a box."""

from contextlib import suppress
from hashlib import sha256
from typing import Final

import psycopg
from psycopg import errors, sql

from zones.model import CollectionInfo
from zones.store.postgres.advisory_locks import short_wait
from zones.store.postgres.view_words import multi_kind, shown_geometry

_WAIT_MS: Final = 500
"""For somebody who writes features of another collection."""

_HAS_INDEX: Final = "SELECT to_regclass(format('zones.%%I', %s::text)) IS NOT NULL"


def index_places(driver: psycopg.Connection, info: CollectionInfo) -> None:
    """See that the view's geometries have an index; one that is there already stays.

    It cannot be made while somebody writes to another collection, who may wait for this
    transaction: the view is slower then, until it is made anew.
    """
    name = f"place_{(multi_kind(info) or 'any').lower()}_{info.id}"
    if len(name) > 63:  # noqa: PLR2004 - the longest name
        name = f"place_{sha256(name.encode()).hexdigest()[:32]}"
    words = sql.SQL(
        "CREATE INDEX {} ON zones.features USING gist (({}))"
        " WHERE collection = {} AND to_rev IS NULL"
    ).format(sql.Identifier(name), shown_geometry(info, "geometry"), sql.Literal(info.id))
    if driver.execute(_HAS_INDEX, (name,)).fetchone() == (True,):
        return
    with suppress(errors.LockNotAvailable), short_wait(driver, _WAIT_MS):
        driver.execute(words)
