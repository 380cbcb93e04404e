"""Runs a job on an untrusted file in a confined process, and outlives whatever becomes of it.

The parent opens the file and the two places for the answer and hands them over open; it opens no
path that the child has had in hand, other than to clear the child's folder away.
"""

import json
import logging
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Generic, TypeVar

import orjson

from zones.errors import SourceError, SourceLimitError
from zones.sources.confinement import available_level
from zones.sources.drivers import environment_for
from zones.sources.import_folder import own_folder
from zones.sources.limits import MEBIBYTE, Limits
from zones.sources.rows import Rows, take_all
from zones.sources.task import fault_from_json

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_TICK_S = 0.05
_NO_FEATURE = "—"
_MOST_REPORT_BYTES = 8 * MEBIBYTE
_KEPT_STDERR_BYTES = 4096
_READ_BYTES = 65536
_PROGRESS_LINE = re.compile(rb"(?m)^([01]\.[0-9]{3})$")
_FEATURE_LINE = re.compile(rb"(?m)^@([0-9]{1,9})$")

# What the last words of a dying process say of the reason, most telling first.
_LAST_WORDS = (
    (
        re.compile(rb"MemoryError|bad_alloc|[Oo]ut of memory|[Cc]annot allocate memory"),
        "import-memory",
    ),
    (re.compile(rb"Errno 27|File too large"), "import-disk"),
    (re.compile(rb"Errno 28|No space left"), "import-disk-full"),
)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a job gave: its answer, what was taken of its rows, and how it was locked away.

    All of it is the word of a process that has read a foreign file.
    """

    content: dict[str, Any]
    taken: T
    sandbox: str


def sandbox_level() -> str:
    """Return how far readers of foreign files are locked away on this machine.

    ``landlock-<version>+seccomp`` is all there is; a missing part means a warning at start:
    without Landlock they can read files, without seccomp they can use UDP; ``none`` leaves
    only the limits of time, memory and disk, and a dead-end proxy.
    """
    return available_level()


def confined(  # noqa: PLR0913 - one call is the whole contract
    job: str,
    request: Mapping[str, object],
    *,
    source: BinaryIO,
    taking: Callable[[Rows], T],
    limits: Limits,
    driver: str = "",
    progress: Callable[[float], None] | None = None,
    cancelled: threading.Event | None = None,
    import_path: Sequence[Path] = (),
) -> Answer[T]:
    """Run ``module:function`` on an open file in a process of its own; return what it answers.

    Whatever happens, no process and no folder is left behind.

    Parameters
    ----------
    request
        Passed to the job as JSON.
    taking
        Called in another thread with the job's rows while they come; the job cannot go on once
        it returns. What it made of them counts only if the job ends well.
    driver
        The one GDAL driver that the job needs; none is loaded if empty.
    progress
        Called with fractions from 0 to 1 while the job runs, in the calling thread.
    cancelled
        Set from another thread, it ends the job within a tick (50 ms).
    import_path
        Folders besides this package's own in which the job's module is looked for.

    Raises
    ------
    SourceError
        Or a child of it: what the job raised, or how its process ended.
    SourceLimitError
        A limit of time, memory or disk was reached.
    """
    source.seek(0)
    with (
        own_folder() as folder,
        tempfile.TemporaryFile() as report,
        ThreadPoolExecutor(1, thread_name_prefix="rows") as beside,
    ):
        order = {
            "job": job,
            "request": request,
            "driver": driver,
            "limits": asdict(limits),
            "parent": os.getpid(),
            "source_fd": source.fileno(),
            "report_fd": report.fileno(),
        }
        process, rows = _start(order, folder, import_path)
        taken = beside.submit(take_all, rows, taking, most=limits.file_mb * MEBIBYTE)
        try:
            _Watch(process, limits, progress or (lambda fraction: None), cancelled).follow()
        except SourceError:
            if isinstance(fault := taken.exception(), SourceLimitError):
                raise fault from None  # it ended because nobody took more from it
            raise
        content, level = _read_report(report)
        return Answer(content, taken.result(), level)


def _start(
    order: dict[str, Any], folder: Path, import_path: Sequence[Path]
) -> tuple["subprocess.Popen[bytes]", BinaryIO]:
    """Return the process and its rows."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    try:
        order["rows_fd"] = writing
        process = _started(order, folder, import_path)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return process, os.fdopen(reading, "rb")


def _started(
    order: Mapping[str, Any], folder: Path, import_path: Sequence[Path]
) -> "subprocess.Popen[bytes]":
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, (_PACKAGE_ROOT, *import_path))),
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",  # a process with threads cannot be confined
        **(environment_for(order["driver"]) if order["driver"] else {}),
    }
    return subprocess.Popen(  # noqa: S603 - our own program; the order is an argument, not a shell's
        [
            sys.executable,
            "-s",
            "-P",
            "-B",
            "-X",
            "utf8",
            "-m",
            "zones.sources.child",
            json.dumps(order),
        ],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(order["source_fd"], order["rows_fd"], order["report_fd"]),
        start_new_session=True,
    )


class _Watch:
    """Follows one process to its end, which it brings about when the time is up."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        limits: Limits,
        progress: Callable[[float], None],
        cancelled: threading.Event | None,
    ) -> None:
        self._process, self._limits = process, limits
        self._progress, self._cancelled = progress, cancelled
        self._deadline = time.monotonic() + limits.wall_s
        self._last_words = b""
        self._feature = _NO_FEATURE

    def follow(self) -> None:
        """Return when the process has ended well, else raise how it ended."""
        try:
            stopped = self._until_end()
        finally:
            self._end_group()
        if stopped:
            raise stopped
        if self._process.returncode != 0:
            raise self._fault()

    def _until_end(self) -> SourceError | None:
        """Wait for the end of the process; return why it must be ended, if it must."""
        with selectors.DefaultSelector() as selector:
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None:
                    os.set_blocking(stream.fileno(), False)
                    selector.register(stream, selectors.EVENT_READ)
            while not self._has_ended():
                for key, _ in selector.select(_TICK_S):
                    if not self._take(key.fileobj):
                        selector.unregister(key.fileobj)
                if self._cancelled is not None and self._cancelled.is_set():
                    return SourceError("import-cancelled")
                if time.monotonic() > self._deadline:
                    return self._late("import-wall", self._limits.wall_s)
        return None

    def _late(self, code: str, seconds: int) -> SourceLimitError:
        return SourceLimitError(code, seconds=seconds, feature=self._feature)

    def _has_ended(self) -> bool:
        # Looked at, not fetched: until it is fetched nobody else can get its number.
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, options) is not None

    def _end_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdout, self._process.stderr):
            while stream is not None and self._take(stream):
                pass
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _take(self, stream: Any) -> bool:
        """Take in what the stream has now; return whether there may be more."""
        try:
            told = os.read(stream.fileno(), _READ_BYTES)
        except BlockingIOError:
            return False
        if stream is self._process.stderr:
            self._last_words = (self._last_words + told)[-_KEPT_STDERR_BYTES:]
        else:
            self._hear(told)
        return bool(told)

    def _hear(self, told: bytes) -> None:
        if features := _FEATURE_LINE.findall(told):
            self._feature = features[-1].decode("ascii")
        if fractions := _PROGRESS_LINE.findall(told):
            self._feature = _NO_FEATURE
            self._progress(min(1.0, float(fractions[-1])))

    def _fault(self) -> SourceError:
        code = self._process.returncode
        _LOG.warning(
            "reader ended with %s: %s", code, ascii(self._last_words.decode("utf-8", "replace"))
        )
        if code == -signal.SIGXCPU:
            return self._late("import-cpu", self._limits.cpu_s)
        for words, reason in _LAST_WORDS:
            if words.search(self._last_words):
                return SourceLimitError(
                    reason, memory_mb=self._limits.mem_mb, file_mb=self._limits.file_mb
                )
        if code == -signal.SIGKILL:
            return SourceLimitError("import-killed")
        return SourceError("import-crashed" if code < 0 else "source-unreadable")


def _read_report(report: IO[bytes]) -> tuple[dict[str, Any], str]:
    """Return the job's answer and how it was locked away."""
    report.seek(0)
    written = report.read(_MOST_REPORT_BYTES + 1)
    try:
        told = orjson.loads(written) if len(written) <= _MOST_REPORT_BYTES else None
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise SourceError("source-unreadable")
    if "fault" in told:
        raise fault_from_json(told["fault"])
    answer = told.get("answer")
    if not isinstance(answer, dict):
        raise SourceError("source-unreadable")
    return answer, str(told.get("sandbox"))[:40]
