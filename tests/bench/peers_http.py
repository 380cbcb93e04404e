"""Measure features, filters and tiles over HTTP beside tipg, pygeoapi and MapServer, in one run.

    .venv/bin/python -m tests.bench.peers_http --data FOLDER [--tipg URL] [--pygeoapi URL]
        [--mapserver URL] [--workers 2] [--connections 4] [--seconds 3] [--rounds 3] [--only REGEX]

``FOLDER`` has ``parcels5k.parquet`` and ``parcels200k.parquet``: partitions of the box below into
5,000 polygons of 30 vertices and 200,000 of 12, with ``zid``, ``name``, ``kind``, ``people`` and
``score``. The peers serve the same from PostGIS, as tables ``parcels5k`` and ``parcels200k`` whose
geometry column is ``geom``; pygeoapi's collections end in ``_pg``. Our service is started twice on
a store of its own, once with its cache of tiles and once without, and beside it a bare FastAPI
route that answers with the bytes of one tile.

Every request of a measure differs from the last (boxes, pages, numbers in filters, tiles), through
``wrk`` on keep-alive connections. Rounds take turns between contestants; the medians are shown, and
how many times ours is as fast as each. Ratios hold within one run only.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

from tests.bench.locate_http import family, free_port, running
from tests.bench.peers_measures import MEASURES, PEERS, Measure, tiles_over_box
from zones.tiles import WEB_MERCATOR_QUAD

KEY = "bench-admin-key-0123456789abcdef"
SETS = ("parcels5k", "parcels200k")
LUA = """
local paths, at = {}, 0
function init()
    for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = wrk.format("GET", line) end
end
function request()
    at = at % #paths + 1
    return paths[at]
end
"""
BARE = """
import os
from pathlib import Path
from fastapi import FastAPI, Response
app = FastAPI(openapi_url=None)
tile = Path(os.environ["TILE"]).read_bytes()

@app.get("/")
async def root() -> Response:
    return Response(tile, media_type="application/vnd.mapbox-vector-tile")
"""


@dataclass
class Bench:
    """The running contestants' addresses, and how they are loaded."""

    options: argparse.Namespace
    folder: Path
    bases: dict[str, str] = field(default_factory=dict)

    def compare(self, measure: Measure) -> str:
        """Load everybody in turn and return the row of the table."""
        entered = {
            name: paths
            for name in measure.who
            if name in self.bases and (paths := measure.paths(PEERS.get(name, PEERS["ours"])))
        }
        for name, paths in entered.items():
            self.load(self.bases[name], paths)  # everyone's first answers are not counted
        rates: dict[str, list[float]] = {name: [] for name in entered}
        for _ in range(self.options.rounds):
            for name, paths in entered.items():
                rates[name].append(self.load(self.bases[name], paths))
        medians = {name: statistics.median(found) for name, found in rates.items()}
        own = medians.get("ours", medians.get("uncached", 0.0))
        cells = [
            f"{medians[name]:.1f} ({own / medians[name]:.1f} x)" if name in medians else "–"
            for name in ("tipg", "pygeoapi", "mapserver")
        ]
        return f"| {measure.name} | {' | '.join(cells)} | {own:.1f} | {measure.goal} x tipg |"

    def load(self, base: str, paths: list[str]) -> float:
        """Return how many requests a second are answered, all of them well."""
        listed, script = self.folder / "paths", self.folder / "paths.lua"
        listed.write_text("\n".join(paths) + "\n")
        script.write_text(LUA)
        options = self.options
        command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s"]
        report = subprocess.run(
            [*command, "--timeout", "30s", "-s", str(script), base],
            env={"PATHS": str(listed), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
        if rate is None or "Non-2xx" in report or "Socket errors" in report:
            sys.exit(f"{base}{paths[0]} was not answered well:\n{report}")
        return float(rate[1])


def main() -> None:
    """Start our side, measure, print a table."""
    options = parse_options()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bench = Bench(options, Path(folder))
        given = {name: getattr(options, name) for name in ("tipg", "pygeoapi", "mapserver")}
        bench.bases |= {name: base for name, base in given.items() if base}
        store = Path(folder, "bench.sqlite")
        bench.bases["ours"] = stack.enter_context(service(store, options, cache_mb=1024))
        import_sets(bench.bases["ours"], Path(options.data))
        bench.bases["uncached"] = stack.enter_context(service(store, options, cache_mb=0))
        warm(bench)
        print("| measure | tipg req/s | pygeoapi | MapServer | ours | goal |")
        print("|---|--:|--:|--:|--:|--:|", flush=True)
        for measure in MEASURES:
            if re.search(options.only, measure.name):
                print(bench.compare(measure), flush=True)
        if re.search(options.only, "cached tile"):
            print(cached_tile(bench, stack), flush=True)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    for name in ("tipg", "pygeoapi", "mapserver"):
        parser.add_argument(f"--{name}", metavar="URL")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    return parser.parse_args()


@contextmanager
def service(store: Path, options: argparse.Namespace, *, cache_mb: int) -> Iterator[str]:
    """Run our service and give its address; print what memory it takes at the end."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    command += ["--workers", str(options.workers), "--store", f"sqlite:///{store}"]
    settings = {"ZONES_ADMIN_KEY": KEY, "ZONES_CACHE_MB": str(cache_mb)}
    base = f"http://127.0.0.1:{port}"
    with running(command, base, "/health/ready", settings) as (process, _):
        yield base
        sizes = [one.memory_full_info().pss / 1e6 for one in family(process.pid)]
        print(f"PSS with {cache_mb} MB to remember: {', '.join(f'{s:.0f}' for s in sizes)} MB")


def import_sets(base: str, data: Path) -> None:
    """Import the data through the front door."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=base, headers=headers, timeout=600) as client:
        for name in SETS:
            client.post("/collections", json={"id": name, "title": name}).raise_for_status()
            content = (data / f"{name}.parquet").read_bytes()
            client.post(
                f"/collections/{name}/imports",
                files={"file": (f"{name}.parquet", content)},
                data={"key": "zid"},
                headers={"Prefer": "wait=300"},
            ).raise_for_status()


def warm(bench: Bench) -> None:
    """Have every worker of ours read the data and make ready what tiles are made from."""
    tile = PEERS["ours"].tile
    assert tile is not None
    for name in ("ours", "uncached"):
        for collection in SETS:
            paths = [tile(collection, one) for one in tiles_over_box(14)]
            for _ in range(3):
                bench.load(bench.bases[name], paths)


def cached_tile(bench: Bench, stack: ExitStack) -> str:
    """Return the row of one tile from memory beside a bare route that answers with its bytes."""
    tile = PEERS["ours"].tile
    assert tile is not None
    path = tile("parcels5k", WEB_MERCATOR_QUAD.tile_at(14, 123.41, 41.77))
    with urllib.request.urlopen(bench.bases["ours"] + path) as answer:
        (bench.folder / "tile").write_bytes(answer.read())
    (bench.folder / "bare.py").write_text(BARE)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "bare:app", "--app-dir", str(bench.folder)]
    command += ["--port", str(port), "--workers", str(bench.options.workers)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    environment = {"TILE": str(bench.folder / "tile")}
    stack.enter_context(running(command, base, "/", environment))
    pairs = [
        (bench.load(base, ["/"]), bench.load(bench.bases["ours"], [path]))
        for _ in range(bench.options.rounds)
    ]
    bare, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    return (
        f"| cached tile; bare route {bare:.0f} | | | | {ours:.0f} ({ratio:.2f} x) | 0.77 x bare |"
    )


if __name__ == "__main__":
    main()
