"""The tables in a PostgreSQL database: are they ours, are they current, how they are made so."""

from typing import Final

import psycopg
from sqlalchemy import Connection

from zones.errors import StoreError
from zones.store.sql.schema_version import SCHEMA, check_known, upgrade, version_written

NAME: Final = "zones"
"""The schema that holds the store's tables; nothing else is to be in it."""
VIEWS: Final = "zones_gis"
"""The schema that desktop GIS reads."""

_IS_THERE: Final = "SELECT to_regclass('zones.alembic_version') IS NOT NULL"
_IS_FOREIGN: Final = (
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace('zones'))"
)
_IDENTITY: Final = (
    "SELECT system_identifier || '-' || oid FROM pg_catalog.pg_control_system(),"
    " pg_catalog.pg_database WHERE datname = current_database()"
)
_POSTGIS_IN: Final = (
    "SELECT nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
    " ON n.oid = e.extnamespace WHERE extname = 'postgis'"
)


def schema_of(connection: Connection) -> str | None:
    """Return the version of the tables, None for a database without any.

    Raises
    ------
    StoreError
        If another program made a schema of that name.
    """
    if connection.exec_driver_sql(_IS_THERE).scalar_one():
        return version_written(connection)
    if connection.exec_driver_sql(_IS_FOREIGN).scalar_one():
        raise StoreError("store-foreign")
    return None


def is_current(connection: Connection) -> bool:
    """Return whether the tables are those of this program.

    Raises
    ------
    StoreError
        If they are another program's, or a newer version's.
    """
    schema = schema_of(connection)
    if schema is not None:
        check_known(schema)
    return schema == SCHEMA


def make_current(connection: Connection) -> None:
    """Make the tables, or bring older ones up to date, in the transaction given."""
    if not is_current(connection):
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {NAME}")
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {VIEWS}")
        upgrade(connection)


def postgis_schema(connection: psycopg.Connection) -> str:
    """Return the schema that PostGIS is in, after making it where it is not there yet.

    Raises
    ------
    StoreError
        If it is neither there nor may be made.
    """
    row = connection.execute(_POSTGIS_IN).fetchone()
    if row is None:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public")
        except psycopg.Error as error:
            raise StoreError("store-postgis") from error
        return "public"
    return str(row[0])


def identity(connection: psycopg.Connection) -> str:
    """Return what tells this database from all others, of whatever server."""
    row = connection.execute(_IDENTITY).fetchone()
    assert row is not None  # noqa: S101 - a database knows itself
    return str(row[0])
