"""The store in a SQLite file: cost of asking, waiting, full and damaged files, readiness."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from shapely import box
from sqlalchemy import Connection, event

from tests.paths import ROOT
from zones.errors import StoreError
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store
from zones.store.sql import health
from zones.store.sql.store import SqlStore
from zones.store.sqlite.connections import LOG_SIZE_LIMIT_BYTES
from zones.store.sqlite.integrity_check import quick_check

NOTE = RevisionNote("tester", "because")
PLOTS = CollectionInfo("plots", "地块", "Plots")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{path}", busy_timeout_s=0.2)
    yield opened
    opened.close()


def plots(count: int, *, value: int = 0, text: str = "") -> list[Feature]:
    return [
        Feature(f"p{n}", box(123, 41, 123.1, 41.1), {"value": value, "text": text})
        for n in range(count)
    ]


def fill(store: SqlStore, count: int = 10, *, text: str = "") -> None:
    store.apply([Change("plots", put=plots(count, text=text), collection=PLOTS)], NOTE)


def test_asking_for_the_revision_costs_microseconds(store: SqlStore) -> None:
    fill(store)
    costs_s = []
    for _ in range(500):
        start = time.perf_counter()
        store.revision()
        costs_s.append(time.perf_counter() - start)
    assert median(costs_s) < 50e-6


def test_a_small_delta_is_read_through_the_indexes(store: SqlStore, path: Path) -> None:
    fill(store, 500)
    store.apply([Change("plots", put=plots(2, value=1), remove=["p9"])], NOTE)
    asked = asked_by(store)
    delta = store.delta(1)
    assert [feature.fid for feature in delta.put["plots"]] == ["p0", "p1"]
    with closing(sqlite3.connect(path)) as connection:
        for words, values in asked:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {words}", values).fetchall()
            assert not [step for *_, step in plan if step.startswith("SCAN features")]


def asked_by(store: SqlStore) -> list[tuple[str, Any]]:
    """Return a list to which every query on features is added as the store asks it."""
    asked: list[tuple[str, Any]] = []

    @event.listens_for(store._database._readers, "before_cursor_execute")
    def note(_: Connection, __: object, words: str, values: Any, *___: object) -> None:
        if "FROM features" in words:
            asked.append((words, values))

    return asked


def test_idle_readers_do_not_hold_up_the_log(store: SqlStore, path: Path) -> None:
    fill(store)
    store.features("plots")
    store.delta(0)
    store.revision()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    assert store.ready().log_bytes == 0


def test_the_log_of_a_large_change_is_cut_by_the_next_one(store: SqlStore) -> None:
    fill(store, 5_000, text="界" * 1_500)
    assert store.ready().log_bytes > LOG_SIZE_LIMIT_BYTES
    store.apply([Change("plots", put=plots(1))], NOTE)
    assert store.ready().log_bytes <= LOG_SIZE_LIMIT_BYTES


@pytest.mark.slow
def test_a_commit_of_another_process_is_seen_by_the_next_question(
    store: SqlStore, path: Path
) -> None:
    fill(store)
    assert store.revision() == 1
    code = (
        "import sys; from zones.store.open_store import open_store; from zones.model import *; "
        "store = open_store(sys.argv[1]); "
        "store.apply([Change('plots', remove=['p3'])], RevisionNote('other', 'process'))"
    )
    subprocess.run([sys.executable, "-c", code, f"sqlite:///{path}"], cwd=ROOT, check=True)
    assert store.revision() == 2
    assert store.delta(1).remove == {"plots": ["p3"]}


@pytest.mark.slow
def test_processes_that_count_together_lose_no_count(store: SqlStore, path: Path) -> None:
    store.apply([Change("plots", put=plots(1), collection=PLOTS)], NOTE)
    command = [sys.executable, "-c", COUNTING, f"sqlite:///{path}"]
    children = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert store.features("plots")[0].properties["value"] == 45
    assert [made.number for made in store.revisions()] == list(range(46, 0, -1))


COUNTING = """
import sys
from zones.errors import ConflictError
from zones.model import Change, Feature, RevisionNote
from zones.store.open_store import open_store

store, counted = open_store(sys.argv[1]), 0
while counted < 15:
    seen = store.revision()
    (plot,) = store.features("plots", revision=seen)
    more = Feature(plot.fid, plot.geometry, {"value": plot.properties["value"] + 1})
    try:
        store.apply([Change("plots", put=[more])], RevisionNote("c", "count"), expected=seen)
        counted += 1
    except ConflictError:
        pass
"""


def test_a_store_locked_by_another_says_so_and_still_reads(store: SqlStore, path: Path) -> None:
    fill(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as refused:
            store.apply([Change("plots", put=plots(1, value=1))], NOTE)
        assert refused.value.code == "store-busy"
        assert len(store.features("plots")) == 10
    store.apply([Change("plots", put=plots(1, value=1))], NOTE)
    assert store.revision() == 2


def test_a_full_store_says_so_and_keeps_what_it_has(store: SqlStore) -> None:
    fill(store)
    with store._database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    with pytest.raises(StoreError) as refused:
        store.apply([Change("plots", put=plots(5_000, value=1))], NOTE)
    assert refused.value.code == "store-full"
    assert (store.revision(), len(store.features("plots"))) == (1, 10)
    store.apply([Change("plots", put=plots(1, value=1))], NOTE)
    assert store.revision() == 2


def test_a_read_only_store_says_so(store: SqlStore) -> None:
    fill(store)
    with store._database.writing() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError) as refused:
        store.apply([Change("plots", put=plots(1, value=1))], NOTE)
    assert refused.value.code == "store-readonly"


def test_readers_cannot_write(store: SqlStore) -> None:
    with pytest.raises(StoreError), store._database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM revisions")


def test_a_fault_of_the_store_shows_no_path_and_no_sql(store: SqlStore, path: Path) -> None:
    with pytest.raises(StoreError) as refused, store._database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM revisions")
    for lang in ("zh", "en"):
        words = str(refused.value.text(lang))
        assert "DELETE" not in words
        assert str(path.parent) not in words


def test_a_sound_store_is_ready(store: SqlStore) -> None:
    fill(store)
    state = store.ready()
    assert (state.ready, state.code, state.revision, state.pages) == (True, None, 1, "sound")


def test_the_pages_are_not_checked_again_at_once(store: SqlStore) -> None:
    assert store.ready().checked_at == store.ready().checked_at


def test_a_damaged_store_is_not_ready(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    fill(store, 2_000)
    store.close()
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        file.seek(4096 * (pages // 2))
        file.write(b"\xff" * 4096 * (pages // 4))
    store = open_store(f"sqlite:///{path}")
    state = store.ready()
    store.close()
    assert (state.ready, state.code) == (False, "store-damaged")


def test_a_check_that_takes_too_long_is_broken_off_and_finds_no_fault(store: SqlStore) -> None:
    fill(store, 10_000, text="界" * 1_500)
    # Where the machine is busy, what is to break it off may come too late.
    found = {quick_check(store._database, takes_s=0) for _ in range(20)}
    assert "unfinished" in found <= {"unfinished", "sound"}
    assert quick_check(store._database, takes_s=60) == "sound"


def test_a_first_check_that_was_broken_off_is_soon_made_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 10_000, text="界" * 1_500)
    for name, seconds in (("FIRST_TAKES_S", 0.0), ("FIRST_HOLDS_S", 0.0), ("CHECK_TAKES_S", 60.0)):
        monkeypatch.setattr(health, name, seconds)
    assert store.ready().ready
    assert store.ready().pages == "sound"
    assert store.ready().checked_at == store.ready().checked_at


def test_a_store_that_meets_a_newer_schema_while_running_is_not_ready(
    store: SqlStore, path: Path
) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '0002'")
    state = store.ready()
    assert (state.ready, state.code) == (False, "store-changed")


def test_a_closed_store_is_not_ready(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    store.close()
    assert store.ready().code == "store-closed"


def test_the_secret_itself_is_nowhere_in_the_files(store: SqlStore, path: Path) -> None:
    _, secret = store.keys.create("desk", "editor")
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert secret.encode() not in kept
    assert secret.removeprefix("hz_").encode() not in kept
