"""Where the service listens: with several workers, each at a socket of its own.

At one socket that all share, the worker that was woken last takes nearly every connection: of a
browser's six one worker got all, four times out of five, and the others had nothing to do. Linux
deals connections out among sockets of one address (``SO_REUSEPORT``, socket(7)).
"""

import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.http.fault_status import ListeningError
from app.server.load_ahead import load_application

_NOT_STARTED = 3
"""The exit code that uvicorn's own command line has for it."""


def listen(config: uvicorn.Config) -> None:
    """Serve until the service is told to end.

    Raises
    ------
    ListeningError
        If somebody listens there already, another service of ours included, or the address is
        none of this machine's.
    SystemExit
        If the application cannot start.
    """
    server = uvicorn.Server(config)
    with reserved(config.host, config.port) as sock, suppress(KeyboardInterrupt):
        if config.workers > 1:
            with _forked_where_possible(config):
                Multiprocess(config, sockets=[sock]).run()
            return
    with suppress(KeyboardInterrupt):
        load_application(config)
        server.run()
    if not server.started:
        sys.exit(_NOT_STARTED)


def _forked_where_possible(config: uvicorn.Config) -> AbstractContextManager[None]:
    """Return a context in which workers are forked; elsewhere than on Linux they are started."""
    if sys.platform != "linux":
        return nullcontext()
    from app.server.forked_workers import workers_forked

    return workers_forked(config, socket_of_worker)


class WorkerSocket(socket.socket):
    """A bound socket; a process that it is sent to gets another one of the same address."""

    def __reduce_ex__(
        self, protocol: object
    ) -> tuple[Callable[[str, int], socket.socket], tuple[str, int]]:
        host, port = self.getsockname()[:2]
        return bound, (host, port)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket of an address; on Linux others of this user may be bound there as well.

    Elsewhere it is an ordinary one, which all processes that it is sent to share.
    """
    deals_out = sys.platform == "linux"
    sock = (WorkerSocket if deals_out else socket.socket)(_family(host))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if deals_out:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((host, port))
    return sock


def socket_of_worker(sock: socket.socket) -> socket.socket:
    """Return a socket of its own for a worker that was forked with that one."""
    if not isinstance(sock, WorkerSocket):
        return sock
    host, port = sock.getsockname()[:2]
    return bound(host, port)


def reserved(host: str, port: int) -> socket.socket:
    """Return a socket that keeps an address for the workers; it does not listen itself.

    Raises
    ------
    ListeningError
        If somebody listens there already, another service of ours included, or the address is
        none of this machine's.
    """
    try:
        with socket.socket(_family(host)) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
            port = alone.getsockname()[1]
        return bound(host, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListeningError("address-taken", host=host, port=port, reason=reason) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
