"""What is counted and measured, in the text format that Prometheus reads."""

import os
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final, NamedTuple

from app.observe.counts_of_all_workers import SharedCounts
from app.observe.worker_counts import BUCKETS_S, Counts, total_of

Sample = tuple[str, float]
MOST_UNCOUNTED: Final = 1000
"""Requests noted one by one; to note one takes a tenth of the time that counting it takes."""


class Gauge(NamedTuple):
    """What is measured at this moment; ``labels`` tell it from others of its name."""

    name: str
    help: str
    value: float
    labels: str = ""


class Metrics:
    """Counts of one worker process, and of all of them together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._publishing = Lock()
        self._own = Counts()
        self._uncounted: deque[tuple[str, int, float]] = deque()
        self._published = -1
        self._shared = SharedCounts()

    def count_request(self, method: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""
        self._uncounted.append((method, status, seconds))
        if len(self._uncounted) >= MOST_UNCOUNTED:
            with self._lock:
                self._count()

    def _count(self) -> None:
        while self._uncounted:
            method, status, seconds = self._uncounted.popleft()
            self._own.requests[method, status] += 1
            self._own.buckets[bisect_left(BUCKETS_S, seconds)] += 1
            self._own.seconds += seconds

    def count_import(self, outcome: str) -> None:
        """Count one import that ended; ``outcome`` is its state, or the code of what ended it."""
        with self._lock:
            self._own.imports[outcome] += 1

    def publish(self) -> None:
        """Let the other workers see what this one counted, if that is more than last time."""
        with self._publishing:
            counts = self._copy()
            events = counts.buckets.total() + counts.imports.total()
            if events != self._published:
                self._shared.publish(counts)
                self._published = events

    def _copy(self) -> Counts:
        with self._lock:
            self._count()
            return total_of([self._own])

    def text(
        self,
        gauges: Iterable[Gauge],
        caches: Iterable[Sample] = (),
    ) -> str:
        """Return everything as Prometheus text.

        Parameters
        ----------
        gauges
            What is measured at this moment.
        caches
            The bytes of each kind of thing that is remembered.
        """
        self.publish()  # or the next worker that is asked would know of less
        total = total_of([self._copy(), *self._shared.of_others()])
        lines = [*_request_lines(total), *_import_lines(total)]
        for name, help_, value, labels in gauges:
            lines += _metric(name, "gauge", help_, [(labels, value)])
        lines += _metric("zones_cache_bytes", "gauge", "what this worker remembers", caches)
        return "\n".join(lines) + "\n"


def _request_lines(counts: Counts) -> Iterator[str]:
    requests: list[Sample] = [
        (f'{{method="{method}",status="{status}"}}', count)
        for (method, status), count in sorted(counts.requests.items())
    ]
    yield from _metric("zones_requests_total", "counter", "requests answered", requests)
    answered = 0
    buckets: list[Sample] = []
    for position, bound in enumerate(BUCKETS_S):
        answered += counts.buckets[position]
        shown = "+Inf" if bound == float("inf") else f"{bound:g}"
        buckets.append((f'_bucket{{le="{shown}"}}', answered))
    buckets += [("_sum", counts.seconds), ("_count", answered)]
    yield from _metric("zones_request_seconds", "histogram", "time to answer", buckets)


def _import_lines(counts: Counts) -> Iterator[str]:
    imports: list[Sample] = [
        (f'{{outcome="{outcome}"}}', count) for outcome, count in sorted(counts.imports.items())
    ]
    yield from _metric("zones_imports_total", "counter", "imports that ended", imports)


def _metric(name: str, kind: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"
    for suffix, value in samples:
        yield f"{name}{suffix} {value:g}" if value % 1 else f"{name}{suffix} {value:.0f}"


def resident_bytes() -> float:
    """Return the memory of this process, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as pages:
            return float(int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    except OSError:
        return 0.0
