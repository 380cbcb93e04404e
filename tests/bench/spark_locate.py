"""Measure points on a Spark cluster beside the local engine, both per core, in one run.

    .venv/bin/python -m tests.bench.spark_locate [--points 100000000] [--files 50] [--workers 2]
        [--columns zone_id,certain]

Starts a master and workers of one core each, writes Parquet files of random points (id, lon, lat)
in two partitions, and lets the cluster answer them, files to files. Before and after it the local
engine answers some of the same files, in as many processes at once as there are workers, so that
either has as much of the machine. Prints points per second and core of either, also by the
processor time that all of its processes took, which other work on the machine changes little, and
the ratios. Checks that all counts are equal, and the answers of a sample.
"""

import argparse
import json
import multiprocessing
import shutil
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import SEED_DIR
from tests.spark_cluster import CONF, spark_cluster
from zones.crs.transform import CRS
from zones.lookup.bulk_locator import BulkLocator, build_bulk_locator
from zones.plan.seed import read_seed
from zones.plan_text import load_plan
from zones.snapshot.model import snapshot_from
from zones.spark.locate_parquet import locate_parquet
from zones.spark.spark_session import spark_session
from zones.spark.task_payload import PreparedQuestion, Question
from zones.streams.choose_stream import open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions

LOCAL_FILES = 4
"""So many each process of the local engine answers before and after the cluster's run."""

_own: list[PointQuestion] = []


@dataclass(frozen=True, slots=True)
class Rate:
    """Points answered in a second of the clock, and of one core's work."""

    by_clock: float
    by_processor: float


def main() -> None:
    """Measure and print."""
    options = parse_options()
    snapshot = snapshot_from(read_seed(SEED_DIR), load_plan(SEED_DIR))
    locator = snapshot.derived(build_bulk_locator)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        files = write_points(folder / "points", options.points, options.files)
        expected = counts(locator, files)
        sample = files[: LOCAL_FILES * options.workers]
        local = local_rates(locator, sample, options)
        spark = cluster_rate(locator, folder, options, expected)
        local += local_rates(locator, sample, options)
        check_sample(locator, folder)
    report(local, spark, options.workers)


def report(local: list[Rate], spark: Rate, workers: int) -> None:
    """Print both rates and their ratios."""
    by_clock = statistics.median(rate.by_clock for rate in local)
    by_processor = statistics.median(rate.by_processor for rate in local)
    print(f"local engine, a core: {by_clock:,.0f} points/s, {by_processor:,.0f} by processor")
    print(
        f"Spark, {workers} workers: {spark.by_clock:,.0f} points/s,"
        f" {spark.by_clock / workers:,.0f} a core, {spark.by_processor:,.0f} by processor"
    )
    print(f"ratio per core by the clock {spark.by_clock / workers / by_clock:.2f}")
    print(f"ratio per core by processor time {spark.by_processor / by_processor:.2f}")


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100_000_000)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--columns", default=None, help="answers, all usual ones by default")
    parser.add_argument("--folder", type=Path, default=None, help="for the files, 3 GB")
    return parser.parse_args()


def write_points(folder: Path, points: int, files: int) -> list[Path]:
    """Write files of random points in and about the district, in two partitions."""
    rng = np.random.default_rng(5)
    each = points // files
    written = []
    for number in range(files):
        path = folder / f"half={number % 2}" / f"{number:04}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = {
            "id": np.arange(number * each, (number + 1) * each),
            "lon": rng.uniform(123.36, 123.47, each),
            "lat": rng.uniform(41.68, 41.83, each),
        }
        pq.write_table(pa.table(columns), path, compression="zstd")
        written.append(path)
    return written


def counts(locator: BulkLocator, files: list[Path]) -> dict[str | None, int]:
    """Return how many points the local engine finds in each zone."""
    found: Counter[str | None] = Counter()
    for file in files:
        points = pq.read_table(file, columns=["lon", "lat"])
        codes = locator.codes(points["lon"].to_numpy(), points["lat"].to_numpy())
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            found[locator.answers[code].zone_id] += int(count)
    return dict(found)


def local_rates(locator: BulkLocator, files: list[Path], options: argparse.Namespace) -> list[Rate]:
    """Return the rates of the local engine, file to file, with a process for each worker."""
    context = multiprocessing.get_context("spawn")
    given = (locator, options.columns)
    with ProcessPoolExecutor(options.workers, context, keep_task, given) as pool:
        list(pool.map(local_rate, files[: options.workers]))
        return list(pool.map(local_rate, files))


def keep_task(locator: BulkLocator, columns: str | None) -> None:
    """Make ready what a process of the local engine is asked."""
    _own.append(PointQuestion(locator, CRS.CRS84, Question(columns=columns).answer_columns))


def local_rate(file: Path) -> Rate:
    """Return the rate of one process of the local engine."""
    began, worked = time.perf_counter(), time.process_time()
    stream = open_stream("parquet", "parquet", task=_own[0], options=CSVOptions())
    with file.open("rb") as source, tempfile.TemporaryFile(dir=file.parents[2]) as target:
        while piece := source.read(4 * 2**20):
            for told in stream.add(piece):
                target.write(told)
        for told in stream.end():
            target.write(told)
    rows = stream.tally.rows
    return Rate(rows / (time.perf_counter() - began), rows / (time.process_time() - worked))


def cluster_rate(
    locator: BulkLocator,
    folder: Path,
    options: argparse.Namespace,
    expected: dict[str | None, int],
) -> Rate:
    """Return the rate of the cluster, whose workers have each answered something before."""
    source, target = str(folder / "points"), str(folder / "located")
    asked = PreparedQuestion(locator, Question(columns=options.columns))
    with (
        spark_cluster(folder, workers=options.workers, memory="2g") as cluster,
        spark_session(cluster.master, {**CONF, "spark.executor.memory": "2g"}) as session,
    ):
        warm = folder / "warm"
        write_points(warm, 8_000 * options.workers, 8 * options.workers)
        locate_parquet(session, str(warm), target, asked)
        shutil.rmtree(target)
        began, worked = time.perf_counter(), cluster.processor_s()
        summary = locate_parquet(session, source, target, asked)
        seconds, work_s = time.perf_counter() - began, cluster.processor_s() - worked
    print(json.dumps(summary.as_json() | {"seconds": round(seconds, 1)}, ensure_ascii=False))
    assert dict(summary.zones) == expected, (summary.zones, expected)
    return Rate(summary.rows / seconds, summary.rows / work_s)


def check_sample(locator: BulkLocator, folder: Path) -> None:
    """Compare the zones of the first and the last file, row by row."""
    written = sorted((folder / "located").rglob("*.parquet"))
    for path in (written[0], written[-1]):
        told = pq.ParquetFile(path).read()
        codes = locator.codes(told["lon"].to_numpy(), told["lat"].to_numpy()).tolist()
        wanted = [locator.answers[code] for code in codes]
        assert told["zone_id"].to_pylist() == [answer.zone_id for answer in wanted]
        assert told["certain"].to_pylist() == [answer.certain for answer in wanted]
    print(f"answers of {2 * len(told):,} rows are equal")


if __name__ == "__main__":
    main()
