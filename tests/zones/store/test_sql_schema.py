"""The store's file: made by several at once, kept apart from others' files and newer ones."""

import fcntl
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.paths import ROOT
from zones.errors import StoreError
from zones.store.open_store import open_store
from zones.store.sql.schema_version import SCHEMA
from zones.store.sql.tables import metadata
from zones.store.sqlite.schema import APPLICATION_ID


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def opened_once(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def schema_words(path: Path) -> dict[str, str]:
    """Return the words that made each table and index, spaces and quotes evened out."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type != 'trigger'"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(query).fetchall()
    return {name: " ".join(words.split()) for name, words in rows if name != "alembic_version"}


def test_missing_folders_are_made(tmp_path: Path) -> None:
    opened_once(tmp_path / "a" / "b" / "store.sqlite")
    assert (tmp_path / "a" / "b" / "store.sqlite").is_file()


def test_a_relative_address_is_a_path_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///here.sqlite").close()
    assert (tmp_path / "here.sqlite").is_file()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "store.sqlite",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "sqlite:///x.sqlite?mode=ro",
        "mysql://localhost/zones",
        "postgresql://[::1/zones",
        "postgresql://localhost",
    ],
)
def test_an_address_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="address") as refused:
        open_store(url)
    assert refused.value.code == "store-url"


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path}/file/store.sqlite")
    assert refused.value.code == "store-unopenable"


def test_a_path_that_is_a_folder_is_a_fault_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path}")
    assert refused.value.code == "store-unopenable"


def test_the_migrations_make_the_tables_that_the_program_uses(path: Path, tmp_path: Path) -> None:
    opened_once(path)
    engine = create_engine(f"sqlite:///{tmp_path}/declared.sqlite")
    metadata.create_all(engine)
    engine.dispose()
    assert schema_words(path) == schema_words(tmp_path / "declared.sqlite")


def test_the_program_knows_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "zones.store.sql:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


@pytest.mark.slow
def test_an_existing_store_is_opened_without_importing_alembic(path: Path) -> None:
    opened_once(path)
    code = (
        "import sys; from zones.store.open_store import open_store;"
        "open_store(sys.argv[1]).close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, f"sqlite:///{path}"], cwd=ROOT, check=False)
    assert ran.returncode == 0


@pytest.mark.slow
def test_several_processes_may_make_one_store_at_once(path: Path) -> None:
    code = (
        "import sys; from zones.store.open_store import open_store; sys.stdin.readline(); "
        "print(open_store(sys.argv[1]).revision())"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{path}"]
    children = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    assert [child.communicate()[0] for child in children] == ["0\n"] * 4
    assert all(child.returncode == 0 for child in children)


def test_who_comes_while_another_makes_the_store_waits(path: Path) -> None:
    with path.with_name("store.sqlite.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        latecomer = Thread(target=opened_once, args=(path,))
        latecomer.start()
        latecomer.join(0.3)
        assert latecomer.is_alive()
    latecomer.join(5)
    assert not latecomer.is_alive()
    assert "features" in schema_words(path)


def test_a_store_of_a_newer_program_is_refused_and_left_alone(path: Path) -> None:
    opened_once(path)
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"9999; this program knows {SCHEMA}") as refused:
        opened_once(path)
    assert refused.value.code == "store-newer"
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    run_sql(path, "CREATE TABLE gpkg_contents (table_name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        opened_once(path)
    assert refused.value.code == "store-foreign"
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(4096))
    with pytest.raises(StoreError) as refused:
        opened_once(path)
    assert refused.value.code == "store-damaged"
    assert path.read_bytes() == b"PK\x03\x04" + bytes(4096)


def test_the_file_says_whose_it_is_and_keeps_a_write_ahead_log(path: Path) -> None:
    opened_once(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_copy_without_write_ahead_log_gets_it_back(path: Path) -> None:
    opened_once(path)
    run_sql(path, "PRAGMA journal_mode = DELETE")
    opened_once(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_migrating_again_changes_nothing(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    store.migrate()
    assert store.revision() == 0
    store.close()
