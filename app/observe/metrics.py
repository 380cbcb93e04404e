"""Counts of what this worker did, in the text format that Prometheus reads."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from threading import Lock

BUCKETS_S = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)

Sample = tuple[str, float]


class Metrics:
    """Counters of one worker process; each of them is asked for its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0
        self._imports: Counter[str] = Counter()

    def count_request(self, method: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""
        bucket = next((edge for edge in BUCKETS_S if seconds <= edge), float("inf"))
        with self._lock:
            self._requests[method, status] += 1
            self._buckets[bucket] += 1
            self._seconds += seconds

    def count_import(self, outcome: str) -> None:
        """Count one import that ended; ``outcome`` is its state, or the code of what ended it."""
        with self._lock:
            self._imports[outcome] += 1

    def text(
        self,
        gauges: Iterable[tuple[str, str, float]],
        caches: Iterable[Sample] = (),
    ) -> str:
        """Return everything as Prometheus text.

        Parameters
        ----------
        gauges
            Name, explanation and value of what is measured at this moment.
        caches
            The bytes of each kind of thing that is remembered.
        """
        with self._lock:
            lines = [*self._request_lines(), *self._import_lines()]
        for name, told, value in gauges:
            lines += _metric(name, "gauge", told, [("", value)])
        lines += _metric("zones_cache_bytes", "gauge", "memory of what is remembered", caches)
        return "\n".join(lines) + "\n"

    def _request_lines(self) -> Iterator[str]:
        requests: list[Sample] = [
            (f'{{method="{method}",status="{status}"}}', count)
            for (method, status), count in sorted(self._requests.items())
        ]
        yield from _metric("zones_requests_total", "counter", "requests answered", requests)
        total = 0
        buckets: list[Sample] = []
        for edge in (*BUCKETS_S, float("inf")):
            total += self._buckets[edge]
            shown = "+Inf" if edge == float("inf") else f"{edge:g}"
            buckets.append((f'_bucket{{le="{shown}"}}', total))
        buckets += [("_sum", self._seconds), ("_count", total)]
        yield from _metric("zones_request_seconds", "histogram", "time to answer", buckets)

    def _import_lines(self) -> Iterator[str]:
        imports: list[Sample] = [
            (f'{{outcome="{outcome}"}}', count) for outcome, count in sorted(self._imports.items())
        ]
        yield from _metric("zones_imports_total", "counter", "imports that ended", imports)


def _metric(name: str, kind: str, told: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
    for suffix, value in samples:
        yield f"{name}{suffix} {value:g}" if value % 1 else f"{name}{suffix} {value:.0f}"


def resident_bytes() -> float:
    """Return the memory of this process, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as told:
            return float(int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    except OSError:
        return 0.0
