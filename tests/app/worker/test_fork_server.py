"""The process that others are forked from: it is there before the first job when it can be."""

import threading
from multiprocessing.connection import Connection
from unittest import mock

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.worker.fork_server import ForkServer
from tests.app.conftest import with_key


def greet(service: Connection) -> None:
    """Do the job of a process that is begun here."""
    service.send("here")


def preparing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "fork-server"]


@pytest.mark.slow
def test_it_is_prepared_once_and_serves_the_first_job() -> None:
    forked = ForkServer(f"{__name__}:greet")
    try:
        for _ in range(2):
            forked.prepare()
            for thread in preparing():
                thread.join()
            prepared = forked._process
            assert prepared is not None
        with forked.begin() as process:
            assert process.recv() == "here"
        assert forked._process is prepared
    finally:
        forked.close()


def test_who_may_write_has_it_prepared_when_asking_for_anything(editor: TestClient) -> None:
    with mock.patch.object(ForkServer, "prepare", autospec=True) as prepare:
        del editor.headers["Authorization"]
        assert editor.get("/collections/zones").status_code == 200
        assert with_key(editor).get("/health/ready").status_code == 200
        assert not prepare.called
        assert with_key(editor).get("/collections/zones").status_code == 200
        prepare.assert_called_once_with(services_in(editor.app).edits._forked)  # type: ignore[arg-type]
