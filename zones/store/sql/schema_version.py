"""The version of the store's tables, and the way to the one that this program reads."""

from sqlalchemy import Connection

from zones.errors import StoreError

SCHEMA = "0007"
"""The revision in ``migrations/versions`` that this program reads and writes."""


def check_known(schema: str) -> None:
    """Refuse tables that a newer program has made.

    Raises
    ------
    StoreError
    """
    if schema not in {f"{number:04d}" for number in range(1, int(SCHEMA) + 1)}:
        raise StoreError("store-newer", found=schema, known=SCHEMA)


def version_written(connection: Connection) -> str:
    """Return the version of tables that are there."""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def upgrade(connection: Connection) -> None:
    """Make the tables, or bring older ones up to date, in the transaction given."""
    # Alembic costs a third of a second to import, and only a new or an older store needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "zones.store.sql:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
