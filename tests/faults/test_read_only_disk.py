"""A disk of SQLite's that becomes read-only under a running service, a real one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving, settings_for, with_key
from tests.app.files import HEPING, points_geojson

pytestmark = pytest.mark.slow

FEATURE = {"type": "Feature", "geometry": None, "properties": {"n": 1}}
READ = (
    "/locate?lon=123.41&lat=41.79",
    "/collections/mine/items",
    "/xyz/zones/web/12/3451/1528.png",
)


def ran(*command: str | Path) -> bool:
    return (
        shutil.which(str(command[0])) is not None
        and not subprocess.run(command, check=False, capture_output=True).returncode
    )


class Disk:
    """A file system of its own in a file, mounted at ``folder``."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder
        image.touch()
        folder.mkdir(mode=0o700)
        made = ran("truncate", "-s", "64M", image) and ran("mkfs.ext4", "-q", "-F", image)
        if not made or not self.mounted():
            pytest.skip("only root can make a disk (Debian: e2fsprogs)")

    def mounted(self) -> bool:
        return ran("mount", "-o", "loop,errors=remount-ro", self.image, self.folder)

    def files(self) -> list[Path]:
        return [*self.folder.rglob("zones.sqlite*"), self.folder]

    def refuse(self) -> None:
        """Let the disk take no write, also of who has a file open, until ``allow``."""
        assert ran("chattr", "+i", *self.files())

    def allow(self) -> None:
        assert ran("chattr", "-i", *self.files())

    def fail(self) -> None:
        """Let the system find a fault on the disk: it takes no write until it was mounted anew."""
        found = subprocess.run(
            ["findmnt", "-no", "SOURCE", self.folder], check=True, capture_output=True, text=True
        )
        fault = Path("/sys/fs/ext4", Path(found.stdout.strip()).name, "trigger_fs_error")
        if not fault.exists():
            pytest.skip("this kernel's ext4 has no trigger_fs_error")
        fault.write_text("1")

    def mend(self) -> None:
        """Do what an operator does: unmount, check, mount again."""
        assert ran("umount", self.folder)
        with suppress(subprocess.CalledProcessError):  # it says so when it mended something
            subprocess.run(["e2fsck", "-p", self.image], check=True, capture_output=True)
        assert self.mounted()


@pytest.fixture
def disk(tmp_path: Path, seeded_file: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "image", tmp_path / "disk")
    shutil.copy(seeded_file, disk.folder / "zones.sqlite")
    yield disk
    ran("chattr", "-i", *disk.files())
    ran("umount", "-l", disk.folder)


def began(client: TestClient) -> TestClient:
    """Make a collection with a feature, by somebody with a key."""
    with_key(client)
    assert client.post("/collections", json={"id": "mine"}).status_code == 201
    assert client.post("/collections/mine/items", json=FEATURE).status_code == 201
    assert client.get("/health/ready").json()["status"] == "ready"
    return client


def check_reads_only(client: TestClient) -> None:
    """See that reads are answered, writes refused in words, and that readiness tells of it."""
    for _ in range(3):
        refused = client.post("/collections/mine/items", json=FEATURE)
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"].rpartition("/")[2] in {"store-io", "store-readonly"}
        assert int(refused.headers["retry-after"]) > 0
        assert [client.get(path).status_code for path in READ] == [200, 200, 200]
    file = {"file": ("points.geojson", points_geojson(HEPING))}
    sent = client.post("/collections/mine/imports", files=file, headers={"Prefer": "wait=60"})
    assert sent.status_code == 503, sent.text
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert [fault["code"] for fault in ready.json()["faults"]] == ["store-readonly"]
    assert client.get("/health/ready?strict=true").status_code == 503
    assert client.get("/collections/mine/items").json()["numberMatched"] == 1


def test_reads_go_on_and_writes_as_soon_as_the_disk_takes_them(disk: Disk, tmp_path: Path) -> None:
    with serving(settings_for(disk.folder, work_dir=tmp_path / "work")) as client:
        began(client)
        disk.refuse()
        check_reads_only(client)
        disk.allow()
        assert client.post("/collections/mine/items", json=FEATURE).status_code == 201
        assert client.get("/collections/mine/items").json()["numberMatched"] == 2
        assert client.get("/health/ready").json()["status"] == "ready"


def test_a_disk_with_a_fault_loses_nothing_and_is_used_again_once_mounted_anew(
    disk: Disk, tmp_path: Path
) -> None:
    settings = settings_for(disk.folder, work_dir=tmp_path / "work")
    with serving(settings) as client:
        began(client)
        disk.fail()
        check_reads_only(client)
    disk.mend()
    with serving(settings) as client:
        with_key(client)
        assert client.get("/collections/mine/items").json()["numberMatched"] == 1
        assert client.post("/collections/mine/items", json=FEATURE).status_code == 201
        assert client.get("/health/ready").json()["status"] == "ready"
