"""An import whose server or reading process is killed at any moment, through HTTP."""

import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.app.files import points_geojson
from tests.app.processes import Server, server

pytestmark = pytest.mark.slow

MOMENTS = 6
OLD, NEW = 3, 6_000
IMPORTS = "/collections/mine/imports"
FEW = points_geojson(*[(123.4 + i * 1e-4, 41.79) for i in range(OLD)])
ENDED = {"applied", "failed", "rejected"}


@cache
def many() -> bytes:
    """Return a file that takes a while to read."""
    return points_geojson(*[(123.4 + i * 1e-6, 41.79) for i in range(NEW)])


@pytest.fixture
def store(seeded_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a seeded store of the test's own; temporary files go into its folder as well."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))


def upload(running: Server, content: bytes, prefer: str = "") -> Any:
    files = {"file": ("points.geojson", content)}
    return running.client.post(IMPORTS, files=files, headers={"Prefer": prefer})


def begin(running: Server) -> None:
    assert running.client.post("/collections", json={"id": "mine"}).status_code == 201
    assert upload(running, FEW, "wait=30").status_code == 201


def whole_import_s(running: Server) -> float:
    """Return how long the import takes when nobody kills anything; put the old state back."""
    began = time.monotonic()
    assert upload(running, many(), "wait=60").status_code == 201
    took = time.monotonic() - began
    assert upload(running, FEW, "wait=60").status_code == 201
    return took


def assert_whole(running: Server, import_id: str, before: int) -> str:
    """Check that collection and import say the same, and return the import's state."""
    told = running.client.get(f"/imports/{import_id}").json()
    page = running.client.get("/collections/mine/items", params={"limit": 1})
    found = page.json()["numberMatched"]
    if told["state"] == "applied":
        assert (found, int(page.headers["x-revision"])) == (NEW, told["revision"])
    else:
        assert told["state"] == "failed"
        assert told["problem"]["detail"]
        assert (found, int(page.headers["x-revision"])) == (OLD, before)
    return str(told["state"])


def assert_nothing_left(store: Path) -> None:
    """Check that no file of an import is left, and that the store is sound."""
    waiting = store.parent / "imports" / "waiting"
    assert [*waiting.iterdir(), *(store.parent / "tmp").glob("zones-import-*")] == []
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def revision(running: Server) -> int:
    return int(running.client.get("/collections/mine").headers["x-revision"])


def reading_process(running: Server, within_s: float) -> psutil.Process | None:
    """Return the process that reads the file, if one begins soon."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for process in psutil.Process(running.process.pid).children(recursive=True):
            with suppress(psutil.Error):
                if process.name() == "zones-reader":
                    return process
        time.sleep(0.005)
    return None


def importing_processes(running: Server) -> set[psutil.Process]:
    """Return the processes that lead imports: those below the one that they are forked from."""
    found = set()
    for child in psutil.Process(running.process.pid).children():
        with suppress(psutil.Error):
            if "fork_server" in " ".join(child.cmdline()):
                found |= set(child.children())
    return found


def new_importing_process(
    running: Server, old: set[psutil.Process], within_s: float
) -> psutil.Process | None:
    """Return the process that leads an import, if one begins soon."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if new := importing_processes(running) - old:
            return new.pop()
        time.sleep(0.005)
    return None


def assert_all_ended(processes: list[psutil.Process]) -> None:
    """Check that processes end soon by themselves."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []


def test_a_server_killed_at_any_moment_leaves_the_old_or_the_new_revision(store: Path) -> None:
    with server(store) as running:
        begin(running)
        longest_s = whole_import_s(running)
    moments = np.random.default_rng(11).uniform(0.0, 1.1 * longest_s, MOMENTS)
    for moment_s in moments:
        with server(store) as running:
            before = revision(running)
            import_id = upload(running, many()).json()["id"]
            time.sleep(moment_s)
            below = psutil.Process(running.process.pid).children(recursive=True)
            running.process.kill()
            running.process.wait(10)
            assert_all_ended(below)
        with server(store) as again:
            ended(again, import_id)  # led on, if it was not stored
            state = assert_whole(again, import_id, before)
            assert_nothing_left(store)
            if state == "applied":
                assert upload(again, FEW, "wait=60").status_code == 201


def test_an_importing_process_killed_at_any_moment_fails_its_import_or_has_stored_it(
    store: Path,
) -> None:
    with server(store) as running:
        begin(running)
        longest_s = whole_import_s(running)
        states = []
        moments = np.random.default_rng(13).uniform(0.0, 1.1 * longest_s, MOMENTS - 1)
        for moment_s in (0.0, *moments):
            before, old = revision(running), importing_processes(running)
            import_id = upload(running, many()).json()["id"]
            if (process := new_importing_process(running, old, 5)) is not None:
                time.sleep(moment_s)
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            told = ended(running, import_id)
            states.append(assert_whole(running, import_id, before))
            if told["state"] == "applied":
                assert upload(running, FEW, "wait=60").status_code == 201
        assert "failed" in states
        assert running.process.poll() is None


def test_a_reading_process_killed_at_any_moment_fails_its_import_alone(store: Path) -> None:
    with server(store) as running:
        begin(running)
        longest_s = whole_import_s(running)
        states = []
        for moment_s in np.random.default_rng(12).uniform(0.0, 0.6 * longest_s, MOMENTS):
            before = revision(running)
            import_id = upload(running, many()).json()["id"]
            if (child := reading_process(running, 5)) is not None:
                time.sleep(moment_s)
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            told = ended(running, import_id)
            states.append(assert_whole(running, import_id, before))
            if told["state"] == "applied":
                assert upload(running, FEW, "wait=60").status_code == 201
            assert_nothing_left(store)
        assert "failed" in states
        assert running.process.poll() is None


def ended(running: Server, import_id: str) -> Any:
    deadline = time.monotonic() + 60
    while (told := running.client.get(f"/imports/{import_id}").json())["state"] not in ENDED:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    while any((Path(tempfile.gettempdir())).glob("zones-import-*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return told
