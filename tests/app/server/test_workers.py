"""Several processes on one store, and how they end."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psutil
import pytest

from app.imports.upload_folder import WorkFolder
from tests.app.files import HEPING, points_geojson
from tests.app.processes import ROOT, Server, server
from tests.app.server.test_renewal import eventually
from zones.store.open_store import open_store

pytestmark = pytest.mark.slow

IMPORTS = "/collections/mine/imports"


@cache
def many() -> bytes:
    """Return a file that takes a while to read."""
    return points_geojson(*[(123.4 + i * 1e-7, 41.79) for i in range(150_000)])


@pytest.fixture
def store(seeded_file: Path, tmp_path: Path) -> Path:
    """Return a seeded store of the test's own."""
    return Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))


def make_mine(running: Server) -> None:
    assert running.client.post("/collections", json={"id": "mine"}).status_code == 201


def upload(running: Server, content: bytes, prefer: str = "") -> Any:
    files = {"file": ("points.geojson", content)}
    return running.client.post(IMPORTS, files=files, headers={"Prefer": prefer})


def test_an_upload_through_one_process_is_seen_by_the_other_on_its_next_request(
    store: Path,
) -> None:
    with server(store) as one, server(store) as two:
        assert two.client.get("/collections/zones").headers["x-revision"] == "1"
        make_mine(one)
        assert two.client.get("/collections/mine/items").json()["numberMatched"] == 0
        sent = upload(one, points_geojson(HEPING), "wait=30")
        assert sent.status_code == 201, sent.text
        seen = two.client.get("/collections/mine/items")
        assert (seen.json()["numberMatched"], seen.headers["x-revision"]) == (1, "3")
        told = two.client.get(f"/imports/{sent.json()['id']}").json()
        assert told["state"] == "applied"


def test_processes_share_the_rule_of_one_import_for_a_collection(store: Path) -> None:
    with server(store) as one, server(store) as two:
        make_mine(one)
        first = upload(one, many())
        assert upload(two, points_geojson(HEPING)).status_code == 409
        cancelled = two.client.delete(f"/imports/{first.json()['id']}")
        assert cancelled.status_code in {200, 202}
        deadline = time.monotonic() + 10
        while upload(two, points_geojson(HEPING), "wait=30").status_code == 409:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        told = two.client.get(f"/imports/{first.json()['id']}").json()
        assert told["problem"]["type"].endswith("/problems/import-cancelled")
        assert one.client.get("/collections/mine/items").json()["numberMatched"] == 1


def test_two_workers_of_one_server_answer_from_the_same_revision(store: Path) -> None:
    with server(store, workers=2) as running:
        make_mine(running)
        assert upload(running, points_geojson(HEPING), "wait=30").status_code == 201
        for _ in range(20):
            answer = running.client.get("/collections/mine/items", headers={"Connection": "close"})
            assert answer.headers["x-revision"] == "3"


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_workers_share_what_is_loaded_and_one_that_dies_is_replaced(store: Path) -> None:
    with server(store, workers=2) as running:
        supervisor = psutil.Process(running.process.pid)
        # The service is ready with the first.
        assert eventually(lambda: connected(running, port_of(running), "LISTEN") == [1, 1])
        workers = supervisor.children()
        assert [each.cmdline() for each in workers] == [supervisor.cmdline()] * 2
        workers[0].kill()
        psutil.wait_procs(workers[:1])
        assert eventually(lambda: len({*supervisor.children()} - {workers[0]}) == 2)
        for _ in range(20):
            asked = running.client.get("/collections/zones", headers={"Connection": "close"})
            assert asked.status_code == 200
        assert running.terminate(within_s=30) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_told_to_end_a_server_hands_its_import_over_and_keeps_the_old_revision(
    store: Path, workers: int
) -> None:
    with server(store, workers=workers) as running:
        make_mine(running)
        sent = upload(running, many()).json()
        family = psutil.Process(running.process.pid).children(recursive=True)
        assert running.terminate(within_s=30) == 0
        _, left = psutil.wait_procs(family, timeout=5)
        assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []
    reopened = open_store(f"sqlite:///{store}")
    record, revision = reopened.imports.get(sent["id"]), reopened.revision()
    reopened.close()
    assert record is not None
    assert (record.state, revision) == ("queued", 2)
    assert WorkFolder(store.parent / "imports").abandoned() == [sent["id"]]


def test_who_waits_for_an_import_is_answered_before_the_server_ends(store: Path) -> None:
    with server(store) as running:
        make_mine(running)
        answers: list[Any] = []
        waiting = threading.Thread(
            target=lambda: answers.append(upload(running, many(), "wait=60")), daemon=True
        )
        waiting.start()
        while not running_imports(running):
            time.sleep(0.02)
        assert running.terminate(within_s=30) == 0
        waiting.join(10)
    assert (answers[0].status_code, answers[0].json()["state"]) == (202, "queued")
    assert answers[0].headers["location"].endswith(answers[0].json()["id"])


def running_imports(running: Server) -> list[Any]:
    listed = running.client.get("/imports").json()["imports"]
    return [entry for entry in listed if entry["state"] in {"queued", "reading", "applying"}]


def test_told_twice_a_server_ends_at_once(store: Path) -> None:
    with server(store) as running:
        make_mine(running)
        hanging = threading.Thread(target=hang, args=(running,), daemon=True)
        hanging.start()
        time.sleep(0.5)
        began = time.monotonic()
        running.process.terminate()
        time.sleep(0.5)
        assert running.process.poll() is None
        running.terminate(within_s=5)
        assert time.monotonic() - began < 5
        hanging.join(5)


def hang(running: Server) -> None:
    """Begin an upload that goes on for longer than anybody waits."""

    def slowly() -> Iterator[bytes]:
        for _ in range(30):
            yield b"--b\r\n"
            time.sleep(1)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with suppress(httpx.TransportError):
        running.client.post(IMPORTS, content=slowly(), headers=headers)


def test_a_killed_server_leads_its_import_on_after_the_next_start(store: Path) -> None:
    some = points_geojson(*[(123.4 + i * 1e-6, 41.79) for i in range(10_000)])
    with server(store) as running:
        make_mine(running)
        sent = upload(running, some).json()
        running.process.kill()
        running.process.wait(10)
    with server(store) as again:
        deadline = time.monotonic() + 60
        while running_imports(again):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert again.client.get(f"/imports/{sent['id']}").json()["state"] == "applied"
        assert upload(again, points_geojson(HEPING), "wait=30").status_code == 201


def test_a_body_past_the_limit_is_refused_in_words_also_when_it_comes_in_chunks(
    store: Path,
) -> None:
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with server(store, max_upload_mb="1") as running:
        make_mine(running)
        for content in (start + b"x" * 5 * 2**20, iter([start, *[b"x" * 2**16] * 80])):
            answer = running.client.post(IMPORTS, content=content, headers=headers)
            assert answer.status_code == 413
            assert answer.json()["type"].endswith("/problems/body-too-large")
        assert upload(running, points_geojson(HEPING), "wait=30").status_code == 201


def test_a_fresh_server_seeds_its_store_and_prints_a_key_once(tmp_path: Path) -> None:
    store = tmp_path / "new" / "zones.sqlite"
    store.parent.mkdir()
    logs = []
    for _ in range(2):
        with server(store, admin_key="") as running:
            assert running.client.get("/collections/zones/items").json()["numberMatched"] == 6
            assert running.terminate(within_s=30) == 0
            logs.append(running.log.read_text())
    assert logs[0].count("hz_") == 1
    assert "hz_" not in logs[1]


def test_workers_share_the_connections_among_them(store: Path) -> None:
    with server(store, workers=2) as running, ExitStack() as stack:
        address = ("127.0.0.1", port_of(running))
        assert eventually(lambda: connected(running, address[1], "LISTEN") == [1, 1])
        asked = [stack.enter_context(socket.create_connection(address)) for _ in range(60)]
        for connection in asked:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        # Dealt out by chance: fewer than ten of sixty happen once in a hundred million times.
        counts = connected(running, address[1], "ESTABLISHED")
        assert len(counts) == 2
        assert min(counts) >= 10


def port_of(running: Server) -> int:
    return running.client.base_url.port or 80


def connected(running: Server, port: int, state: str) -> list[int]:
    """Return how many sockets at the port are in a state, of each process that has any."""
    found = []
    for process in psutil.Process(running.process.pid).children(recursive=True):
        sockets = process.net_connections(kind="tcp")
        found.append(sum(each.status == state and each.laddr.port == port for each in sockets))
    return [count for count in found if count]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_address_that_is_taken_is_said_before_anything_starts(store: Path, workers: int) -> None:
    with server(store, workers=2) as running:
        port = str(running.client.base_url.port)
        command = [sys.executable, "-m", "app", "serve", "--port", port, "--store"]
        told = subprocess.run(
            [*command, f"sqlite:///{store}", "--workers", str(workers)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert told.returncode == 1
        assert "--port" in told.stderr
        assert f"127.0.0.1:{port}" in told.stderr
        assert running.client.get("/health/live").status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_workers_share_the_process_that_others_are_forked_from_also_after_it_was_killed(
    store: Path,
) -> None:
    with server(store, workers=2) as running:
        make_mine(running)
        assert eventually(lambda: len(forking_processes(running)) == 1)
        first = forking_processes(running)[0]
        add_a_point_to_each_worker(running)
        assert forking_processes(running) == [first]
        first.kill()
        add_a_point_to_each_worker(running)
        (second,) = forking_processes(running)
        assert second != first
        assert running.terminate(within_s=30) == 0
        assert psutil.wait_procs([second], timeout=5)[1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_workers_whose_supervisor_was_killed_fork_processes_all_the_same(store: Path) -> None:
    with server(store, workers=2) as running:
        make_mine(running)
        family = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        running.process.wait(10)
        try:
            add_a_point_to_each_worker(running)
            for process in family:
                if "fork_server" in " ".join(process.cmdline()):
                    process.kill()
            add_a_point_to_each_worker(running)
        finally:
            for process in family:
                with suppress(psutil.Error):
                    process.kill()


def forking_processes(running: Server) -> list[psutil.Process]:
    """Return the processes that others are forked from, of all workers."""
    found = []
    for process in psutil.Process(running.process.pid).children(recursive=True):
        with suppress(psutil.Error):
            if "fork_server" in " ".join(process.cmdline()) and is_first(process):
                found.append(process)
    return found


def is_first(process: psutil.Process) -> bool:
    """Return whether it was started, and not forked from one that is called the same."""
    parent = process.parent()
    return parent is None or parent.cmdline() != process.cmdline()


def add_a_point_to_each_worker(running: Server) -> None:
    """Send an edit over so many connections that each worker gets some."""
    content_type = {"Content-Type": "application/geo+json", "Connection": "close"}
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": list(HEPING)},
    }
    for _ in range(10):
        sent = running.client.post("/collections/mine/items", json=point, headers=content_type)
        assert sent.status_code == 201, sent.text
