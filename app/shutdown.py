"""SIGTERM reaches the imports at once, not only after the last request has been answered."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_termination(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` when the process is told to end, then whatever was to be called before.

    A request that waits for an import would else hold up the server until the import ends.
    Outside the main thread, where no signal arrives, nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop_first(number: int, frame: FrameType | None) -> None:
        # In a thread: a signal handler may interrupt whoever holds the locks that this needs.
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
