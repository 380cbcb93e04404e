"""The service as clients meet it, over a copy of the seeded store."""

import atexit
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import JOB

ADMIN_KEY = "admin-key-of-the-tests-0123456789"

Serve = Callable[..., TestClient]


def settings_for(folder: Path, **given: object) -> Settings:
    """Return settings with a store in ``folder``, an admin key, and no demand for free disk."""
    defaults = {
        "store": f"sqlite:///{folder / 'zones.sqlite'}",
        "admin_key": ADMIN_KEY,
        "min_free_mb": 0,
    }
    return Settings(**{**defaults, **given})  # type: ignore[arg-type]  # names are checked by Settings


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """Give a client of a running service; whatever is unexpected inside it is an answer of 500."""
    app = create_app(settings, forked=forking())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@cache
def forking() -> ForkServer:
    """Return what begins the processes of all services here: it takes a while to load."""
    forked = ForkServer(JOB)
    atexit.register(forked.close)
    return forked


@pytest.fixture(scope="session")
def client(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client for reading; nothing may be written through it."""
    folder = tmp_path_factory.mktemp("reading")
    shutil.copy(seeded_file, folder / "zones.sqlite")
    with serving(settings_for(folder)) as client:
        yield client


@pytest.fixture
def serve(seeded_file: Path, tmp_path: Path) -> Iterator[Serve]:
    """Return a function that starts a service of the test's own, with settings of its own."""
    running = []
    shutil.copy(seeded_file, tmp_path / "zones.sqlite")

    def start(**given: object) -> TestClient:
        context = serving(settings_for(tmp_path, **given))
        running.append(context)
        return context.__enter__()

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)


@contextmanager
def serving_copy(store: Path, folder: Path) -> Iterator[TestClient]:
    """Give a client with the admin key, of a service over a copy of a store."""
    shutil.copy(store, folder / "zones.sqlite")
    with serving(settings_for(folder)) as client:
        yield with_key(client)


@pytest.fixture
def editor(serve: Serve) -> TestClient:
    """Return a client of a service of the test's own that sends the admin key."""
    return with_key(serve())


def with_key(client: TestClient, secret: str = ADMIN_KEY) -> TestClient:
    """Return the client, sending a key from now on."""
    client.headers["Authorization"] = f"Bearer {secret}"
    return client
