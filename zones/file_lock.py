"""Locks that exclude other processes: the kernel gives one back when its holder ends, however."""

import fcntl


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file or folder without waiting; return False when another holder forbids it.

    Parameters
    ----------
    shared
        Several may hold it so at the same time, but none beside one who holds it alone.

    Raises
    ------
    OSError
        If the file system has no locks.
    """
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(handle: int) -> None:
    """Lock an open file or folder for this holder alone, however long another has it."""
    fcntl.flock(handle, fcntl.LOCK_EX)
