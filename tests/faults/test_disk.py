"""A disk that is full or read-only, a real one, at each step that writes to it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import shake_128
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from tests.app.conftest import serving, settings_for, with_key
from tests.contract.stores import NOTE, fids, make, plot, put
from tests.postgres_cluster import Cluster, as_owner
from zones.errors import StoreError
from zones.model import Change
from zones.store.backup import back_up, verify_backup
from zones.store.backup_encryption import new_key
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

FILLER = "x" * 20_000


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can make a small disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir(mode=0o700)
    mount(folder, "size=2m,mode=700")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def filled(store: SqlStore) -> int:
    """Put plots until there is no room; return how many revisions were acknowledged."""
    number = 0
    try:
        while True:
            number += 1
            texts = [shake_128(bytes([number, each])).hexdigest(10_000) for each in range(5)]
            put(store, *(plot(f"p{number}-{each}", text=text) for each, text in enumerate(texts)))
    except StoreError as fault:
        code = fault.code
    return number if code == "store-full" else pytest.fail(code)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_that_has_no_room_leaves_nothing_and_the_one_before(
    disk: Path, tmp_path: Path, encrypted: bool
) -> None:
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    key = new_key()[1] if encrypted else ""
    with closing(open_store(url)) as store:
        make(store, plot("a"))
        before = back_up(url, disk, keep=1, key=key)
        put(store, *(plot(f"p{each}", text=FILLER) for each in range(150)))
        with pytest.raises(StoreError) as refused:
            back_up(url, disk, keep=1, key=key)
        assert refused.value.code in {"backup-disk", "store-full", "store-io"}
        assert store.ready().ready
    names = {before.path.name, f"{before.path.name}.sha256"}
    assert {file.name for file in disk.iterdir()} == names
    assert verify_backup(before.path, key=key).revision == 1
    left = {file.name for file in tmp_path.iterdir()}
    assert not [name for name in left if name.startswith(".zones-backup")]


def test_a_store_on_a_read_only_disk_is_refused_in_words_and_unharmed(disk: Path) -> None:
    url = f"sqlite:///{disk}/zones.sqlite"
    with closing(open_store(url)) as store:
        make(store, plot("a"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert refused.value.code == "store-unopenable"
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    with closing(open_store(url)) as store:
        assert fids(store) == ["a"]


def test_a_prune_whose_room_cannot_be_returned_says_so_and_is_done(disk: Path) -> None:
    url = f"sqlite:///{disk}/zones.sqlite"
    for turn in range(8):  # each time closed, so that no log takes the room
        with closing(open_store(url)) as store:
            make(store, *(plot(f"p{turn}-{each}", text=FILLER) for each in range(8)))
            now = store.features("plots")
    told = CliRunner().invoke(cli, ["prune", "--keep", "1", "--yes", "--store", url])
    assert isinstance(told.exception, StoreError)
    assert told.exception.code == "store-not-compacted"
    assert "removed" in told.stdout
    with closing(open_store(url)) as store:
        assert (store.features("plots"), store.pruning.oldest()) == (now, 8)
        assert store.ready().ready
        put(store, plot("later", text=FILLER))


def test_a_database_whose_disk_is_full_refuses_and_keeps_what_was(
    disk: Path, cluster: Cluster
) -> None:
    for folder in disk.parents:
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o711)  # of pytest, for us alone
    if owner := as_owner():
        shutil.chown(disk, owner["user"])
    cluster.new_store("filled")
    cluster.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
    try:
        cluster.execute("ALTER TABLE zones.features SET TABLESPACE small", "filled")
        with closing(open_store(cluster.url("filled"))) as store:
            make(store, plot("a"))
            number = filled(store)
            assert store.revision() == number
            assert len(store.features("plots")) == 1 + 5 * (number - 1)
            store.apply([Change("plots", remove=["a"])], NOTE)
    finally:
        cluster.execute("DROP DATABASE filled")
        cluster.execute("DROP TABLESPACE small")


@pytest.mark.slow
def test_an_edit_that_has_no_room_is_507_and_reads_go_on(
    disk: Path, seeded_file: Path, tmp_path: Path
) -> None:
    room = seeded_file.stat().st_size // 2**20 + 3
    subprocess.run(["mount", "-o", f"remount,size={room}m", str(disk)], check=True)
    shutil.copy(seeded_file, disk / "zones.sqlite")
    with serving(settings_for(disk, work_dir=tmp_path / "work")) as client:
        with_key(client)
        assert client.post("/collections", json={"id": "mine"}).status_code == 201
        properties = {f"t{number}": FILLER for number in range(20)}
        feature = {"type": "Feature", "geometry": None, "properties": properties}
        number = -1
        while True:
            number += 1
            answer = client.post("/collections/mine/items", json=feature)
            if answer.status_code != 201:
                break
        assert answer.status_code == 507, answer.text
        assert answer.json()["type"].endswith("/problems/store-full")
        assert client.get("/collections/mine/items").json()["numberMatched"] == number
        assert client.get("/locate", params={"lon": 123.4, "lat": 41.79}).status_code == 200
