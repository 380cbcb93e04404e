"""A database that goes away and comes back, processes that are killed, a pooler in between."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.contract.stores import make, plot, put
from tests.paths import ROOT
from tests.postgres_cluster import Cluster, as_owner
from zones.errors import StoreError
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

COUNT = 500

CHANGING_FOR_EVER = f"""
import sys
from shapely import box
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

store, info = open_store(sys.argv[1]), CollectionInfo("plots", "地块", "Plots")
while True:
    value = store.revision() + 1
    put = [Feature(f"p{{n}}", box(n, 0, n + value, 1), {{"value": value}}) for n in range({COUNT})]
    change = Change("plots", put=put, collection=info)
    print(store.apply([change], RevisionNote("child", "")).number, flush=True)
"""


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what comes by a notice or a query now and then; fail after a long while."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_refused(call: Callable[[], object]) -> bool:
    """Return whether a store says that it has no database; it may know a revision for a moment."""
    try:
        call()
    except StoreError as fault:
        return fault.code in {"store-unreachable", "store-unavailable"}
    return False


@pytest.mark.slow
def test_a_store_goes_on_after_its_database_died_and_came_back(cluster: Cluster) -> None:
    store = open_store(cluster.new_store())
    make(store, plot("a"))
    assert store.revision() == 1
    cluster.stop(signal.SIGQUIT)
    try:
        for call in (store.revision, store.collections, lambda: put(store, plot("b"))):
            wait_until(partial(is_refused, call))
        assert not store.ready().ready
    finally:
        cluster.start()  # other tests use it
    wait_until(lambda: not is_refused(store.revision))
    assert store.revision() == 1
    assert put(store, plot("b")) == ("plots",)
    assert (store.revision(), store.ready().ready) == (2, True)
    store.close()


@pytest.mark.slow
def test_a_change_killed_at_any_moment_is_there_whole_or_not_at_all(cluster: Cluster) -> None:
    address, before = cluster.new_store(), 0
    store = open_store(address)
    for moment_s in (0.0, 0.03, 0.08):
        command = [sys.executable, "-c", CHANGING_FOR_EVER, address]
        with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            reported = int(process.stdout.readline())
            assert reported == before + 1
            time.sleep(moment_s)
            process.kill()
        wait_until(lambda: nobody_writes(address))
        before = store.collections() and len(store.revisions())
        assert before >= reported
        features = store.features("plots")
        assert len(features) == COUNT
        assert {feature.properties["value"] for feature in features} == {before}
    store.close()


def nobody_writes(address: str) -> bool:
    """Return whether the server has noticed that the killed process is gone."""
    words = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    with psycopg.connect(address) as connection:
        return connection.execute(words).fetchone() == (0,)


def test_who_waits_too_long_for_another_writer_is_told_so(cluster: Cluster) -> None:
    address = cluster.new_store()
    one, other = open_store(address), open_store(address, busy_timeout_s=0.1)
    make(one)
    with one._database.revising(), pytest.raises(StoreError) as refused:
        put(other, plot("a"))
    assert refused.value.code == "store-busy"
    assert put(other, plot("a")) == ("plots",)
    one.close()
    other.close()


@pytest.fixture
def pooled(cluster: Cluster, tmp_path: Path) -> Iterator[str]:
    """Return the address of a store behind a pooler that hands connections out by transaction."""
    pooler = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
    if pooler is None:
        pytest.skip("no pgbouncer (Debian: pgbouncer)")
    cluster.new_store("behind")
    settings = cluster.folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\nbehind = host={cluster.folder} dbname=behind user=postgres\n"
        f"[pgbouncer]\nunix_socket_dir={cluster.folder}\nlisten_addr=\nlisten_port=6432\n"
        "auth_type=any\npool_mode=transaction\ndefault_pool_size=4\n"
    )
    command = [pooler, "-q", settings]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, **as_owner())
    socket = cluster.folder / ".s.PGSQL.6432"
    wait_until(lambda: socket.exists() or process.poll() is not None)
    yield f"postgresql://postgres@/behind?host={cluster.folder}&port=6432"
    process.kill()
    process.wait()
    log.close()


def test_a_store_works_behind_a_pooler(pooled: str) -> None:
    stores = [open_store(pooled) for _ in range(3)]
    make(stores[0], plot("start"))
    for turn in range(12):  # more often than what would prepare a statement
        writer, reader = stores[turn % 3], stores[(turn + 1) % 3]
        put(writer, plot(f"p{turn}"))
        followed(reader, turn + 2)
        assert len(reader.features("plots")) == turn + 2
    for store in stores:
        store.close()


def followed(store: SqlStore, revision: int) -> None:
    """Wait until a store sees a revision; at once on one machine."""
    wait_until(lambda: store.revision() == revision)


def test_another_machine_follows_by_notices(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = cluster.new_store()
    one = open_store(address)
    # A machine apart: it has no memory in common with this one.
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    other = open_store(address)
    make(one, plot("a"))
    followed(other, 1)
    one.close()
    other.close()
