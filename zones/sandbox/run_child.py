"""Runs a job on an untrusted file in a confined process, and outlives whatever becomes of it.

The parent opens the file and the two places for the answer and hands them over open; it opens no
path that the child has had in hand, other than to clear the child's folder away.
"""

import fcntl
import logging
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Generic, TypeVar

import orjson
from opentelemetry import trace

from zones import PACKAGE_DIR
from zones.errors import SourceError, SourceLimitError
from zones.sandbox.child_monitor import Watch
from zones.sandbox.child_output import ByteRows, take_all
from zones.sandbox.child_process import command_for
from zones.sandbox.child_task import fault_from_json
from zones.sandbox.gdal_drivers import environment_for
from zones.sandbox.landlock_seccomp import available_level
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.sandbox.preforked_child import Process, taken
from zones.sandbox.private_folder import own_folder

T = TypeVar("T")

_PACKAGE_ROOT = PACKAGE_DIR.parent
_LOG = logging.getLogger("zones.sandbox")
_TRACER = trace.get_tracer(__name__)
_LONGEST_LOGGED = 400
_MOST_REPORT_BYTES = 8 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class ChildCall:
    """Which job to run, and what is asked of it.

    Attributes
    ----------
    job
        ``module:function``, see ``zones.sandbox.child_task.Job``.
    request
        Passed to the job as JSON.
    driver
        The one GDAL driver that the job needs; none is loaded if empty.
    import_path
        Folders besides this package's own in which the job's module is looked for.
    """

    job: str
    request: Mapping[str, object]
    driver: str = ""
    import_path: Sequence[Path] = ()

    def order(self, limits: Limits) -> dict[str, Any]:
        """Return what the child is told, without its files."""
        return {
            "job": self.job,
            "request": self.request,
            "driver": self.driver,
            "limits": asdict(limits),
            "parent": os.getpid(),
        }


@dataclass(frozen=True, slots=True)
class ChildResult(Generic[T]):
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


def confined(
    call: ChildCall,
    *,
    source: BinaryIO,
    taking: Callable[[ByteRows], T],
    limits: Limits,
    progress: Callable[[float], None] = lambda fraction: None,
    cancelled: threading.Event | None = None,
) -> ChildResult[T]:
    """Run a job on an open file in a process of its own; return what it answers.

    Whatever happens, no process and no folder is left behind.

    Parameters
    ----------
    taking
        Called in another thread with the job's rows while they come; the job cannot go on once
        it returns. What it made of them counts only if the job ends well.
    progress
        Called with fractions from 0 to 1 while the job runs, in the calling thread.
    cancelled
        Set from another thread, it ends the job within a tick (50 ms).

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
        _TRACER.start_as_current_span(
            "reading process", attributes={"zones.job": call.job}
        ) as span,
    ):
        files = {"source_fd": source.fileno(), "report_fd": report.fileno()}
        process, rows = _start(call.order(limits) | files, folder, call.import_path)
        span.set_attribute("process.pid", process.pid)
        taken = beside.submit(take_all, rows, taking, most=limits.file_mb * MEBIBYTE)
        _follow(Watch(process, limits, progress, cancelled), taken)
        content, level = _read_report(report)
        return ChildResult(content, taken.result(), level)


def _follow(watch: Watch, taken: Future[T]) -> None:
    """Follow a process to its end; where nobody took more from it, that is why it ended."""
    try:
        watch.follow()
    except SourceError:
        if isinstance(fault := taken.exception(), SourceLimitError):
            raise fault from None
        raise


def _start(
    order: dict[str, Any], folder: Path, import_path: Sequence[Path]
) -> tuple[Process, BinaryIO]:
    """Return the process and its rows."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    with suppress(OSError):  # as much as may be; neither side has to wait for the other so often
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, MEBIBYTE)
    try:
        order["rows_fd"] = writing
        process = _started(order, folder, import_path)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return process, os.fdopen(reading, "rb")


def _started(order: Mapping[str, Any], folder: Path, import_path: Sequence[Path]) -> Process:
    fds = (order["source_fd"], order["rows_fd"], order["report_fd"])
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, (_PACKAGE_ROOT, *import_path))),
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",  # a process with threads cannot be confined
        **(environment_for(order["driver"]) if order["driver"] else {}),
    }
    while (spare := taken()) is not None:
        with suppress(OSError):  # it has ended meanwhile
            return spare.follow(order, fds, folder=folder, environment=environment)
    return subprocess.Popen(  # noqa: S603 - our own program; the order is an argument, not a shell's
        command_for(order),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=fds,
        start_new_session=True,
    )


def _read_report(report: IO[bytes]) -> tuple[dict[str, Any], str]:
    """Return the job's answer and how it was locked away."""
    report.seek(0)
    written = report.read(_MOST_REPORT_BYTES + 1)
    try:
        parsed = orjson.loads(written) if len(written) <= _MOST_REPORT_BYTES else None
    except orjson.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict):
        raise SourceError("source-unreadable")
    if unlisted := parsed.get("unlisted"):
        message = "GDAL has drivers that are not listed: each import starts twice"
        _LOG.warning({"message": message, "drivers": str(unlisted)[:_LONGEST_LOGGED]})
    if "fault" in parsed:
        raise fault_from_json(parsed["fault"])
    answer = parsed.get("answer")
    if not isinstance(answer, dict):
        raise SourceError("source-unreadable")
    return answer, str(parsed.get("sandbox"))[:40]
