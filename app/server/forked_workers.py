"""Workers forked from the process that started them: what that loaded is there once for all.

uvicorn starts each worker as a new program, which loads the whole service for itself: seconds of
processor and some 90 MB for each. On Linux they are forked instead, from a process that serves
nobody and has one thread. Linux only.
"""

import gc
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
from app.server.load_ahead import load_application, load_rest
from app.worker.run_in_process import JOB
from app.worker.shared_fork_server import SIGNALS, SharedForkServer, shared_by_workers
from zones.memory.gc_paused import not_collecting

_DEFAULTS: Final = {
    number: signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    for number in (*multiprocess.SIGNALS, *SIGNALS)
}
"""What a new program would begin with, for all that the supervisor handles."""


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


class _Forked:
    """Makes processes as ``uvicorn._subprocess.get_subprocess`` does, by forking.

    The first is forked before all is loaded: the service answers the sooner.
    """

    def __init__(
        self, own: Callable[[socket.socket], socket.socket], forking: SharedForkServer
    ) -> None:
        self._own = own
        self._forking = forking
        self._is_first = True

    def __call__(
        self, config: uvicorn.Config, target: Callable[..., None], sockets: list[socket.socket]
    ) -> "_Worker":
        if self._is_first:
            self._is_first = False
        else:
            load_for_all()

        def run() -> None:
            for number, handler in _DEFAULTS.items():
                signal.signal(number, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _DEFAULTS)
            self._forking.leave()
            subprocess_started(config, target, [*map(self._own, sockets)], None)

        return _Worker(target=run)


class _Worker(ForkProcess):
    """A process that has the supervisor's handlers of signals at no moment."""

    def start(self) -> None:
        """Fork; a signal that comes meanwhile is the new process's own as soon as it is ready."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _DEFAULTS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
