"""Follows a reading process to its end, and tells how it ended."""

import logging
import os
import re
import selectors
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from zones.errors import SourceError, SourceLimitError
from zones.sandbox.limits import Limits
from zones.sandbox.preforked_child import Process

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 0.05
_NO_FEATURE: Final = "—"
_STDERR_TAIL_BYTES: Final = 4096
_READ_BYTES: Final = 65536
_PROGRESS_LINE: Final = re.compile(rb"(?m)^([01]\.[0-9]{3})$")
_FEATURE_LINE: Final = re.compile(rb"(?m)^@([0-9]{1,9})$")

# What the last words of a dying process say of the reason, most telling first.
_LAST_WORDS = (
    (
        re.compile(
            rb"MemoryError|bad_alloc|[Oo]ut of memory|[Cc]annot allocate memory|rust_oom|"
            rb"memory allocation of [0-9]+ bytes failed"
        ),
        "import-memory",
    ),
    (re.compile(rb"Errno 27|File too large"), "import-disk"),
    (re.compile(rb"Errno 28|No space left"), "import-disk-full"),
)


class Watch:
    """Follows one process to its end, which it brings about when the time is up."""

    def __init__(
        self,
        process: Process,
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
        if self._process.wait() != 0:
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
            written = os.read(stream.fileno(), _READ_BYTES)
        except BlockingIOError:
            return False
        if stream is self._process.stderr:
            self._last_words = (self._last_words + written)[-_STDERR_TAIL_BYTES:]
        else:
            self._hear(written)
        return bool(written)

    def _hear(self, written: bytes) -> None:
        if features := _FEATURE_LINE.findall(written):
            self._feature = features[-1].decode("ascii")
        if fractions := _PROGRESS_LINE.findall(written):
            self._feature = _NO_FEATURE
            self._progress(min(1.0, float(fractions[-1])))

    def _fault(self) -> SourceError:
        code = self._process.wait()
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
