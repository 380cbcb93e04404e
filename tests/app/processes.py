"""Servers in processes of their own, as an operator starts them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

from tests.app.conftest import ADMIN_KEY
from tests.paths import ROOT


@dataclass
class Server:
    """A running server and a client of it that sends the admin key."""

    process: "subprocess.Popen[bytes]"
    client: httpx.Client
    log: Path

    def terminate(self, *, within_s: float) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(
    store: Path,
    *,
    address: str = "",
    workers: int = 1,
    admin_key: str = ADMIN_KEY,
    within: Sequence[str] = (),
    module: Sequence[str] = ("app", "serve"),
    root: Path = ROOT,
    **settings: str,
) -> Iterator[Server]:
    """Run ``zones serve`` on a store and give it once it is ready; end it in every outcome.

    ``address``: of a store that is no file; ``store`` then names the folder that logs go to.
    ``within``: a command that runs it, such as ``unshare``; ``module``: what is run instead.
    ``root``: where the program is, for another release of it.
    """
    port = free_port()
    log = store.parent / f"server-{port}.log"
    environment = {
        **os.environ,
        "ZONES_STORE": address or f"sqlite:///{store}",
        "ZONES_PORT": str(port),
        "ZONES_WORKERS": str(workers),
        "ZONES_ADMIN_KEY": admin_key,
        "ZONES_MIN_FREE_MB": "0",
        "PYTHONPATH": str(root),
        **{f"ZONES_{name.upper()}": value for name, value in settings.items()},
    }
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [*within, sys.executable, "-m", *module],
            cwd=root,
            env=environment,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    headers = {"Authorization": f"Bearer {admin_key}"} if admin_key else {}
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30)
    try:
        wait_until_ready(client, process, log)
        yield Server(process, client, log)
    finally:
        client.close()
        end(process)


def wait_until_ready(client: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server is ready; fail when it ends or takes too long."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a server and whatever it started; both are in a session of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
