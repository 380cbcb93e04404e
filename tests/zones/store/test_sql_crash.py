"""A store whose process dies, or whose disk fills, in the middle of a change."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.paths import ROOT
from zones.model import Feature
from zones.store.open_store import open_store

COUNT = 3_000

PLOTS = f"""
import resource, sys, time
from shapely import box
from zones.errors import StoreError
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store
from zones.store.sql import store as sql_store

def plots(value, count={COUNT}):
    return [Feature(f"p{{n}}", box(n, 0, n + value, 1), {{"value": value}}) for n in range(count)]

def change(value, count={COUNT}):
    info = CollectionInfo("plots", "地块", "Plots")
    note = RevisionNote("child", f"value {{value}}")
    return store.apply([Change("plots", put=plots(value, count), collection=info)], note)

store = open_store(sys.argv[1])
"""

CHANGING_FOR_EVER = f"""{PLOTS}
while True:
    print(change(store.revision() + 1).number, flush=True)
"""

STOPPING_BEFORE_THE_COMMIT = f"""{PLOTS}
change(1)
write = sql_store.write_revision

def write_and_wait(*args, **kwargs):
    made = write(*args, **kwargs)
    print("written", flush=True)
    time.sleep(60)
    return made

sql_store.write_revision = write_and_wait
change(2)
"""

STOPPING_AMONG_THE_TABLES = """
import sys, time
from alembic import command
from zones.store.open_store import open_store
upgrade = command.upgrade

def upgrade_and_wait(*args):
    upgrade(*args)
    print("tables made", flush=True)
    time.sleep(60)

command.upgrade = upgrade_and_wait
open_store(sys.argv[1])
"""

FILLING_THE_DISK = f"""{PLOTS}
change(1, 10)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
try:
    change(2)
except StoreError as error:
    print(error.code)
print(store.revision(), len(store.features("plots")), store.ready().ready)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(change(2).number, len(store.features("plots")))
"""


@contextmanager
def child(code: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, f"sqlite:///{path}"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def assert_whole(path: Path) -> int:
    """Check that the store is sound and each revision whole; return the current one."""
    store = open_store(f"sqlite:///{path}")
    current = store.revision()
    assert [made.number for made in store.revisions()] == list(range(current, 0, -1))
    for number in {current, max(1, current - 1)}:
        features = store.features("plots", revision=number)
        assert len(features) == COUNT
        assert all(is_of(feature, number) for feature in features)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return current


def is_of(feature: Feature, number: int) -> bool:
    geometry = feature.geometry
    return geometry is not None and feature.properties["value"] == number == geometry.area


@pytest.mark.slow
def test_a_change_killed_at_any_moment_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path, before = tmp_path / "store.sqlite", 0
    for moment_s in np.random.default_rng(20).uniform(0, 0.4, 8):
        with child(CHANGING_FOR_EVER, path) as process:
            reported = int(first_line(process))
            assert reported == before + 1
            time.sleep(moment_s)
        before = assert_whole(path)
        assert before >= reported


@pytest.mark.slow
def test_a_change_killed_before_its_commit_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with child(STOPPING_BEFORE_THE_COMMIT, path) as process:
        assert first_line(process) == "written"
        assert (tmp_path / "store.sqlite-wal").stat().st_size > 0
    assert assert_whole(path) == 1


@pytest.mark.slow
def test_a_process_killed_while_it_makes_the_tables_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with child(STOPPING_AMONG_THE_TABLES, path) as process:
        assert first_line(process) == "tables made"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    with child(CHANGING_FOR_EVER, path) as process:
        assert first_line(process) == "1"


@pytest.mark.slow
def test_a_full_disk_refuses_the_change_and_serves_what_was_there(tmp_path: Path) -> None:
    with child(FILLING_THE_DISK, tmp_path / "store.sqlite") as process:
        said, _ = process.communicate()
    assert said.splitlines() == ["store-io", "1 10 True", "2 3000"]
