"""Mixed traffic at a share of what the machine can do, for minutes: faults, delays, memory.

    python -m tests.faults.traffic --minutes 30
    python -m tests.faults.traffic --minutes 30 --imports 60 --workers 2 --store postgresql

First clients ask as fast as they are answered: that is the capacity. Then requests are due one
after the other at ``--share`` of it, whether or not those before are answered, and a delay counts
from when a request was due. With ``--imports 60`` a file is imported every minute. Prints what was
answered, the median and 99th percentile of delays, and how memory and descriptors grew, of all the
service's processes together; 1 if anything was answered wrongly.
"""

import argparse
import http.client
import itertools
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil

from tests.app.files import points_geojson
from tests.app.processes import Server, server
from tests.bench.growth import memory_of
from tests.postgres_cluster import started_cluster

CLIENTS = 4
SAMPLED_EVERY_S = 2.0
ENDED_MEANWHILE = 20
"""So often a sample is tried."""
PATHS = (
    *(
        f"/locate?lon={123.36 + n * 0.004:.4f}&lat={41.74 + n * 0.003:.4f}&f=json"
        for n in range(20)
    ),
    "/collections/zones/items?limit=10",
    "/collections/sites/items?bbox=123.40,41.78,123.43,41.80",
    "/collections/sites/items?category=park",
    "/collections/zones/items/zone-manrong",
    "/collections/zones/tiles/WebMercatorQuad/14/6095/13808",
    "/collections",
    "/collections/mine/items?limit=100",
    "/search?q=san",
    "/plan",
    "/map",
)
"""Asked in turn."""
RIGHT = frozenset({200, 204, 304})


@dataclass
class Tally:
    """What came of it."""

    capacity_per_s: float = 0.0
    answered: int = 0
    imports: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    delays_s: list[float] = field(default_factory=list)
    samples: list[tuple[float, float, int]] = field(default_factory=list)
    """Minutes since the beginning, proportional set size in MB, open descriptors."""
    left_over: list[str] = field(default_factory=list)

    @property
    def memory_mb_per_minute(self) -> float:
        """Return the slope of memory over the second half, when all that is remembered is."""
        later = np.array([each[:2] for each in self.samples[len(self.samples) // 2 :]])
        return float(np.polyfit(later[:, 0], later[:, 1], 1)[0]) if len(later) > 1 else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as it is printed."""
        p50, p99 = np.percentile(self.delays_s or [0.0], [50, 99]) * 1000
        first, last = self.samples[0], self.samples[-1]
        return {
            "capacity_per_s": round(self.capacity_per_s),
            "answered": self.answered,
            "imports": self.imports,
            "faults": dict(self.faults),
            "p50_ms": round(float(p50), 1),
            "p99_ms": round(float(p99), 1),
            "memory_mb": [round(first[1]), round(last[1])],
            "memory_mb_per_minute": round(self.memory_mb_per_minute, 2),
            "descriptors": [first[2], last[2]],
            "left_over": self.left_over,
        }


class Client:
    """One connection that asks again where the server has closed it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def status(self, path: str) -> int:
        """Return the status of an answer, once it is here whole."""
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            self._connection.close()
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def capacity(address: str, seconds: float, paths: Sequence[str] = PATHS) -> float:
    """Return how many requests a second are answered to clients that never wait."""
    counts, until = Counter[int](), time.monotonic() + seconds

    def ask(number: int) -> None:
        client = Client(address)
        for path in itertools.islice(itertools.cycle(paths), number, None):
            if time.monotonic() > until:
                break
            client.status(path)
            counts[number] += 1
        client.close()

    _all([threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)])
    return counts.total() / seconds


def paced(address: str, per_s: float, seconds: float, tally: Tally) -> None:
    """Ask at a rate, each client its share of the moments; note delays from when each was due."""
    began, every = time.monotonic() + 0.1, CLIENTS / per_s

    def ask(number: int) -> None:
        client, due = Client(address), began + every * number / CLIENTS
        for path in itertools.islice(itertools.cycle(PATHS), number, None):
            if due > began + seconds:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                status = client.status(path)
            except OSError as error:
                tally.faults[type(error).__name__] += 1
            else:
                tally.answered += 1
                if status not in RIGHT:
                    tally.faults[f"{status} {path.partition('?')[0]}"] += 1
            tally.delays_s.append(time.monotonic() - due)
            due += every
        client.close()

    _all([threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)])


def _all(threads: list[threading.Thread]) -> None:
    for each in threads:
        each.start()
    for each in threads:
        each.join()


@contextmanager
def beside(act: Any, every_s: float) -> Iterator[None]:
    """Do something again and again in another thread, first at once, last at the end."""
    stopped = threading.Event()

    def go_on() -> None:
        act()
        while not stopped.wait(every_s):
            act()
        act()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def descriptors(running: Server) -> int:
    """Return how many files all processes of the service have open."""
    first = psutil.Process(running.process.pid)
    return sum(each.num_fds() for each in [first, *first.children(recursive=True)])


def import_once(running: Server, tally: Tally, count: int = 2000) -> None:
    """Import a file of points into the collection ``mine``, others than the last time."""
    shift = tally.imports * 1e-6
    places = [(123.40 + n % 50 * 1e-3 + shift, 41.75 + n // 50 * 1e-3) for n in range(count)]
    answer = running.client.post(
        "/collections/mine/imports",
        files={"file": ("points.geojson", points_geojson(*places))},
        data={"mode": "replace"},
        headers={"Prefer": "wait=55"},
        timeout=60,
    )
    tally.imports += 1
    if answer.status_code != 201:
        tally.faults[f"{answer.status_code} import"] += 1


def run(
    minutes: float, *, share: float, imports_s: float, workers: int, address: str, measured_s: float
) -> Tally:
    """Return what came of it; the store is a new one of SQLite, or at ``address``."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        temporary = folder / "temporary"
        temporary.mkdir()
        within = ["env", f"TMPDIR={temporary}"]
        store = folder / "zones.sqlite"
        settings = {"work_dir": str(folder / "work")}
        with server(store, address=address, workers=workers, within=within, **settings) as running:
            running.client.post("/collections", json={"id": "mine"}).raise_for_status()
            import_once(running, tally)
            base = str(running.client.base_url)
            tally.capacity_per_s = capacity(base, measured_s)
            _under_traffic(running, tally, minutes, share=share, imports_s=imports_s)
            running.terminate(within_s=60)
            tally.left_over = sorted(path.name for path in temporary.iterdir())
    return tally


def _under_traffic(
    running: Server, tally: Tally, minutes: float, *, share: float, imports_s: float
) -> None:
    began = time.monotonic()

    def sample() -> None:
        # Processes of imports come and go, also between one look at them and the next.
        for _ in range(ENDED_MEANWHILE):
            with suppress(OSError, psutil.Error, KeyError):
                memory, open_files = memory_of(running).pss, descriptors(running)
                tally.samples.append(((time.monotonic() - began) / 60, memory, open_files))
                return

    def bring() -> None:
        import_once(running, tally)

    rate = max(1.0, share * tally.capacity_per_s)
    with beside(sample, SAMPLED_EVERY_S):
        if imports_s:
            with beside(bring, imports_s):
                paced(str(running.client.base_url), rate, 60 * minutes, tally)
        else:
            paced(str(running.client.base_url), rate, 60 * minutes, tally)
        time.sleep(3 * SAMPLED_EVERY_S)  # processes of imports have ended, connections are closed


def main() -> int:
    """Run as the command line asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.8, help="of the measured capacity")
    parser.add_argument("--imports", type=float, default=0, help="seconds between imports; 0: none")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--measured-s", type=float, default=20)
    chosen = parser.parse_args()
    cluster = started_cluster() if chosen.store == "postgresql" else None
    try:
        tally = run(
            chosen.minutes,
            share=chosen.share,
            imports_s=chosen.imports,
            workers=chosen.workers,
            address=cluster.new_store() if cluster else "",
            measured_s=chosen.measured_s,
        )
    finally:
        if cluster:
            cluster.remove()
    print(json.dumps(tally.as_json()))
    return 1 if tally.faults or tally.left_over else 0


if __name__ == "__main__":
    raise SystemExit(main())
