"""One process that others are forked from, for all workers of a service.

The process that forks the workers (``app.server.forked_workers``) holds the end of a pair of
sockets at which it is asked, and starts it when somebody asks and none is there: the kernel tells
by a signal, since a process that forks can have no thread that waits. A connection that nobody has
taken yet is still there for the next one, when one was killed, or has ended because nobody asked
for long: it takes some 60 MB. Linux only.
"""

import fcntl
import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from app.worker.fork_server import shared_with_forks, start_forking_process, wait_for_end

SIGNALS: Final = (signal.SIGIO, signal.SIGCHLD)
"""What tells that somebody asks, or that a process has ended."""
IDLE_S: Final = 600.0


class SharedForkServer:
    """What starts the process; in a worker, the end at which it is asked."""

    def __init__(self, job: str, idle_s: float) -> None:
        self._job = job
        self._idle_s = idle_s
        self.ask, self._asked = socket.socketpair()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self) -> None:
        """Have the process started when it is asked for, by this process alone."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        fcntl.fcntl(self._asked, fcntl.F_SETOWN, os.getpid())
        self._set_flags(os.O_ASYNC)

    def leave(self) -> None:
        """In a worker: leave it to the process that forked this one."""
        self._asked.close()

    def close(self) -> None:
        """End the process; those that were forked from it go on."""
        self._set_flags(0)  # or the next who asks would end this process
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self.ask.close()
        self._asked.close()
        if self._process is not None:
            self._process.terminate()  # it may still be loading
            wait_for_end(self._process)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._is_running() or not select.select([self._asked], [], [], 0)[0]:
            return
        try:
            self._process = start_forking_process(self._job, self._asked, idle_s=self._idle_s)
        except OSError:  # who asked is not to wait for ever
            _, handles, _, _ = socket.recv_fds(self._asked, 1, 1)
            for handle in handles:
                os.close(handle)

    def _set_flags(self, wanted: int) -> None:
        flags = fcntl.fcntl(self._asked, fcntl.F_GETFL)
        fcntl.fcntl(self._asked, fcntl.F_SETFL, (flags & ~os.O_ASYNC) | wanted)

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextmanager
def shared_by_workers(job: str, *, idle_s: float = IDLE_S) -> Iterator[SharedForkServer]:
    """Have one process for all workers that are forked meanwhile.

    Parameters
    ----------
    idle_s
        It ends when nobody has asked for so long, and is started again for the next who does.
    """
    server = SharedForkServer(job, idle_s)
    server.watch()
    try:
        with shared_with_forks(server.ask):
            yield server
    finally:
        server.close()
