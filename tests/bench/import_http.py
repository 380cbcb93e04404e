"""200,000 polygons imported through HTTP and the command line, beside plain ``ogr2ogr``.

Run ``python -m tests.bench.import_http [--polygons 200000] [--vertices 24]``. It makes a zipped
shapefile, starts a server on a store of its own, measures lookups, imports the file and measures
them meanwhile, then imports it once more from the command line. Memory is the most that server
and reading process had resident.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx
import numpy as np
import psutil
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from tests.app.processes import ROOT, Server, server

WEST, SOUTH, WIDE, HIGH = 123.36, 41.70, 0.10, 0.12
COLLECTION = "parcels"
_LIMITS = {"import_wall_s": "600", "import_cpu_s": "600"}  # the machine may be busy
Polygons = NDArray[np.object_]


def parcels(count: int, vertices: int) -> Polygons:
    """Return a grid of polygons that share bent borders, in no order; ``vertices`` of each."""
    across = int(np.ceil(np.sqrt(count)))
    bends = max(1, vertices // 4)
    step_x, step_y = WIDE / across, HIGH / across
    column, row = np.divmod(np.arange(count), across)
    xs, ys = WEST + np.arange(across + 1) * step_x, SOUTH + np.arange(across + 1) * step_y
    x, y = xs[column][:, None], ys[row][:, None]
    east_x, north_y = xs[column + 1][:, None], ys[row + 1][:, None]
    along_x, along_y = (np.arange(bends) / bends * step for step in (step_x, step_y))
    # Of each line of the grid, by its place: what both neighbours see. Corners stay.
    rng = np.random.default_rng(0)
    off = rng.uniform(-0.1, 0.1, (2, across + 1, across + 1, bends)) * (np.arange(bends) > 0)
    level, upright = off[0] * step_y, off[1] * step_x
    south = np.stack([x + along_x, y + level[row, column]], axis=2)
    north = np.stack([x + along_x, north_y + level[row + 1, column]], axis=2)
    west = np.stack([x + upright[column, row], y + along_y], axis=2)
    east = np.stack([east_x + upright[column + 1, row], y + along_y], axis=2)
    corner, left = np.stack([east_x, north_y], axis=2), np.stack([x, north_y], axis=2)
    ring = [south, east, corner, north[:, :0:-1], left, west[:, :0:-1], south[:, :1]]
    polygons = shapely.polygons(shapely.linearrings(np.concatenate(ring, axis=1)))
    return np.asarray(rng.permutation(polygons))


def write_zip(folder: Path, count: int, vertices: int) -> tuple[Path, Path]:
    """Return a zipped shapefile and the .shp in it."""
    shapes = parcels(count, vertices)
    names = np.array([f"地块{number:06d}" for number in range(count)], dtype=object)
    shp = folder / "parcels.shp"
    pyogrio.raw.write(
        shp,
        np.array(shapely.to_wkb(shapes)),
        [names, np.arange(count)],
        ["名称", "编号"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding="GBK",
        driver="ESRI Shapefile",
    )
    packed = folder / "parcels.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in sorted(folder.glob("parcels.*")):
            if part != packed:
                archive.write(part, part.name)
    return packed, shp


def by_ogr2ogr(shp: Path, target: Path) -> float:
    """Return the seconds that ``ogr2ogr`` takes from the unpacked file to a GeoPackage."""
    target.unlink(missing_ok=True)
    began = time.perf_counter()
    subprocess.run(
        ["ogr2ogr", "-f", "GPKG", str(target), str(shp), "-nlt", "MULTIPOLYGON"],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


@dataclass
class Memory:
    """The most that the server, and any process it started, had resident, in MB.

    ``importing`` is the server's until the import had ended.
    """

    server: float = 0.0
    child: float = 0.0
    importing: float = 0.0


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Give a record of memory that is kept until the end."""
    seen, done = Memory(), threading.Event()

    def look() -> None:
        parent = psutil.Process(pid)
        while not done.wait(0.05):
            seen.server = max(seen.server, _resident_mb(parent))
            for child in parent.children(recursive=True):
                seen.child = max(seen.child, _resident_mb(child))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _resident_mb(process: psutil.Process) -> float:
    try:
        resident: int = process.memory_info().rss
    except psutil.Error:
        return 0.0
    return resident / 2**20


@dataclass
class Lookups:
    """Counts lookups, and the longest of them in milliseconds, until told to stop."""

    url: str
    done: threading.Event = field(default_factory=threading.Event)
    count: int = 0
    failed: int = 0
    longest_ms: float = 0.0

    def run(self) -> None:
        """Look up one place after the other."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.done.is_set():
                began = time.perf_counter()
                answer = client.get("/locate", params={"lon": 123.40, "lat": 41.79})
                self.longest_ms = max(self.longest_ms, 1000 * (time.perf_counter() - began))
                self.failed += answer.status_code != 200
                self.count += 1


def lookups_per_s(url: str, seconds: float) -> float:
    """Return how many lookups one client makes in a second."""
    looking = Lookups(url)
    thread = threading.Thread(target=looking.run)
    thread.start()
    time.sleep(seconds)
    looking.done.set()
    thread.join()
    return looking.count / seconds


def through_http(running: Server, packed: Path) -> tuple[float, Memory, Lookups]:
    """Return the seconds of the import, the memory it took and the lookups beside it."""
    looking = Lookups(str(running.client.base_url))
    thread = threading.Thread(target=looking.run)
    with watched(running.process.pid) as seen, packed.open("rb") as file:
        thread.start()
        began = time.perf_counter()
        sent = running.client.post(
            f"/collections/{COLLECTION}/imports", files={"file": (packed.name, file)}, timeout=600
        )
        sent.raise_for_status()
        told = sent.json()
        while told["state"] not in {"applied", "rejected", "failed", "needs_decision"}:
            time.sleep(0.1)
            told = running.client.get(sent.headers["location"]).json()
        took = time.perf_counter() - began
        looking.done.set()
        thread.join()
        seen.importing = seen.server
        # The server reads what was stored when somebody asks, or soon by itself.
        items = f"/collections/{COLLECTION}/items"
        running.client.get(items, params={"limit": 1}).raise_for_status()
        time.sleep(3)
    assert told["state"] == "applied", told
    return took, seen, looking


def through_cli(store: Path, packed: Path) -> float:
    """Return the seconds that ``zones import`` takes."""
    environment = {f"ZONES_{name.upper()}": value for name, value in _LIMITS.items()}
    command = [sys.executable, "-m", "app", "import", str(packed), "--collection", COLLECTION]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--store", f"sqlite:///{store}"],
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
    )
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polygons", type=int, default=200_000)
    parser.add_argument("--vertices", type=int, default=24)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), args.polygons, args.vertices)


def measure(folder: Path, count: int, vertices: int) -> None:
    """Make the file, import it in each way and print what each took."""
    packed, shp = write_zip(folder, count, vertices)
    print(f"file: {count} polygons, {packed.stat().st_size / 2**20:.1f} MB zipped")
    plain_s = by_ogr2ogr(shp, folder / "plain.gpkg")
    tell("ogr2ogr to GPKG", count, plain_s, plain_s)
    store = folder / "zones.sqlite"
    with server(store, **_LIMITS) as running:
        made = running.client.post("/collections", json={"id": COLLECTION, "kinds": ["polygon"]})
        made.raise_for_status()
        shutil.copy(store, folder / "cli.sqlite")
        for wal in folder.glob("zones.sqlite-wal"):
            shutil.copy(wal, folder / "cli.sqlite-wal")
        before = lookups_per_s(str(running.client.base_url), 5)
        idle_mb = _resident_mb(psutil.Process(running.process.pid))
        took, seen, looking = through_http(running, packed)
        tell("HTTP", count, took, plain_s)
        during = looking.count / took
        lines = (
            f"  server: {idle_mb:.0f} MB before, {seen.importing:.0f} MB at most until stored,"
            f" {seen.server:.0f} MB with what was stored",
            f"  reading process: {seen.child:.0f} MB at most",
            f"  lookups/s: {before:.0f} before, {during:.0f} during ({during / before:.0%}),"
            f" longest {looking.longest_ms:.0f} ms, failed {looking.failed}",
        )
        print("\n".join(lines))
    tell("command line", count, through_cli(folder / "cli.sqlite", packed), plain_s)
    again_s = by_ogr2ogr(shp, folder / "plain.gpkg")
    tell("ogr2ogr to GPKG again", count, again_s, plain_s)


def tell(way: str, count: int, seconds: float, plain_s: float) -> None:
    """Print the pace of one way."""
    pace = f"{count / seconds:,.0f} features/s, {seconds / plain_s:.1f} x ogr2ogr"
    print(f"{way}: {seconds:.1f} s, {pace}", flush=True)


if __name__ == "__main__":
    main()
