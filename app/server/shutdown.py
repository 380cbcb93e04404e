"""How the service ends: SIGTERM reaches its imports at once, and a second one ends it at once."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_ENDED_AT_ONCE = 1


def exit_on_signals() -> None:
    """Have SIGTERM end this process with exit code 0.

    uvicorn shuts down in order and then raises the signal anew, for whoever handled it before;
    without a handler the process would end as if killed.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))


@contextmanager
def on_termination(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` when the process is told to end, then whatever was to be called before.

    A request that waits for an import would else hold up the server until the import ends.
    Told a second time, the process ends as it is: the store stays whole, and the kernel ends
    the readers of files with it. Outside the main thread, where no signal arrives, nothing is
    changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    is_ending = False

    def stop_first(number: int, frame: FrameType | None) -> None:
        nonlocal is_ending
        if is_ending:
            os._exit(_ENDED_AT_ONCE)
        is_ending = True
        # In a thread: the signal may interrupt whoever holds the locks that this needs.
        threading.Thread(target=stop, name="stop-imports").start()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in _SIGNALS:
        signal.signal(number, stop_first)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
