"""Measure points in the plan's zones from file to file, beside DuckDB's spatial extension.

    .venv/bin/python -m tests.bench.file_to_file --duckdb PYTHON [--points 10000000] [--turns 3]

Parquet in, Parquet out, on all cores of the machine, each as a program of its own. ``PYTHON`` is a
Python in which ``duckdb`` and ``duckdb-extension-spatial`` are installed. Turns are interleaved;
the median is told, by the clock and as a ratio. DuckDB tells the zone alone; we tell it and whether
it is certain, and in another turn all columns.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
BY_DUCKDB = """
import sys, duckdb, pathlib
import duckdb_extension_spatial
found = next(pathlib.Path(duckdb_extension_spatial.__file__).parent.rglob("*.duckdb_extension"))
points, zones, target = sys.argv[1:]
db = duckdb.connect()
db.execute(f"load '{found}'")
db.execute(f"create table z as select id, geom from st_read('{zones}')")
db.execute(f"copy (select p.*, z.id as zone_id from read_parquet('{points}') p left join z "
           f"on st_contains(z.geom, st_point(p.lon, p.lat))) to '{target}' (format parquet)")
"""


def main() -> None:
    """Measure and print a table."""
    options = parse_options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        points = make_points(folder / "points.parquet", options.points)
        store = f"sqlite:///{folder / 'zones.sqlite'}"
        run("seed", "--store", store)
        contestants: dict[str, Callable[[], None]] = {
            "DuckDB": partial(by_duckdb, options.duckdb, points, folder / "theirs.parquet"),
            "zone_id,certain": partial(by_us, store, points, folder / "ours.parquet"),
            "all columns": partial(by_us, store, points, folder / "all.parquet", columns=None),
        }
        seconds: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(options.turns):
            for name, contestant in contestants.items():
                begin = time.perf_counter()
                contestant()
                seconds[name].append(time.perf_counter() - begin)
        report(seconds)


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--duckdb", type=Path, required=True, metavar="PYTHON")
    parser.add_argument("--points", type=int, default=10_000_000)
    parser.add_argument("--turns", type=int, default=3)
    return parser.parse_args()


def make_points(path: Path, count: int) -> Path:
    """Write points over and about the district."""
    random = np.random.default_rng(1)
    lon, lat = random.uniform(123.30, 123.50, count), random.uniform(41.65, 41.83, count)
    pq.write_table(pa.table({"id": np.arange(count), "lon": lon, "lat": lat}), path)
    return path


def by_duckdb(python: Path, points: Path, target: Path) -> None:
    """Join by DuckDB."""
    zones = ROOT / "geodata" / "seed" / "zones.geojson"
    command = [python, "-c", BY_DUCKDB, points, zones, target]
    subprocess.run([str(part) for part in command], check=True)


def by_us(store: str, points: Path, target: Path, columns: str | None = "zone_id,certain") -> None:
    """Look up by the command line."""
    more = ["--columns", columns] if columns else []
    run("locate", str(points), "-o", str(target), "--store", store, *more)


def run(*arguments: str) -> None:
    """Run our own program."""
    command = [sys.executable, "-m", "app", *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def report(seconds: dict[str, list[float]]) -> None:
    """Print a row for each contestant."""
    base = statistics.median(seconds["DuckDB"])
    print("| contestant | seconds | × DuckDB |\n|---|--:|--:|")
    for name, turns in seconds.items():
        median = statistics.median(turns)
        print(f"| {name} | {median:.2f} | {base / median:.2f} |")


if __name__ == "__main__":
    main()
