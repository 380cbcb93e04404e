"""Workers forked from the process that started them: what that loaded is there once for all.

uvicorn starts each worker as a new program, which loads the whole service for itself: seconds of
processor and some 90 MB for each. On Linux they are forked instead, from a process that serves
nobody and has one thread. Linux only.
"""

import gc
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from typing import Final

import anyio.lowlevel
import uvicorn
from uvicorn._subprocess import subprocess_started
from uvicorn.supervisors import multiprocess

from app.map_images.picture_cache import warn_of_missing_parts
from app.map_page.load_renderer import load_renderer
from app.observe.log_lines import write_json_lines
from app.server.load_ahead import close_when_ready, load_application, load_rest
from app.worker.run_in_process import JOB
from app.worker.shared_fork_server import SIGNALS, SharedForkServer, shared_by_workers
from zones.memory.gc_paused import not_collecting
from zones.memory.release_memory import give_back_memory

_DEFAULTS: Final = {
    number: signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    for number in (*multiprocess.SIGNALS, *SIGNALS)
}
"""What a new program would begin with, for all that the supervisor handles."""
_AWAITED_S: Final = 10.0


@contextmanager
def workers_forked(
    config: uvicorn.Config, own: Callable[[socket.socket], socket.socket]
) -> Iterator[None]:
    """Have uvicorn's supervisor fork its workers meanwhile, unless this process has threads.

    Parameters
    ----------
    own
        Returns a worker's own socket for one that it was forked with.
    """
    if threading.active_count() > 1:
        yield
        return
    load_application(config)
    # What runs a loop is loaded when one runs: in each worker, were there none before.
    anyio.run(anyio.lowlevel.checkpoint, backend_options={"use_uvloop": True})
    started = vars(multiprocess)["get_subprocess"]
    with shared_by_workers(JOB) as forking:
        # What the supervisor starts processes with is no setting of uvicorn's.
        vars(multiprocess)["get_subprocess"] = _Forked(own, forking)
        try:
            yield
        finally:
            vars(multiprocess)["get_subprocess"] = started


def load_for_all() -> None:
    """Load what can wait until one worker is on its way, so that the others share it."""
    write_json_lines()
    with not_collecting():
        load_rest()
        load_renderer()
        warn_of_missing_parts()
    # The search for garbage writes to what it looks at: such pages would be shared no more.
    gc.freeze()
    give_back_memory()


class _Forked:
    """Makes processes as ``uvicorn._subprocess.get_subprocess`` does, by forking.

    The first is forked before all is loaded: the service answers the sooner.
    """

    def __init__(
        self, own: Callable[[socket.socket], socket.socket], forking: SharedForkServer
    ) -> None:
        self._own = own
        self._forking = forking
        self._first: _First | None = None

    def __call__(
        self, config: uvicorn.Config, target: Callable[..., None], sockets: list[socket.socket]
    ) -> "_Worker":
        is_first = self._first is None
        if self._first is None:
            self._first = _First()
        else:
            self._first.await_ready()
            load_for_all()
        first = self._first

        def run() -> None:
            if is_first:
                first.tell_when_ready()
            for number, handler in _DEFAULTS.items():
                signal.signal(number, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _DEFAULTS)
            self._forking.leave()
            subprocess_started(config, target, [*map(self._own, sockets)], None)

        return _Worker(target=run)


class _First:
    """The first worker, as the supervisor waits for it: whatever loads beside it, it is the slower.

    It tells by closing a pipe, as does its end.
    """

    def __init__(self) -> None:
        self._ready, self._told = os.pipe()
        self._is_awaited = True

    def tell_when_ready(self) -> None:
        """In the worker: have the supervisor go on once this process is ready."""
        os.close(self._ready)
        close_when_ready(self._told)

    def await_ready(self) -> None:
        """Return when it is ready, has ended, or takes long; at once after that."""
        if self._is_awaited:
            self._is_awaited = False
            os.close(self._told)
            select.select([self._ready], [], [], _AWAITED_S)
            os.close(self._ready)


class _Worker(ForkProcess):
    """A process that has the supervisor's handlers of signals at no moment."""

    def start(self) -> None:
        """Fork; a signal that comes meanwhile is the new process's own as soon as it is ready."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _DEFAULTS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
