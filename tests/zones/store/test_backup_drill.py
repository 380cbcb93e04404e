"""A drill, on each kind of store: copy it, lose everything, put the copy back, compare."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.contract.stores import make, plot, put
from tests.postgres_cluster import Cluster
from zones.errors import StoreError
from zones.store.backup import back_up, restore_backup, verify_backup
from zones.store.backup_encryption import new_key
from zones.store.open_store import open_database, open_store
from zones.store.sql.tables import metadata

PUBLIC, SECRET = new_key()
Lose = Callable[[], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Lose]:
    """Return a store with something in every kind of table, and a function that loses it."""
    url, lose = _place(request, tmp_path)
    with closing(open_store(url)) as store:
        make(store, plot("a"), plot("b", 名="x\ty\nz"))
        put(store, plot("b", x=123.42), plot("c"))
        store.keys.create("desk", "editor")
        store.accounts.create("王工", "reader", "correct horse battery")
        store.audit.add("edit", outcome="ok", who="desk", reason="第二版")
    return url, lose


def _place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Lose]:
    if request.param == "sqlite":
        folder = tmp_path / "store"
        return f"sqlite:///{folder}/zones.sqlite", lambda: shutil.rmtree(folder)
    cluster: Cluster = request.getfixturevalue("cluster")
    url = cluster.new_store()
    name = url.partition("?")[0].rpartition("/")[2]
    return url, lambda: cluster.execute("DROP SCHEMA zones, zones_gis CASCADE", name)


def everything(url: str) -> dict[str, list[str]]:
    """Return all rows of all tables, as text."""
    with closing(open_database(url)) as database, database.reading() as reading:
        tables = metadata.sorted_tables
        return {t.name: sorted(map(repr, reading.execute(select(t)))) for t in tables}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("locking", "opening"), [("", ""), (PUBLIC, SECRET)], ids=["plain", "encrypted"]
)
def test_what_was_lost_comes_back_row_by_row(
    kept: tuple[str, Lose], tmp_path: Path, locking: str, opening: str
) -> None:
    url, lose = kept
    before = everything(url)
    made = back_up(url, tmp_path / "copies", keep=3, key=locking)
    assert (made.encrypted, made.revision, made.revisions) == (bool(locking), 2, 2)
    lose()
    assert verify_backup(made.path, key=opening) == replace(made, removed=())
    restored, aside = restore_backup(url, made.path, key=opening)
    assert (restored.collections, aside) == ({"plots": 3}, None)
    assert sum(map(len, before.values())) > 10
    assert everything(url) == before


def test_an_encrypted_copy_tells_nothing_without_its_key(
    kept: tuple[str, Lose], tmp_path: Path
) -> None:
    url, _ = kept
    made = back_up(url, tmp_path / "copies", keep=3, key=PUBLIC)
    raw = made.path.read_bytes()
    assert raw.startswith(b"age-encryption.org/v1\n")
    assert not any(word in raw for word in (b"plots", b"SQLite", b"PGDMP", "王工".encode()))
    names = {made.path.name, f"{made.path.name}.sha256"}
    assert {file.name for file in made.path.parent.iterdir()} == names
    for key, code in ((PUBLIC, "needed"), ("", "needed"), (new_key()[1], "other")):
        with pytest.raises(StoreError) as refused:
            verify_backup(made.path, key=key)
        assert refused.value.code == f"backup-key-{code}"
    with pytest.raises(StoreError) as refused:
        back_up(url, tmp_path / "others", keep=3, key="age1nonsense")
    assert refused.value.code == "backup-key"
    assert not (tmp_path / "others").exists()


def test_every_damage_is_found(kept: tuple[str, Lose], tmp_path: Path) -> None:
    made = back_up(kept[0], tmp_path / "copies", keep=3, key=SECRET)
    whole = made.path.read_bytes()
    checksum = made.path.with_name(f"{made.path.name}.sha256")
    subprocess.run(["sha256sum", "--check", "--status", checksum], cwd=made.path.parent, check=True)
    checksum.unlink()
    assert verify_backup(made.path, key=SECRET).checksum is None
    bent = whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:]
    for damaged in (whole[:-10], whole[:150], bent):
        made.path.write_bytes(damaged)
        with pytest.raises(StoreError) as refused:
            verify_backup(made.path, key=SECRET)
        assert refused.value.code == "backup-damaged"
    made.path.write_bytes(whole)
    renamed = made.path.rename(made.path.with_name("zones-20260101T000000Z-r7.backup"))
    with pytest.raises(StoreError) as refused:
        verify_backup(renamed, key=SECRET)
    assert refused.value.code == "backup-damaged"


def test_a_copy_is_put_back_to_its_own_kind_of_store(
    kept: tuple[str, Lose], tmp_path: Path
) -> None:
    made = back_up(kept[0], tmp_path / "copies", keep=3)
    file = kept[0].startswith("sqlite")
    other = "postgresql://nobody@/none" if file else f"sqlite:///{tmp_path}/other.sqlite"
    with pytest.raises(StoreError) as refused:
        restore_backup(other, made.path)
    assert refused.value.code == "backup-other-kind"
