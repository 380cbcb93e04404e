"""What runs in processes of its own: it knows no secret, and its end is told."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.app.files import HEPING, make_collection
from tests.app.processes import ADMIN_KEY, Server, server
from tests.app.server.test_renewal import eventually

pytestmark = pytest.mark.slow  # servers of their own, and waiting

ITEMS = "/collections/mine/items"
POINT = {
    "type": "Feature",
    "properties": {"名称": "甲"},
    "geometry": {"type": "Point", "coordinates": list(HEPING)},
}


@pytest.fixture
def running(seeded_file: Path, tmp_path: Path) -> Iterator[Server]:
    store = tmp_path / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with server(store) as one:
        make_collection(one.client)  # type: ignore[arg-type]  # httpx and httpx2 are as one here
        yield one


def send_point(running: Server) -> Any:
    headers = {"Content-Type": "application/geo+json"}
    return running.client.post(ITEMS, json=POINT, headers=headers)


def below(running: Server) -> list[psutil.Process]:
    return psutil.Process(running.process.pid).children(recursive=True)


def forking_process(running: Server) -> psutil.Process:
    """Return the process that others are forked from, which whoever may write has started."""
    assert send_point(running).status_code == 201
    assert eventually(lambda: len(below(running)) == 1)
    return below(running)[0]


def memory_of(process: psutil.Process) -> Iterator[bytes]:
    """Yield what a process has in its memory."""
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            begin, end, rights = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (\S+)", line)[0]
            if rights.startswith("rw"):
                memory.seek(int(begin, 16))
                yield memory.read(int(end, 16) - int(begin, 16))


def test_the_process_that_others_are_forked_from_knows_no_key(running: Server) -> None:
    forking = forking_process(running)
    assert ADMIN_KEY in psutil.Process(running.process.pid).environ().values()
    assert ADMIN_KEY not in forking.environ().values()
    secret = ADMIN_KEY.encode()
    assert not any(secret in piece for piece in memory_of(forking))
    assert any(b"run_order" in piece for piece in memory_of(forking))


def test_an_edit_is_checked_in_a_process_that_waited(running: Server) -> None:
    forking = forking_process(running)
    assert send_point(running).status_code == 201
    assert eventually(lambda: below(running) == [forking])
    assert running.client.get(ITEMS).json()["numberMatched"] == 2


def test_when_the_forking_process_was_killed_there_is_soon_another(running: Server) -> None:
    forking = forking_process(running)
    forking.kill()
    assert eventually(lambda: forking.status() == psutil.STATUS_ZOMBIE)
    assert forking_process(running) != forking


def test_an_edit_whose_process_is_killed_is_refused_and_nothing_stored(running: Server) -> None:
    forking = forking_process(running)
    killer = threading.Thread(target=kill_first_child, args=(forking,))
    killer.start()
    answer = send_point(running)
    killer.join()
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/problems/import-killed")
    assert running.client.get(ITEMS).json()["numberMatched"] == 1
    assert eventually(lambda: below(running) == [forking])
    assert send_point(running).status_code == 201


def kill_first_child(process: psutil.Process) -> None:
    """Kill the next process that is forked from one, as soon as it is there."""
    while not (children := process.children()):
        pass
    children[0].kill()
