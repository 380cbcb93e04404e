"""Copies of the store, made while it is in use, and the way back."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.stores import NOTE, fids, make, plot
from zones.errors import StoreError
from zones.model import Change
from zones.store.backup import back_up, restore_backup
from zones.store.backup_rotation import checksum_file
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store/zones.sqlite"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    make(opened, plot("a"), plot("b"))
    yield opened
    opened.close()


def test_a_copy_is_one_sound_file_with_all_there_is(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    made = back_up(url, tmp_path / "copies", keep=3)
    names = sorted(file.name for file in (tmp_path / "copies").iterdir())
    assert names == [made.path.name, f"{made.path.name}.sha256"]
    assert (made.revision, made.collections) == (1, {"plots": 2})
    copy = open_store(f"sqlite:///{made.path}")
    assert copy.features("plots") == store.features("plots")
    assert copy.revisions() == store.revisions()
    copy.close()


def test_what_is_still_in_the_log_is_copied(store: SqlStore, url: str, tmp_path: Path) -> None:
    store.apply([Change("plots", [plot("c")])], NOTE)
    path = tmp_path / "store" / "zones.sqlite"
    assert path.with_name("zones.sqlite-wal").stat().st_size > 0
    assert back_up(url, tmp_path / "copies", keep=3).collections == {"plots": 3}


def test_the_oldest_copies_go_and_foreign_files_stay(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    old = [folder / f"zones-2026010{n}T000000Z-r1.backup" for n in (1, 2, 3)]
    other = folder / "other-20260101T000000Z-r1.backup"
    for file in (*old, other):
        file.write_bytes(b"")
    checksum_file(old[0]).write_bytes(b"")
    made = back_up(url, folder, keep=2)
    assert made.removed == (old[0], old[1])
    assert sorted(folder.glob("*.backup")) == sorted([old[2], other, made.path])
    assert list(folder.glob("*.sha256")) == [checksum_file(made.path)]


def test_a_copy_made_during_writes_is_one_revision_whole(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            store.apply([Change("plots", [plot(f"n{number}-{k}") for k in range(50)])], NOTE)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(url, tmp_path / str(n), keep=1) for n in range(5)]
    finally:
        stop.set()
        writer.join()
    for made in copies:
        assert made.collections == {"plots": 2 + 50 * (made.revision - 1)}
    assert copies[-1].revision > copies[0].revision
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    restore_backup(elsewhere, copies[2].path)
    restored = open_store(elsewhere)
    assert restored.features("plots") == store.features("plots", revision=copies[2].revision)
    restored.close()


def test_a_copy_put_back_is_the_store_and_the_former_one_is_kept(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    make(store, plot("a"))
    made = back_up(url, tmp_path / "copies", keep=3)
    store.apply([Change("plots", [plot("b")])], NOTE)
    store.close()
    restored, before = restore_backup(url, made.path)
    assert (restored.revision, restored.collections) == (1, {"plots": 1})
    assert before is not None
    for place, expected in ((url, ["a"]), (f"sqlite:///{before}", ["a", "b"])):
        opened = open_store(place)
        assert fids(opened) == expected
        opened.close()


def test_nothing_is_put_back_beside_a_program_that_has_the_store_open(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    made = back_up(url, tmp_path / "copies", keep=3)
    store.apply([Change("plots", [plot("c")])], NOTE)
    with pytest.raises(StoreError, match="has the store open"):
        restore_backup(url, made.path)
    assert fids(store) == ["a", "b", "c"]
    store.apply([Change("plots", [plot("d")])], NOTE)
    assert sorted(file.name for file in (tmp_path / "store").iterdir()) == [
        "zones.sqlite",
        "zones.sqlite-shm",
        "zones.sqlite-wal",
        "zones.sqlite.lock",
    ]


def test_a_damaged_store_can_be_replaced(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    make(store, plot("a"))
    made = back_up(url, tmp_path / "copies", keep=3)
    store.close()
    (tmp_path / "store" / "zones.sqlite").write_bytes(b"not a database at all" * 500)
    restore_backup(url, made.path)
    opened = open_store(url)
    assert fids(opened) == ["a"]
    opened.close()


def test_a_copy_is_put_where_no_store_is(store: SqlStore, url: str, tmp_path: Path) -> None:
    made = back_up(url, tmp_path / "copies", keep=3)
    _, before = restore_backup(f"sqlite:///{tmp_path}/elsewhere/new.sqlite", made.path)
    assert before is None
    assert (tmp_path / "elsewhere" / "new.sqlite").is_file()


def test_what_is_no_copy_of_a_store_is_refused(url: str, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.backup"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    text = tmp_path / "text.backup"
    text.write_text("hello" * 1000)
    for file, code in ((foreign, "store-foreign"), (text, "backup-damaged")):
        with pytest.raises(StoreError) as caught:
            restore_backup(url, file)
        assert caught.value.code == code
    with pytest.raises(StoreError, match="no backup"):
        restore_backup(url, tmp_path / "none")


def test_a_damaged_copy_is_refused(store: SqlStore, url: str, tmp_path: Path) -> None:
    made = back_up(url, tmp_path / "copies", keep=3)
    raw = bytearray(made.path.read_bytes())
    raw[8192:40960] = b"\xff" * (40960 - 8192)
    made.path.write_bytes(raw)
    with pytest.raises(StoreError) as caught:
        restore_backup(f"sqlite:///{tmp_path}/new.sqlite", made.path)
    assert caught.value.code == "backup-checksum"
    checksum_file(made.path).unlink()
    with pytest.raises(StoreError) as caught:
        restore_backup(f"sqlite:///{tmp_path}/new.sqlite", made.path)
    assert caught.value.code in {"backup-damaged", "store-damaged"}
    assert not (tmp_path / "new.sqlite").exists()


def test_a_store_that_is_not_there_is_not_made_by_copying_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        back_up(url, tmp_path / "copies", keep=3)
    assert not (tmp_path / "store").exists()
    assert not (tmp_path / "copies").exists()


def test_a_copy_that_cannot_be_written_leaves_nothing(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="disk failed"):
        back_up(url, tmp_path / "copies", keep=3)
