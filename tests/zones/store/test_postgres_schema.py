"""The tables in PostgreSQL: as declared, both ways, and kept apart from those of others."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, event

from tests.postgres_cluster import Cluster
from zones.errors import StoreError
from zones.store.open_store import open_store
from zones.store.sql import people_tables  # noqa: F401 - they are among the tables
from zones.store.sql.schema_version import SCHEMA
from zones.store.sql.tables import metadata

# SQLAlchemy has no name for PostGIS's type: that column is not compared.
pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> str:
    """Return the address of a store that only the structure of is looked at."""
    return cluster.new_store()


@pytest.fixture
def connection(address: str) -> Iterator[Connection]:
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))

    @event.listens_for(engine, "connect")
    def find_tables(driver: object, _: object) -> None:
        driver.cursor().execute("SET search_path = zones, public")  # type: ignore[attr-defined]
        driver.commit()  # type: ignore[attr-defined]

    with engine.begin() as connection:
        yield connection
    engine.dispose()


def differences(connection: Connection) -> list[object]:
    """Return what alembic would change: of our tables alone, PostGIS has its own beside them.

    It does not see that the keys of features are meant for SQLite only.
    """
    options = {
        "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
        "include_object": lambda thing, _, kind, *__: (
            kind != "foreign_key_constraint" or thing.table.name != "features"
        ),
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_migrations_make_the_tables_that_the_program_uses(connection: Connection) -> None:
    assert differences(connection) == []
    made = MetaData()
    made.reflect(connection)
    indexes = {index.name for table in made.tables.values() for index in table.indexes}
    assert {"features_current", "imports_by_time"} <= indexes


def test_the_migrations_can_be_undone_and_done_again(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "zones.store.sql:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    tables = "SELECT relname FROM pg_class WHERE relnamespace = 'zones'::regnamespace"
    left = connection.exec_driver_sql(tables).scalars().all()
    assert set(left) <= {"alembic_version", "alembic_version_pkc"}
    command.upgrade(config, SCHEMA)
    assert differences(connection) == []


def test_a_store_of_a_newer_program_is_refused(cluster: Cluster) -> None:
    address = cluster.new_store("newer")
    cluster.execute("UPDATE zones.alembic_version SET version_num = '9999'", "newer")
    assert refusal(address) == "store-newer"


def test_a_schema_of_another_program_is_refused_and_left_alone(cluster: Cluster) -> None:
    cluster.execute("CREATE DATABASE taken")
    cluster.execute("CREATE SCHEMA zones; CREATE TABLE zones.theirs (id int)", "taken")
    assert refusal(cluster.url("taken")) == "store-foreign"


def test_who_may_not_add_postgis_is_told_so(cluster: Cluster) -> None:
    cluster.execute("CREATE DATABASE plain")
    cluster.execute("CREATE ROLE clerk LOGIN")
    assert refusal(cluster.url("plain", user="clerk")) == "store-postgis"


def test_who_may_not_write_the_tables_is_told_so(cluster: Cluster) -> None:
    cluster.execute("CREATE DATABASE bare")
    cluster.execute("CREATE EXTENSION postgis", "bare")
    cluster.execute("CREATE ROLE guest LOGIN")
    assert refusal(cluster.url("bare", user="guest")) == "store-forbidden"


@pytest.mark.parametrize(
    "address", ["postgresql://127.0.0.1:1/zones", "postgresql://postgres@/none?host=%s"]
)
def test_a_database_that_is_not_there_is_told_so(cluster: Cluster, address: str) -> None:
    assert refusal(address.replace("%s", str(cluster.folder))) == "store-unreachable"


def refusal(address: str) -> str:
    """Return the code of why a store cannot be opened."""
    with pytest.raises(StoreError) as refused:
        open_store(address).close()
    return refused.value.code
