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
from tests.postgres_cluster import Cluster

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


def kill(running: Server, import_id: str, work: Path) -> None:
    """Kill a server with all that it started; wait until its import is nobody's."""
    os.killpg(running.process.pid, 9)
    end(running.process)
    running.process.wait(10)
    deadline = time.monotonic() + 10  # the kernel ends what is left of it
    while WorkFolder(work).is_alive(import_id):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_after_a_restart_an_import_that_died_is_led_on_once(store: Path) -> None:
    work = store.parent / "imports"
    with server(store, within=isolated(), max_imports="1") as first:
        import_id, slot = waiting_import(first, store)
        kill(first, import_id, work)
    with server(store, within=isolated(), max_imports="1") as second:
        assert second.client.get(f"/imports/{import_id}").json()["state"] == "queued"
        kill(second, import_id, work)
    with server(store, within=isolated(), max_imports="1") as third:
        told = ended(third, import_id)
        assert told["state"] == "failed"
        assert told["problem"]["type"].endswith("/problems/import-interrupted")
        assert WorkFolder(work).waiting() == 0
    slot.release()


@pytest.mark.parametrize("how", ["killed", "told to end"])
def test_a_replica_leads_on_the_imports_of_one_that_is_gone(
    cluster: Cluster, tmp_path: Path, how: str
) -> None:
    address, work = cluster.new_store(), tmp_path / "imports"
    shared = {"address": address, "work_dir": str(work), "max_imports": "1"}
    first_at, second_at = (server(tmp_path / f"{name}.sqlite", **shared) for name in ("a", "b"))
    with first_at as first, second_at as second:
        import_id, slot = waiting_import(first, tmp_path / "a.sqlite")
        if how == "killed":
            kill(first, import_id, work)
        else:
            assert first.terminate(within_s=30) == 0
        slot.release()
        told = ended(second, import_id)  # nobody asks: the replica looks by itself as well
        assert told["state"] == "applied", told
        assert second.client.get("/collections/mine/items").json()["numberMatched"] == 2
        revisions = second.client.get("/collections/mine/revisions").json()["revisions"]
        assert len(revisions) == 2
