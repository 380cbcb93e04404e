"""Polygons imported into PostgreSQL from the command line, beside plain ``ogr2ogr`` to PostGIS.

Run ``python -m tests.bench.postgres_import [--polygons 200000] [--vertices 24]``. It starts a
cluster of its own. Prints the seconds by the clock and of the processor, ours and the database's
together; then what an edit of one feature takes in the collection that came of it, and look-ups
and pages from a snapshot of that store and of the same collection in SQLite.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.app.processes import ROOT, server
from tests.bench.import_http import COLLECTION, write_zip
from tests.postgres_cluster import Cluster, started_cluster
from zones.model import Change, Feature, RevisionNote
from zones.store.copy_store import copy_store
from zones.store.open_store import open_database, open_store

_LIMITS = {"ZONES_IMPORT_WALL_S": "1800", "ZONES_IMPORT_CPU_S": "1800"}
EDITS = 30
ASKED_FOR_S = 5.0


@dataclass
class Took:
    """Seconds by the clock, of the processor in our programs, and in the database's."""

    clock_s: float
    own_s: float
    database_s: float

    def line(self, what: str, plain: "Took") -> str:
        """Return it in words, beside another."""
        spent = (self.own_s + self.database_s) / (plain.own_s + plain.database_s)
        return (
            f"{what}: {self.clock_s:.1f} s, processor {self.own_s:.1f} + {self.database_s:.1f} s;"
            f" {self.clock_s / plain.clock_s:.2f} x by the clock, {spent:.2f} x of processor"
        )


def measured(cluster: Cluster, act: Callable[[], object]) -> Took:
    """Return what it takes to start and end programs that connect to the cluster."""
    database, own = _database_s(cluster), _children_s()
    began = time.perf_counter()
    act()
    clock_s = time.perf_counter() - began
    return Took(clock_s, _children_s() - own, _database_s(cluster) - database)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _database_s(cluster: Cluster) -> float:
    """Return the processor time of all that the cluster has ever run."""
    assert cluster.process is not None
    master = psutil.Process(cluster.process.pid)
    times = [master.cpu_times(), *(each.cpu_times() for each in master.children())]
    ended = times[0].children_user + times[0].children_system
    return float(ended + sum(each.user + each.system for each in times))


def by_ogr2ogr(cluster: Cluster, shp: Path) -> None:
    """Copy the file into a table with an index, as ``ogr2ogr`` does by default."""
    target = f"PG:host={cluster.folder} user=postgres dbname=plain"
    layer = ("-nln", "parcels", "-overwrite", "-nlt", "MULTIPOLYGON")
    copying = {**os.environ, "PG_USE_COPY": "YES"}
    command = ["ogr2ogr", "-f", "PostgreSQL", target, shp, *layer]
    subprocess.run(command, check=True, capture_output=True, env=copying)


def by_import(url: str, packed: Path) -> None:
    """Import the file with all checks, as ``zones import`` does."""
    command = (sys.executable, "-m", "app", "import", packed, "--collection", COLLECTION)
    options = ("--create", "--title", "地块", "--store", url)
    environment = {**os.environ, **_LIMITS}
    words = [*command, *options]
    subprocess.run(words, check=True, cwd=ROOT, env=environment, capture_output=True)


def edits_ms(url: str) -> list[float]:
    """Return what edits of one feature each take, until they are durable."""
    took = []
    with closing(open_store(url)) as store:
        first = store.features(COLLECTION)[0]
        for number in range(EDITS):
            changed = Feature(first.fid, first.geometry, {**first.properties, "turn": number})
            began = time.perf_counter()
            store.apply([Change(COLLECTION, put=[changed])], RevisionNote("bench", "edit"))
            took.append((time.perf_counter() - began) * 1000)
    return took


@contextmanager
def kept_in_a_file(url: str, folder: Path) -> Iterator[str]:
    """Give the address of the same store in SQLite."""
    file = f"sqlite:///{folder}/copy.sqlite"
    with closing(open_database(url)) as one, closing(open_database(file)) as other:
        copy_store(one, other)
    yield file


def asked(address: str, folder: Path) -> dict[str, float]:
    """Return the milliseconds of processor that a server takes for an answer, by what is asked."""
    paths = {
        "look-up": "/locate?lon=123.41&lat=41.76",
        "page": f"/collections/{COLLECTION}/items?limit=100&offset=500&f=json",
        "tile": f"/collections/{COLLECTION}/tiles/WebMercatorQuad/15/12241/27621",
    }
    found = {}
    with server(folder / "none.sqlite", address=address, work_dir=str(folder / "work")) as running:
        process = psutil.Process(running.process.pid)
        running.client.timeout = 600  # the first answer reads the collection
        for what, path in paths.items():
            for _ in range(20):
                running.client.get(path).raise_for_status()
            began, count, until = sum(process.cpu_times()[:2]), 0, time.monotonic() + ASKED_FOR_S
            while time.monotonic() < until:
                running.client.get(path)
                count += 1
            found[what] = (sum(process.cpu_times()[:2]) - began) / count * 1000
    return found


def measure(cluster: Cluster, folder: Path, count: int, vertices: int) -> None:
    """Make the file, import it both ways and print what each took."""
    packed, shp = write_zip(folder, count, vertices)
    print(f"{count} polygons of {vertices} vertices, load {os.getloadavg()[0]:.0f}", flush=True)
    cluster.execute("CREATE DATABASE plain")
    cluster.execute("CREATE EXTENSION postgis", "plain")
    url = cluster.new_store("bureau")
    plain = measured(cluster, lambda: by_ogr2ogr(cluster, shp))
    print(plain.line("ogr2ogr to PostGIS", plain), flush=True)
    print(measured(cluster, lambda: by_import(url, packed)).line("zones import", plain), flush=True)
    took = sorted(edits_ms(url))
    print(f"an edit: {statistics.median(took):.0f} ms, the longest {took[-1]:.0f} ms", flush=True)
    with kept_in_a_file(url, folder) as file:
        ours, theirs = asked(url, folder), asked(file, folder)
    for what, spent in ours.items():
        print(f"{what}: {spent:.2f} ms of processor, {spent / theirs[what]:.2f} x from SQLite")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--polygons", type=int, default=200_000)
    parser.add_argument("--vertices", type=int, default=24)
    chosen = parser.parse_args()
    cluster = started_cluster()
    try:
        with tempfile.TemporaryDirectory() as name:
            measure(cluster, Path(name), chosen.polygons, chosen.vertices)
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
