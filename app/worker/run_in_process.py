"""Work in a process of its own: look-ups share neither memory nor interpreter with it.

The process (``app.worker_process_main``) is forked from one that has loaded everything and knows no
secret. It ends when the server does.
"""

import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final, Protocol, TypeVar

from app.worker.fork_server import ForkServer
from app.worker.process_spans import FinishedSpan, current_traceparent, hand_over
from zones.errors import SourceLimitError, ZonesError
from zones.sandbox.private_folder import remove_leftovers

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

JOB: Final = "app.worker_process_main:run_order"
"""What a fork server is to load for it."""
_LOOKED_EVERY_S: Final = 0.05
CANCEL: Final = b"cancel"


class WorkItem(Protocol[T_co]):
    """What to do, as it travels to the process."""

    @property
    def id(self) -> str:
        """Return what the log calls it."""
        ...

    def run(self, cancelled: threading.Event) -> T_co:
        """Return what came of it, not None; called in the process.

        Raises
        ------
        ZonesError
        """
        ...


def run_in_worker(
    item: WorkItem[T], forked: ForkServer, *, cancelled: Callable[[], bool] = lambda: False
) -> T:
    """Have an order carried out in a process of its own and return what came of it.

    Parameters
    ----------
    cancelled
        Asked many times a second; once it is true the process is told.

    Raises
    ------
    ZonesError
        What the order raised, ``UnexpectedError`` for what it never should, or
        ``SourceLimitError`` when the process was killed.
    """
    with forked.begin() as process:
        outcome = _followed(process, item, cancelled)
    if outcome is None:
        remove_leftovers()
        raise SourceLimitError("import-killed")
    if isinstance(outcome, ZonesError):
        raise outcome
    return outcome


def _followed(
    process: Connection, item: WorkItem[T], cancelled: Callable[[], bool]
) -> T | ZonesError | None:
    """Return what the process tells at its end; None if it tells nothing."""
    is_cancelling = False
    try:
        process.send((item, current_traceparent()))
        while not process.poll(_LOOKED_EVERY_S):
            if not is_cancelling and cancelled():
                process.send_bytes(CANCEL)
                is_cancelling = True
        outcome, spans = _received(process)
    except (EOFError, ConnectionError):
        return None
    hand_over(spans)
    return outcome


def _received(process: Connection) -> tuple[T | ZonesError, list[FinishedSpan]]:
    received: tuple[T | ZonesError, list[FinishedSpan]] = process.recv()
    return received
