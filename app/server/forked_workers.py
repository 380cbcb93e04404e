"""Workers forked from the process that started them: what that loaded is there once for all.

uvicorn starts each worker as a new program, which loads the whole service for itself: seconds of
processor and some 90 MB for each. On Linux they are forked instead, from a process that serves
nobody and has one thread. Linux only.
"""

import gc
import signal
import socket
import threading
from collections.abc import Callable
from importlib import import_module
from multiprocessing.context import ForkProcess
from typing import Final

import uvicorn
from uvicorn._subprocess import subprocess_started
from uvicorn.supervisors import multiprocess

from app.map_page.load_renderer import load_renderer
from app.server.make_services import load_arrow
from zones.memory.gc_paused import not_collecting

_DEFAULTS: Final = {
    number: signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    for number in multiprocess.SIGNALS
}
"""What a new program would begin with, for all that the supervisor handles."""


def fork_workers(config: uvicorn.Config, own: Callable[[socket.socket], socket.socket]) -> None:
    """Have uvicorn's supervisor fork its workers from now on, unless this process has threads.

    Parameters
    ----------
    own
        Returns a worker's own socket for one that it was forked with.
    """
    if threading.active_count() > 1:
        return
    with not_collecting():
        if isinstance(config.app, str):
            import_module(config.app.partition(":")[0])
        load_arrow()
        load_renderer()
    # The search for garbage writes to what it looks at: such pages would be shared no more.
    gc.collect()
    gc.freeze()
    # What the supervisor starts processes with is no setting of uvicorn's.
    vars(multiprocess)["get_subprocess"] = _Forked(own)


class _Forked:
    """Makes processes as ``uvicorn._subprocess.get_subprocess`` does, by forking."""

    def __init__(self, own: Callable[[socket.socket], socket.socket]) -> None:
        self._own = own

    def __call__(
        self, config: uvicorn.Config, target: Callable[..., None], sockets: list[socket.socket]
    ) -> "_Worker":
        def run() -> None:
            for number, handler in _DEFAULTS.items():
                signal.signal(number, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _DEFAULTS)
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
