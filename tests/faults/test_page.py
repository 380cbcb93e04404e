"""A damaged page: found, told in words, never answered from, and the way back."""

import signal
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.contract.stores import fids, make, plot, put
from tests.postgres_cluster import Cluster
from zones.errors import StoreError
from zones.store.backup import back_up, restore_backup
from zones.store.open_store import open_store

PAGE = 8192
TEXT = "界" * 300


def test_a_damaged_page_of_a_file_is_found_and_a_copy_leads_back(tmp_path: Path) -> None:
    path = tmp_path / "zones.sqlite"
    url = f"sqlite:///{path}"
    with closing(open_store(url)) as store:
        make(store, *(plot(f"p{number:03}", text=TEXT) for number in range(300)))
        before = fids(store)
        made = back_up(url, tmp_path / "copies", keep=1)
    damage(path, path.stat().st_size // 4096 // 2 * 4096)
    with closing(open_store(url)) as store:
        assert store.ready().code == "store-damaged"
    with pytest.raises(StoreError) as refused:
        back_up(url, tmp_path / "copies", keep=1)
    assert refused.value.code in {"store-damaged", "backup-damaged"}
    assert made.path.exists()
    _, aside = restore_backup(url, made.path)
    assert aside is not None
    with closing(open_store(url)) as store:
        assert (store.ready().code, fids(store)) == (None, before)


@pytest.mark.slow
def test_a_damaged_page_of_postgres_is_told_and_a_copy_leads_back(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.new_store("damaged")
    url = cluster.url("damaged")
    with closing(open_store(url)) as store:
        make(store, *(plot(f"p{number:03}", text=TEXT) for number in range(300)))
        before = fids(store)
    made = back_up(url, tmp_path, keep=1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT pg_relation_filepath('zones.features')").fetchone()
    assert row is not None
    cluster.stop(signal.SIGINT)
    try:
        damage(cluster.folder / "data" / row[0], 0)
    finally:
        cluster.start()
    with closing(open_store(url)) as store:
        with pytest.raises(StoreError) as refused:
            store.features("plots")
        assert refused.value.code == "store-damaged"
    with pytest.raises(StoreError):
        back_up(url, tmp_path, keep=1)
    assert made.path.exists()
    _, aside = restore_backup(url, made.path)
    assert aside is not None
    with closing(open_store(url)) as store:
        assert fids(store) == before
        put(store, plot("later"))


def damage(file: Path, offset: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(b"\xff" * PAGE)
