"""A store in PostgreSQL copied by pg_dump while it is in use, lost, and put back."""

from pathlib import Path

import pytest

from tests.contract.stores import fids, make, plot, put
from tests.postgres_cluster import Cluster
from zones.errors import StoreError
from zones.store.backup import back_up, restore_backup
from zones.store.backup_rotation import checksum_file
from zones.store.open_store import open_store


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> str:
    """Return the address of a store of two revisions."""
    made = cluster.new_store("kept")
    store = open_store(made)
    make(store, plot("a"), plot("b", 名="x\ty\nz"))
    put(store, plot("c"))
    store.make_reader("viewer")
    store.close()
    return made


def test_a_store_that_was_lost_comes_back(address: str, cluster: Cluster, tmp_path: Path) -> None:
    store = open_store(address)
    made = back_up(address, tmp_path / "copies", keep=2)
    put(store, plot("later"))
    with pytest.raises(StoreError) as refused:
        restore_backup(address, made.path)
    store.close()
    assert refused.value.code == "restore-in-use"
    assert (made.revision, made.collections, made.path.stat().st_mode & 0o77) == (
        2,
        {"plots": 3},
        0,
    )
    cluster.execute("DROP SCHEMA zones, zones_gis CASCADE", "kept")
    restored, before = restore_backup(address, made.path)
    assert (restored.revision, restored.collections, before) == (2, {"plots": 3}, None)
    again = open_store(address)
    assert (fids(again), again.revision()) == (["a", "b", "c"], 2)
    assert again.features("plots", revision=1)[1].properties == {"名": "x\ty\nz"}
    assert put(again, plot("d")) == ("plots",)
    assert again.audit.add("restore", outcome="ok").id == 1
    again.close()


@pytest.mark.slow
def test_the_store_from_before_is_kept(address: str, cluster: Cluster, tmp_path: Path) -> None:
    made = back_up(address, tmp_path, keep=1)
    later = back_up(address, tmp_path, keep=1)
    assert later.removed in {(made.path,), ()}  # they may be of one second, and so of one name
    _, before = restore_backup(address, later.path)
    assert before is not None
    cluster.execute(f"TABLE {before}.revisions", "kept")
    cluster.execute("TABLE zones_gis.plots", "kept")


def test_a_damaged_copy_is_refused_and_the_store_left_alone(address: str, tmp_path: Path) -> None:
    made = back_up(address, tmp_path, keep=1)
    whole = made.path.read_bytes()
    for content in (whole[:-200], b"PK\x03\x04", whole[: len(whole) // 2]):
        made.path.write_bytes(content)
        with pytest.raises(StoreError) as refused:
            restore_backup(address, made.path)
        assert refused.value.code == "backup-checksum"
        checksum_file(made.path).rename(tmp_path / "checksum")
        with pytest.raises(StoreError) as refused:
            restore_backup(address, made.path)
        assert refused.value.code == "backup-damaged"
        (tmp_path / "checksum").rename(checksum_file(made.path))
    store = open_store(address)
    assert "a" in fids(store)
    store.close()


def test_what_is_no_store_is_not_copied(cluster: Cluster, tmp_path: Path) -> None:
    cluster.execute("CREATE DATABASE nothing")
    with pytest.raises(StoreError) as refused:
        back_up(cluster.url("nothing"), tmp_path, keep=1)
    assert refused.value.code == "backup-no-store"
