"""A reading process that was begun ahead and waits for its order, for whoever needs one next.

It saves the time that a process takes to load numpy, GEOS and PROJ, which for a small file is most
of all. See ``zones.ingest.preforked_reader``, where it is forked.
"""

import json
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

LENGTH_BYTES: Final = 8


class Process(Protocol):
    """What is followed of a reading process, ``subprocess.Popen`` or a fork."""

    @property
    def pid(self) -> int:
        """Return its number, which is that of its group too."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """Return what it tells of its progress."""
        ...

    @property
    def stderr(self) -> IO[bytes] | None:
        """Return its last words."""
        ...

    def wait(self) -> int:
        """Return how it ended, once it has; negative for a signal."""
        ...


@dataclass(slots=True)
class Forked:
    """A child of this process that runs the same program."""

    pid: int
    stdout: IO[bytes]
    stderr: IO[bytes]
    _code: int | None = None

    def wait(self) -> int:
        """Return how it ended, once it has."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code

    def discard(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait()
        self.stdout.close()
        self.stderr.close()


@dataclass(frozen=True, slots=True)
class PreforkedReader:
    """A process that waits for its order at the other end of a socket."""

    pid: int
    orders: socket.socket

    def follow(
        self,
        order: Mapping[str, object],
        fds: Sequence[int],
        *,
        folder: Path,
        environment: Mapping[str, str],
    ) -> Forked:
        """Have it carry out an order; ``fds`` are the files that the order names, open.

        Raises
        ------
        OSError
            If it has ended meanwhile.
        """
        message = json.dumps(
            {"order": order, "folder": str(folder), "environment": {**environment}}
        )
        stdout, its_stdout = os.pipe2(os.O_CLOEXEC)
        stderr, its_stderr = os.pipe2(os.O_CLOEXEC)
        process = Forked(self.pid, os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb"))
        try:
            self._send(message.encode("ascii"), [its_stdout, its_stderr, *fds])
        except OSError:
            process.discard()
            raise
        finally:
            os.close(its_stdout)
            os.close(its_stderr)
        return process

    def _send(self, message: bytes, fds: Sequence[int]) -> None:
        with self.orders:
            socket.send_fds(self.orders, [len(message).to_bytes(LENGTH_BYTES)], fds)
            self.orders.sendall(message)


_spare_readers: list[PreforkedReader] = []


def keep(spare: PreforkedReader) -> None:
    """Keep a process for whoever needs one next."""
    _spare_readers.append(spare)


def taken() -> PreforkedReader | None:
    """Return a process that waits, if there is one; nobody else gets it."""
    with suppress(IndexError):
        return _spare_readers.pop()
    return None
