"""Two servers on one volume: each lets the other's imports live."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.imports.upload_folder import Lock, WorkFolder
from tests.app.files import points_geojson
from tests.app.processes import Server, end, server

pytestmark = pytest.mark.slow

POINTS = points_geojson((123.4, 41.79), (123.41, 41.8))
OF_ITS_OWN = ("unshare", "--pid", "--fork", "--mount-proc")
OF_ITS_OWN_AS_A_USER = ("unshare", "--user", "--map-root-user", *OF_ITS_OWN[1:])


def isolated() -> tuple[str, ...]:
    """Return a command in whose process numbers nobody else occurs, as in a container."""
    for command in (OF_ITS_OWN, OF_ITS_OWN_AS_A_USER):
        done = subprocess.run([*command, "true"], capture_output=True, check=False)
        if done.returncode == 0:
            return command
    pytest.skip("process numbers cannot be set apart here")


@pytest.fixture
def store(seeded_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))


def waiting_import(running: Server, store: Path) -> tuple[str, Lock]:
    """Begin an import that waits for a slot; return its id, and what it waits for."""
    (slot,) = WorkFolder(store.parent / "imports").slots(1)
    assert slot.take()
    assert running.client.post("/collections", json={"id": "mine"}).status_code == 201
    answer = running.client.post(
        "/collections/mine/imports", files={"file": ("points.geojson", POINTS)}
    )
    assert answer.status_code == 202
    return str(answer.json()["id"]), slot


def ended(running: Server, import_id: str) -> Any:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = running.client.get(f"/imports/{import_id}").json()
        if told["state"] not in {"queued", "reading", "applying"}:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


@pytest.mark.parametrize("apart", [False, True], ids=["one machine", "containers"])
def test_a_second_server_leaves_running_imports_alone(store: Path, apart: bool) -> None:
    within = isolated() if apart else ()
    with server(store, within=within, max_imports="1") as first:
        import_id, slot = waiting_import(first, store)
        with server(store, within=within, max_imports="1") as second:
            for running in (second, first):
                assert running.client.get(f"/imports/{import_id}").json()["state"] == "queued"
            slot.release()
            told = ended(second, import_id)
            assert told["state"] == "applied", told
            assert second.client.get("/collections/mine/items").json()["numberMatched"] == 2


def test_a_second_server_tells_what_died_with_the_first(store: Path) -> None:
    with server(store, within=isolated(), max_imports="1") as first:
        import_id, slot = waiting_import(first, store)
        os.killpg(first.process.pid, 9)
        end(first.process)
        first.process.wait(10)
        deadline = time.monotonic() + 10  # the kernel ends what is left of it
        while WorkFolder(store.parent / "imports").is_alive(import_id):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with server(store, within=isolated(), max_imports="1") as second:
            told = second.client.get(f"/imports/{import_id}").json()
            assert (told["state"], told["problem"]["type"].rpartition("/")[2]) == (
                "failed",
                "import-interrupted",
            )
            assert WorkFolder(store.parent / "imports").waiting() == 0
        slot.release()
