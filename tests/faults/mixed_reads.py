"""Reads over several workers during continuous edits and imports: never of two revisions.

    python -m tests.faults.mixed_reads --reads 100000
    python -m tests.faults.mixed_reads --reads 100000 --workers 4 --store postgresql

A writer gives every feature of one collection the same new value, edit after edit; another imports
a file anew, large enough to be mapped from a segment file, with one value in all of its rows.
Readers ask for pages, boxes and filters of both. An answer that shows two values is mixed; one
whose value is not that of the revision it names is wrong. Prints how many of each there were; 1 if
any, or if anything was refused.
"""

import argparse
import itertools
import json
import tempfile
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.app.processes import Server, server
from tests.faults.replicas import ITEMS, change_all
from tests.postgres_cluster import started_cluster

READERS = 4
COUNTED = ("reads", "edits", "imports", "busy", "mixed")
ROWS = 12_000
PATHS = (
    ITEMS,
    "/collections/parcels/items?limit=200&f=json",
    "/collections/parcels/items?filter=value%3E=0&limit=50&f=json",
    "/collections/parcels/items?bbox=123.40,41.75,123.42,41.77&limit=100&f=json",
)
"""Asked in turn; each names its collection third."""


@dataclass
class Tally:
    """What came of it."""

    reads: int = 0
    edits: int = 0
    imports: int = 0
    mixed: int = 0
    busy: int = 0
    """Changes told to come again, as others wrote for longer than one waits."""
    faults: Counter[str] = field(default_factory=Counter)
    written: dict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: {"mine": [], "parcels": []}
    )
    """Revision and value of each change of a collection."""
    seen: set[tuple[str, int, int]] = field(default_factory=set)
    """Collection, revision and value of each answer that was not mixed."""

    @property
    def wrong(self) -> int:
        """Return how many revisions were shown with another value than they have."""
        return sum(value != self._value(name, revision) for name, revision, value in self.seen)

    def _value(self, collection: str, revision: int) -> int:
        changes = sorted(self.written[collection])
        return changes[bisect_right(changes, (revision, 2**63)) - 1][1]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is printed."""
        counts = {name: getattr(self, name) for name in COUNTED}
        return {**counts, "wrong": self.wrong, "faults": dict(self.faults)}


def rows(value: int) -> bytes:
    """Return a table of points that all have this value, moved a little by it."""
    lines = (
        f"p{n},{123.40 + n % 120 * 1e-3 + value * 1e-7:.7f},{41.75 + n // 120 * 1e-4:.7f},{value}"
        for n in range(ROWS)
    )
    return "\n".join(("id,lon,lat,value", *lines)).encode()


def import_rows(client: httpx.Client, value: int) -> httpx.Response:
    """Replace all rows of ``parcels`` by those of this value."""
    return client.post(
        "/collections/parcels/imports",
        files={"file": ("rows.csv", rows(value))},
        data={"mode": "replace", "key": "id", "crs": "EPSG:4490"},
        headers={"Prefer": "wait=55"},
        timeout=60,
    )


class Traffic:
    """Readers, one who edits and one who imports, until they are told to stop."""

    def __init__(self, running: Server, tally: Tally) -> None:
        self._running, self._tally = running, tally
        self._stopped = threading.Event()
        acts = [*[self._read] * READERS, self._edit, self._import]
        self._threads = [threading.Thread(target=act) for act in acts]

    def until(self, reads: int, minutes: float) -> None:
        """Go on until so many reads, or for so long."""
        for each in self._threads:
            each.start()
        end = time.monotonic() + 60 * minutes
        while self._tally.reads < reads and time.monotonic() < end:
            time.sleep(0.1)
        self._stopped.set()
        for each in self._threads:
            each.join()

    def _client(self) -> httpx.Client:
        own = self._running.client
        return httpx.Client(base_url=own.base_url, headers=own.headers, timeout=30)

    def _read(self) -> None:
        with self._client() as client:
            for path in itertools.cycle(PATHS):
                if self._stopped.is_set():
                    break
                # A connection is one worker's: another one now and then.
                close = {"Connection": "close"} if self._tally.reads % 50 == 0 else {}
                self._look_at(path.split("/")[2], client.get(path, headers=close))

    def _look_at(self, collection: str, answer: httpx.Response) -> None:
        self._tally.reads += 1
        if not answer.is_success:
            self._tally.faults[f"{answer.status_code} GET"] += 1
            return
        values = {each["properties"]["value"] for each in answer.json()["features"]}
        self._tally.mixed += len(values) > 1
        revision = int(answer.headers["x-revision"])
        self._tally.seen.update((collection, revision, value) for value in values)

    def _edit(self) -> None:
        self._tally.edits = self._changes("mine", change_all)

    def _import(self) -> None:
        self._tally.imports = self._changes("parcels", import_rows)

    def _changes(
        self, collection: str, change: Callable[[httpx.Client, int], httpx.Response]
    ) -> int:
        value = 0
        with self._client() as client:
            while not self._stopped.is_set():
                answer = change(client, value + 1)
                if answer.is_success:
                    value += 1
                    revision = int(answer.headers["x-revision"])
                    self._tally.written[collection].append((revision, value))
                elif answer.status_code == 503 and "retry-after" in answer.headers:
                    self._tally.busy += 1
                else:
                    self._tally.faults[f"{answer.status_code} {collection}"] += 1
        return value


def run(reads: int, minutes: float, *, workers: int, address: str) -> Tally:
    """Return what came of it; the store is a new one of SQLite, or at ``address``."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"work_dir": str(folder / "work")}
        store = folder / "zones.sqlite"
        with server(store, address=address, workers=workers, **settings) as running:
            for collection, change in (("mine", change_all), ("parcels", import_rows)):
                made = running.client.post("/collections", json={"id": collection})
                made.raise_for_status()
                answer = change(running.client, 0).raise_for_status()
                tally.written[collection].append((int(answer.headers["x-revision"]), 0))
            Traffic(running, tally).until(reads, minutes)
    return tally


def main() -> int:
    """Run as the command line asks; 1 if anything was mixed, wrong or refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reads", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    cluster = started_cluster() if chosen.store == "postgresql" else None
    try:
        address = cluster.new_store() if cluster else ""
        tally = run(chosen.reads, chosen.minutes, workers=chosen.workers, address=address)
    finally:
        if cluster:
            cluster.remove()
    print(json.dumps(tally.as_json()))
    return 1 if tally.faults or tally.mixed or tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
