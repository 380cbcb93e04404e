"""Forking a process that has no other threads: one that has could leave a lock held for ever."""

import os
import threading


def fork_alone() -> int:
    """Return what ``os.fork`` returns.

    Raises
    ------
    RuntimeError
        If there are other threads: a mistake in this program.
    """
    refuse_threads()
    return os.fork()


def refuse_threads() -> None:
    """Refuse to go on where other threads of Python run.

    Raises
    ------
    RuntimeError
    """
    if threading.active_count() > 1:
        names = ", ".join(sorted(thread.name for thread in threading.enumerate()))
        raise RuntimeError(f"a fork needs a process without threads; here are {names}")
