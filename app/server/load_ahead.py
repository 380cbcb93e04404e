"""What is loaded before a request needs it, some of it only after the first answers.

The service is ready as soon as it can answer. What only some requests need, and what would keep
all others waiting when it is loaded within a request, follows right after.
"""

import gc
import os
import threading
from importlib import import_module
from typing import Final

import uvicorn

from app.map_images.picture_cache import warn_of_missing_parts
from app.worker.fork_server import shared_socket
from zones.memory.gc_paused import not_collecting
from zones.memory.release_memory import give_back_memory
from zones.messages import catalogue

_SOON_S: Final = 0.2
_closed_when_ready: Final[list[int]] = []


def load_application(config: uvicorn.Config) -> None:
    """Load what answers, and leave it out of every search for garbage.

    Nothing is searched for garbage here: there is next to none, and the search takes a tenth of a
    second.
    """
    if isinstance(config.app, str):
        with not_collecting():
            import_module(config.app.partition(":")[0])
    gc.freeze()


def load_rest() -> None:
    """Load what would keep all other requests waiting: Apache Arrow, and all messages."""
    import pyarrow.parquet  # noqa: F401 - for what loading it does

    catalogue()


def close_when_ready(handle: int) -> None:
    """Close a file once this process is ready, or ends: for who waits for that at a pipe."""
    _closed_when_ready.append(handle)


def load_rest_soon() -> None:
    """Load it in a thread, once the first requests are answered.

    What pictures lack is logged by the process alone that workers were forked from: to find out
    takes 8 MB.
    """
    threading.Timer(_SOON_S, _load_rest_of_worker).start()


def _load_rest_of_worker() -> None:
    while _closed_when_ready:
        os.close(_closed_when_ready.pop())
    load_rest()
    if shared_socket() is None:
        warn_of_missing_parts()
    give_back_memory()
