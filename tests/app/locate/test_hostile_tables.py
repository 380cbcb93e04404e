"""Hostile Arrow and Parquet bodies, sent to a real server: it refuses or answers, and lives on."""

import re
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import psutil
import pytest

from tests.app.processes import Server, server
from tests.app.server.test_renewal import eventually
from tests.table_mutants import (
    arrow,
    damaged_tables,
    growing_arrow,
    growing_parquet,
    many_equal_rows,
    sound,
)

pytestmark = pytest.mark.slow

TYPES = {
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
CEILING = 6 * 2**30
"""Address space of the server: what would pass this ends as a fault here, not on the machine."""
MOST_GROWTH_MB = 500
MOST_S = 30
BROKEN_OFF = 0
"""Instead of a status: the fault was found when the answer had begun."""
REFUSED = {
    "one run of a long text",
    "views of one text",
    "a list of nothing",
    "a list of bits",
    "lists in lists",
    "many columns",
    "a message said to be 60 MB",
}


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server with one worker, little memory for readers, and its usual limits else."""
    store = tmp_path_factory.mktemp("hostile") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with server(store, import_mem_mb="512", batch_spool_mb="256", max_batch_rows="30000000") as one:
        resource.prlimit(one.process.pid, resource.RLIMIT_AS, (CEILING, CEILING))
        located(one, "arrow", arrow(sound()))  # loads what answering needs
        yield one


def located(running: Server, form: str, body: bytes, wanted: str = "") -> httpx.Response:
    """Return the answer to a body; a stream that breaks off late has no more than its start."""
    params = {"f": wanted} if wanted else {}
    return running.client.post(
        "/locate", content=body, headers={"Content-Type": TYPES[form]}, params=params
    )


def most_memory_mb(running: Server) -> float:
    """Return the most memory that the server's process ever had."""
    told = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0]) / 1024


def assert_unharmed(running: Server) -> None:
    """Check that the same process goes on to answer, and that nothing was our own fault."""
    assert running.process.poll() is None
    assert located(running, "arrow", arrow(sound())).status_code == 200
    assert '"status":500' not in running.log.read_text()


@pytest.mark.parametrize(("form", "count"), [("arrow", 150), ("parquet", 20)])
def test_damaged_tables_are_refused_or_answered(running: Server, form: str, count: int) -> None:
    before, codes = most_memory_mb(running), set[int]()
    for body in damaged_tables(form, count, seed=5):
        begin = time.monotonic()
        try:
            codes.add(located(running, form, body).status_code)
        except httpx.RemoteProtocolError:
            codes.add(BROKEN_OFF)
        assert time.monotonic() - begin < MOST_S
    assert codes - {BROKEN_OFF} == {200, 400}
    assert_unharmed(running)
    assert most_memory_mb(running) - before < MOST_GROWTH_MB


@pytest.mark.parametrize("wanted", ["arrow", "csv", "parquet"])
def test_arrow_that_grows_takes_bounded_memory(running: Server, wanted: str) -> None:
    codes, before = {}, most_memory_mb(running)
    for name, body in growing_arrow().items():
        begin = time.monotonic()
        codes[name] = status_of_start(running, "arrow", body, wanted)
        assert time.monotonic() - begin < MOST_S, name
    assert {name for name, code in codes.items() if code == 400} >= REFUSED
    assert set(codes.values()) == {200, 400}
    assert_unharmed(running)
    assert most_memory_mb(running) - before < MOST_GROWTH_MB


def test_parquet_that_grows_is_refused_for_what_it_takes(running: Server) -> None:
    before = most_memory_mb(running)
    for name, body in growing_parquet().items():
        begin = time.monotonic()
        answer = located(running, "parquet", body)
        assert time.monotonic() - begin < MOST_S, name
        assert answer.json()["type"].endswith("/problems/bulk-parquet-too-much"), name
    assert_unharmed(running)
    assert most_memory_mb(running) - before < MOST_GROWTH_MB


def test_reading_a_parquet_file_ends_when_its_client_has_gone(
    seeded_file: Path, tmp_path: Path
) -> None:
    store = tmp_path / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    body = many_equal_rows(120_000_000)  # takes several times as long as is waited for its end
    with server(store) as running:
        address = ("127.0.0.1", running.client.base_url.port or 80)
        with socket.create_connection(address) as client:
            head = f"POST /locate HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPES['parquet']}\r\n"
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            assert eventually(lambda: bool(readers(running)))
            time.sleep(0.5)
            assert readers(running)
        begin = time.monotonic()
        assert eventually(lambda: not readers(running))
        assert time.monotonic() - begin < 2
        assert_unharmed(running)


def readers(running: Server) -> list[psutil.Process]:
    """Return the processes that read files for the server."""
    family = psutil.Process(running.process.pid).children(recursive=True)
    return [one for one in family if "zones.sandbox.child_process" in command_of(one)]


def command_of(process: psutil.Process) -> list[str]:
    """Return the words that began a process; none of one that has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie too: it has ended, and its parent has yet to hear of it
        return []


def status_of_start(running: Server, form: str, body: bytes, wanted: str) -> int:
    """Return the status, after reading the first megabytes of the answer and then leaving."""
    headers, taken = {"Content-Type": TYPES[form]}, 0
    with running.client.stream(
        "POST", "/locate", content=body, headers=headers, params={"f": wanted}
    ) as answer:
        for piece in answer.iter_raw():
            taken += len(piece)
            if taken > 64 * 2**20:
                break
        return answer.status_code
