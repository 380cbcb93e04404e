"""Forks a reading process ahead of its order.

To be done by a process without threads, that has nothing in its memory or environment which a
foreign file must not see; what it has open the fork closes, but for PROJ's tables.
"""

import faulthandler
import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from zones.ingest import read_in_sandbox  # noqa: F401 - what nearly every order asks for
from zones.sandbox.child_process import JobSpec, carry_out, command_for, die_with
from zones.sandbox.fork_without_threads import fork_alone
from zones.sandbox.preforked_child import LENGTH_BYTES, PreforkedReader, keep

_FDS = 5
_STANDARD = 3
_PIECE = 65536
_PROJ_TABLES: Final = "proj.db"


def prefork_reader() -> None:
    """Have a reading process wait for the next file that this process wants read."""
    orders, its_orders = socket.socketpair()
    parent = os.getpid()
    pid = fork_alone()
    if pid == 0:
        code = 1
        try:
            _serve(its_orders, parent)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    its_orders.close()
    keep(PreforkedReader(pid, orders))


def _serve(orders: socket.socket, parent: int) -> None:
    """Wait for the order and carry it out; the whole life of the process."""
    os.setsid()
    die_with(parent)
    close_all_but(orders.fileno())
    head, fds, _, _ = socket.recv_fds(orders, LENGTH_BYTES, _FDS)
    if not fds:
        return  # nobody wants anything read any more
    message = json.loads(_received(orders, int.from_bytes(head)))
    orders.close()
    _settle(fds, Path(message["folder"]), message["environment"])
    source, rows, report = fds[2:]
    order = {**message["order"], "source_fd": source, "rows_fd": rows, "report_fd": report}
    _allow_new_start(order, fds)
    if order["driver"] and "pyogrio" in sys.modules:
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - GDAL has its drivers already
    carry_out(JobSpec(**order))


def close_all_but(open_fd: int) -> None:
    """Close what this process has open but for one descriptor, its standard ones, PROJ's."""
    below = _STANDARD
    for fd in sorted({open_fd, *_of_proj()}):
        os.closerange(below, fd)
        below = max(below, fd + 1)
    os.closerange(below, os.sysconf("SC_OPEN_MAX"))


def _of_proj() -> Iterator[int]:
    """Yield the descriptors of PROJ's tables.

    PROJ sees by itself that it was forked: it opens the tables anew, then closes the descriptor
    that it had. Had we closed that, the new one could have its number, and would be gone.
    """
    for fd in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if Path(f"/proc/self/fd/{fd}").readlink().name == _PROJ_TABLES:
                yield int(fd)


def _received(orders: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        piece = orders.recv(min(_PIECE, size - len(received)))
        if not piece:
            raise EOFError
        received += piece
    return bytes(received)


def _settle(fds: list[int], folder: Path, environment: dict[str, str]) -> None:
    """Move into the folder, with the environment and the ends of the pipes that were given."""
    stdin = os.open(os.devnull, os.O_RDONLY)
    for number, fd in enumerate((stdin, fds[0], fds[1])):
        os.dup2(fd, number)
        os.close(fd)
    # Whoever was forked may have put others in their places, and handlers for signals.
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    faulthandler.disable()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.dont_write_bytecode = True


def _allow_new_start(order: dict[str, Any], fds: list[int]) -> None:
    """Let ``load_only`` start this process anew as if it had not been forked."""
    sys.orig_argv = command_for(order)
    for fd in fds[2:]:
        os.set_inheritable(fd, True)
