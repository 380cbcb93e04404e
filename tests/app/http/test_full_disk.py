"""A disk that is full while something is spooled on it: told, and nothing of it is left."""

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.http.disk_full import disk_faults
from app.http.response_spool import IN_MEMORY, Spool
from tests.app.files import points_geojson
from tests.app.processes import Server, server
from zones.errors import StoreError

MEGABYTE = 2**20
POINTS = points_geojson((123.4, 41.79))
LARGE = POINTS + b" " * (8 * MEGABYTE)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that holds three megabytes."""
    folder = tmp_path / "imports"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def running(seeded_file: Path, tmp_path: Path) -> Iterator[Server]:
    with server(Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))) as started:
        assert started.client.post("/collections", json={"id": "mine"}).status_code == 201
        yield started


def refused_then_taken(running: Server, folder: Path) -> None:
    """Send what does not fit, then what does."""
    for lang, word in (("zh", "磁盘已满"), ("en", "disk is full")):
        answer = running.client.post(
            "/collections/mine/imports",
            files={"file": ("a.geojson", LARGE)},
            headers={"Accept-Language": lang, "Prefer": "wait=30"},
        )
        assert answer.status_code == 507, answer.text
        assert answer.json()["type"].endswith("/problems/upload-disk-full")
        assert word in answer.json()["detail"]
        assert str(folder) not in answer.text
        assert [*(folder / "waiting").iterdir()] == []
    assert running.client.get("/collections/mine/items").json()["numberMatched"] == 0
    taken = running.client.post(
        "/collections/mine/imports",
        files={"file": ("a.geojson", POINTS)},
        headers={"Prefer": "wait=30"},
    )
    assert taken.status_code == 201, taken.text


@pytest.mark.slow
def test_an_upload_that_fills_the_disk_is_refused_and_nothing_is_left(
    small_disk: Path, running: Server
) -> None:
    refused_then_taken(running, small_disk)


@pytest.mark.slow
def test_an_upload_past_the_size_that_a_process_may_write_is_refused_alike(
    running: Server, tmp_path: Path
) -> None:
    most = 4 * MEGABYTE
    psutil.Process(running.process.pid).rlimit(resource.RLIMIT_FSIZE, (most, most))
    refused_then_taken(running, tmp_path / "imports")


def test_answers_that_fill_the_disk_are_told(small_disk: Path) -> None:
    async def fill() -> None:
        spool = Spool(small_disk, limit_mb=100)
        try:
            for _ in range(4 + IN_MEMORY // MEGABYTE):
                await spool.put(bytes(MEGABYTE))
        finally:
            spool.close()

    with pytest.raises(StoreError) as raised:
        asyncio.run(fill())
    assert raised.value.code == "answer-disk-full"
    assert os.listdir(small_disk) == []


def test_other_faults_of_the_disk_are_not_called_full(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised, disk_faults("upload"):
        (tmp_path / "none" / "file").open("xb")
    assert raised.value.code == "upload-disk-fails"
    assert "none" not in str(raised.value.text("en"))
