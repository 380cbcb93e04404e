"""A process that others are forked from: it has loaded what they need, and waits.

To begin one takes milliseconds so, and not the time of loading numpy, GEOS and PROJ. The service
holds one end of a pair of sockets, over which it hands over the end of a connection for each
process; when it ends, so does the one that waits. That one has no threads when it forks, and next
to nothing of the service's environment. Workers that were forked themselves share one
(``app.worker.shared_fork_server``).
"""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from math import inf
from multiprocessing.connection import Connection, Pipe
from typing import Final

from app import APP_DIR
from zones.sandbox.fork_without_threads import fork_alone

_PACKAGE_ROOT = APP_DIR.parent
_BEGIN = b"+"
PREPARE: Final = b"."
"""Asks the process to load what others will need."""
_END_S = 10.0
_PREPARED_EVERY_S: Final = 60.0
"""Far less than a process waits in vain, so that it stays as long as people edit."""
_PYTHON = (sys.executable, "-s", "-P", "-X", "utf8")
_WANTED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")
"""What is handed on of the environment: keys and passwords may be in the rest of it."""

_shared: Final[list[socket.socket]] = []


@contextmanager
def shared_with_forks(asked: socket.socket) -> Iterator[None]:
    """Have processes that are forked meanwhile ask over this socket, see ``shared_socket``."""
    _shared.append(asked)
    try:
        yield
    finally:
        _shared.remove(asked)


def shared_socket() -> socket.socket | None:
    """Return where a worker asks the process that it shares with others; None without one."""
    return _shared[-1] if _shared else None


class ForkServer:
    """Begins processes that do one kind of job; any number of threads may ask.

    Parameters
    ----------
    job
        ``module:function``, called with the process's end of the connection.
    shared
        A process that waits already, or is started when it is asked; while it can be asked there
        is no other.
    """

    def __init__(self, job: str, shared: socket.socket | None = None) -> None:
        self._job = job
        self._shared = shared
        self._prepared_at = -inf
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def begin(self) -> Connection:
        """Return a connection to a new process.

        Raises
        ------
        OSError
            If the system starts no more processes.
        """
        ours, theirs = Pipe()
        former = None
        with theirs, self._lock:
            begun = self._asked_shared(theirs) or self._asked(theirs)
            if not begun:
                former = self._let_go()
                self._start()
                begun = self._asked(theirs)
        if former is not None:
            wait_for_end(former)
        if not begun:
            ours.close()
            raise OSError("no process can be started")
        return ours

    def prepare(self) -> None:
        """Have the process that others are forked from load, if there is none; never waits.

        Loading takes a second or more, for which the first job need not wait then.
        """
        if self._shared is not None:
            self._prepare_shared(self._shared)
        elif self._socket is None and not self._lock.locked():
            threading.Thread(target=self._prepare, name="fork-server", daemon=True).start()

    def _prepare_shared(self, shared: socket.socket) -> None:
        now = time.monotonic()
        if now > self._prepared_at + _PREPARED_EVERY_S:
            self._prepared_at = now
            with suppress(OSError):  # who asks for a process finds that out, too
                shared.send(PREPARE, socket.MSG_DONTWAIT)

    def _prepare(self) -> None:
        # What cannot be started now is tried again, and told, when it is needed.
        with self._lock, suppress(OSError):
            if self._socket is None:
                self._start()

    def close(self) -> None:
        """End the process that waits; those that were begun go on."""
        with self._lock:
            process = self._let_go()
        if process is not None:
            process.terminate()  # it may still be loading, and look at its socket only then
            wait_for_end(process)

    def _asked_shared(self, theirs: Connection) -> bool:
        """Ask the process that workers share, if whoever starts it is there."""
        if self._shared is not None and not _send(self._shared, theirs):
            self._shared = None
        return self._shared is not None

    def _asked(self, theirs: Connection) -> bool:
        """Ask for a process; return whether there is somebody to ask."""
        return self._socket is not None and _send(self._socket, theirs)

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = start_forking_process(self._job, theirs)

    def _let_go(self) -> subprocess.Popen[bytes] | None:
        """Tell the process that waits to end, and return it; nobody waits for it here."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        process, self._process = self._process, None
        return process


def start_forking_process(
    job: str, asked: socket.socket, *, idle_s: float | None = None
) -> subprocess.Popen[bytes]:
    """Start the process that others are forked from, as it is asked for over a socket.

    Parameters
    ----------
    idle_s
        How long it waits in vain before it ends; for ever without.

    Raises
    ------
    OSError
        If the system starts no more processes.
    """
    return subprocess.Popen(  # noqa: S603 - our own program
        [
            *_PYTHON,
            "-m",
            __name__,
            job,
            str(asked.fileno()),
            *([] if idle_s is None else [str(idle_s)]),
        ],
        cwd=_PACKAGE_ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        pass_fds=[asked.fileno()],
    )


def _send(waiting: socket.socket, theirs: Connection) -> bool:
    try:
        socket.send_fds(waiting, [_BEGIN], [theirs.fileno()])
    except OSError:  # it was killed
        return False
    return True


def wait_for_end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was told to end; one that does not is killed."""
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _WANTED if name in os.environ}
    return {**inherited, "PYTHONPATH": str(_PACKAGE_ROOT), "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Fork a process for each connection that comes, until nobody can ask any more."""
    job: Callable[[Connection], None] | None = None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service says when to end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that have ended
    idle_s = next(map(float, sys.argv[3:]), None)
    with socket.socket(fileno=int(sys.argv[2])) as connection:
        while select.select([connection], [], [], idle_s)[0]:
            asked, handles, _, _ = socket.recv_fds(connection, 1, 1)
            if not asked:
                return
            # Only now: what cannot be loaded fails whoever asked, and not everybody after that.
            job = job or _loaded(sys.argv[1])
            if not handles:
                continue
            if fork_alone() == 0:
                break
            os.close(handles[0])
        else:
            return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Connection(handles[0]) as service:
        job(service)


def _loaded(job: str) -> Callable[[Connection], None]:
    module, name = job.split(":")
    loaded: Callable[[Connection], None] = getattr(import_module(module), name)
    return loaded


if __name__ == "__main__":
    main()
