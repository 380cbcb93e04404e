"""Files from anybody that must be whole to be read: in a confined process, one at a time.

They are read as uploads are: without network and other files, with limits of memory, time and
what is written, and the end of that process is not the service's end. What it hands on is taken
with the same mistrust as what comes from a client.
"""

import tempfile
from collections.abc import Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import IO, Any, BinaryIO, Final, NamedTuple

from zones.errors import SourceLimitError
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.sandbox.run_child import ChildCall, confined

_LEAST_CPU_S: Final = 30
_IN_TURN: Final = ThreadPoolExecutor(1, "files-apart")


class HandedOn(NamedTuple):
    """What the process wrote, from its beginning, and what it says of that."""

    rows: IO[bytes]
    content: dict[str, Any]


class FileApart:
    """A file that waits on disk until it is whole.

    Parameters
    ----------
    job, request
        What the process does with it.
    limits
        Of the process: memory, what it writes, and seconds at most. Processor time is also
        bounded by the file's size, ``cpu_s_per_mb``.
    too_much
        The code of the fault when the file is larger than what may be written of it.
    """

    def __init__(
        self,
        job: str,
        request: Mapping[str, object],
        limits: Limits,
        *,
        cpu_s_per_mb: int,
        too_much: str,
    ) -> None:
        self._job, self._request, self._limits = job, request, limits
        self._cpu_s_per_mb, self._too_much = cpu_s_per_mb, too_much
        self._file: BinaryIO = tempfile.TemporaryFile(prefix="points-")  # noqa: SIM115 - closed in handed_on
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Take a piece; nothing can be read yet.

        Raises
        ------
        SourceLimitError
            The file is larger than what may be written of it.
        """
        self._size += len(piece)
        if self._size > self._limits.file_mb * MEBIBYTE:
            self._file.close()
            raise self.too_much()
        self._file.write(piece)

    def handed_on(self) -> Generator[None, None, HandedOn]:
        """Yield None as long as the process is at work, or waits for its turn; return its rows.

        Raises
        ------
        SourceError
            Or ``SourceLimitError``: what the job raised, or how its process ended.
        """
        stopped = Event()
        self._file.flush()
        reading: Future[HandedOn] = _IN_TURN.submit(self._read, self._bounded(), stopped)
        try:
            while not reading.done():
                yield None
            return reading.result()
        finally:
            stopped.set()
            reading.cancel()

    def whole(self) -> HandedOn:
        """Return the rows once they are there; for who waits in a thread.

        Raises
        ------
        SourceError
            As ``handed_on`` does.
        """
        self._file.flush()
        return _IN_TURN.submit(self._read, self._bounded(), Event()).result()

    def too_much(self) -> SourceLimitError:
        """Return the fault of a file that is larger, or takes more, than it may."""
        limits = self._limits
        return SourceLimitError(
            self._too_much,
            memory_mb=limits.mem_mb,
            file_mb=limits.file_mb,
            seconds=limits.cpu_s,
        )

    def _bounded(self) -> Limits:
        of_size = _LEAST_CPU_S + self._cpu_s_per_mb * self._size // MEBIBYTE
        return replace(self._limits, cpu_s=min(self._limits.cpu_s, of_size))

    def _read(self, limits: Limits, stopped: Event) -> HandedOn:
        """Return what another process makes of the file."""
        rows = tempfile.TemporaryFile(prefix="points-")  # noqa: SIM115 - closed by who reads it
        try:
            with self._file as file:
                answer = confined(
                    ChildCall(self._job, self._request),
                    source=file,
                    taking=rows.writelines,
                    limits=limits,
                    cancelled=stopped,
                )
        except BaseException:
            rows.close()
            raise
        rows.seek(0)
        return HandedOn(rows, answer.content)
