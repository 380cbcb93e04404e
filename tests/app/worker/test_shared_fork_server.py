"""The process that workers share is started for who asks, and ends when nobody does."""

import os
import sys
from multiprocessing.connection import Connection

import pytest

from app.worker.fork_server import ForkServer
from app.worker.shared_fork_server import shared_by_workers
from tests.app.server.test_renewal import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


def parent(service: Connection) -> None:
    """Do the job of a process that is begun here."""
    service.send(os.getppid())


def asked(forked: ForkServer) -> int:
    """Return the process that one was forked from."""
    with forked.begin() as process:
        return int(process.recv())


@pytest.mark.slow
def test_all_who_ask_have_processes_forked_from_one_until_it_is_killed() -> None:
    job = f"{__name__}:parent"
    with shared_by_workers(job) as server:
        workers = [ForkServer(job, server.ask) for _ in range(3)]
        workers[0].prepare()
        (first,) = {asked(each) for each in workers}
        assert server._process is not None
        assert server._process.pid == first
        server._process.kill()
        (second,) = {asked(each) for each in workers}
        assert second != first
    assert not is_there(second)


@pytest.mark.slow
def test_one_that_nobody_asks_for_long_ends_and_is_started_again() -> None:
    job = f"{__name__}:parent"
    with shared_by_workers(job, idle_s=0.1) as server:
        worker = ForkServer(job, server.ask)
        first = asked(worker)
        assert eventually(lambda: not is_there(first))
        assert asked(worker) != first


@pytest.mark.slow
def test_who_asks_for_what_cannot_be_loaded_is_not_left_waiting() -> None:
    with shared_by_workers(f"{__name__}:missing") as server:
        worker = ForkServer("", server.ask)
        for _ in range(2):
            with worker.begin() as process, pytest.raises(EOFError):
                process.recv()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
