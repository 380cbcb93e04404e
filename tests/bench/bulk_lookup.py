"""Measure the grid cover beside shapely, geopandas.sjoin and databases, in one run, as ratios.

    taskset -c 0 .venv/bin/python -m tests.bench.bulk_lookup [--points 1000000] [--rounds 3]
        [--sets plan,6,10,5000,200000] [--postgis "host=… dbname=…"] [--duckdb FOLDER]

For each number of polygons it makes a partition of the district's box with wiggly shared borders,
and random points in the box; ``plan`` are the plan's six zones as they are drawn. It prints for
each contestant the points answered in a second, how many times as many that is as geopandas.sjoin
answers, and how many pairs of point and polygon differ from sjoin's. Rounds are interleaved;
medians are told. The tree with a predicate prepares every point by itself: it gets fewer of them,
and so do the databases (``database_peers``). With ``taskset`` all share one core but PostGIS, whose
server was started elsewhere.
"""

import argparse
import json
import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import psutil
import shapely
from numpy.typing import NDArray

from tests.bench.database_peers import duckdb, postgis
from tests.bench.partitions import partition, points_in_box
from zones.cover.grid_cover import GridCover, build_cover

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

SHAPES = {6: (400, 0.02), 10: (120, 0.02), 5000: (6, 0.05), 200_000: (2, 0.08)}
"""Bends of a side, and how far they swing, for each number of polygons."""
SEED = Path(__file__).parents[2] / "geodata" / "seed"
TREE_POINTS = 50_000
SINGLE_POINTS = 20_000
DATABASE_POINTS = 100_000


@dataclass
class Contestant:
    """One way of asking, what it takes, and what it found."""

    name: str
    ask: Callable[[Floats, Floats], Pairs | None]
    points: int
    seconds: list[float] = field(default_factory=list)
    found: Pairs | None = None

    def run(self, lon: Floats, lat: Floats) -> None:
        """Ask once, and keep the time and the answer."""
        lon, lat = lon[: self.points], lat[: self.points]
        begin = time.perf_counter()
        self.found = self.ask(lon, lat)
        self.seconds.append(time.perf_counter() - begin)

    def rate(self) -> float:
        """Return points per second."""
        return self.points / statistics.median(self.seconds)


def main() -> None:
    """Measure each set and print a table of it."""
    options = parse_options()
    lon, lat = points_in_box(options.points)
    for name in options.sets.split(","):
        geometries = polygons_of(name)
        cover = measured_build(geometries)
        contestants = contestants_for(geometries, cover, options.points)
        contestants += databases(geometries, (lon, lat), options)
        for _ in range(options.rounds):
            for contestant in contestants:
                contestant.run(lon, lat)
        report(contestants)


def polygons_of(name: str) -> Geometries:
    """Return the plan's zones, or so many made polygons."""
    if name == "plan":
        zones = json.loads((SEED / "zones.geojson").read_bytes())["features"]
        return shapely.from_geojson([json.dumps(zone["geometry"]) for zone in zones])
    bends, wiggle = SHAPES.get(int(name), (4, 0.05))
    return partition(int(name), bends=bends, wiggle=wiggle)


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sets", default="plan,6,10,5000,200000")
    parser.add_argument("--postgis", metavar="CONNECTION", help="a database to make tables in")
    parser.add_argument("--duckdb", type=Path, metavar="FOLDER", help="where it is installed")
    return parser.parse_args()


def measured_build(geometries: Geometries) -> GridCover:
    """Build a cover, and print what that takes in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        # As arrays: objects would leave room in the heap, and hide what building takes.
        ragged = shapely.to_ragged_array(geometries)
        seconds, most, kept = process.submit(build_measured, *ragged).result()
    cover = build_cover(geometries)
    vertices = shapely.get_num_coordinates(geometries).sum()
    print(f"\n### {len(geometries):,} polygons, {vertices:,} vertices\n")
    print(
        f"{cover!r}: built in {seconds:.2f} s with at most {most / 1e6:.0f} MB more memory,"
        f" {kept / 1e6:.0f} MB afterwards, of which tables {cover.nbytes / 1e6:.0f} MB\n"
    )
    return cover


def build_measured(
    kind: shapely.GeometryType, lonlat: Floats, offsets: tuple[NDArray[np.int64], ...]
) -> tuple[float, int, int]:
    """Return seconds, and the greatest and the last growth of memory in bytes."""
    geometries = shapely.from_ragged_array(kind, lonlat, offsets)
    with memory_growth() as grown:
        begin = time.perf_counter()
        cover = build_cover(geometries)
        seconds = time.perf_counter() - begin
        time.sleep(0.1)
    assert len(cover) == len(geometries)
    return seconds, max(grown), grown[-1]


@contextmanager
def memory_growth() -> Iterator[list[int]]:
    """Collect how much more memory the process has from time to time, in bytes."""
    process = psutil.Process()
    before, grown, done = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            grown.append(process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield grown
    finally:
        done.set()
        watcher.join()


def contestants_for(geometries: Geometries, cover: GridCover, points: int) -> list[Contestant]:
    """Return the ways of asking; the first is what the others are compared with."""
    frame = gpd.GeoDataFrame(geometry=geometries, crs=4490)
    tree = shapely.STRtree(geometries)

    def sjoin(lon: Floats, lat: Floats) -> Pairs:
        asked = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4490)
        # "within" prepares the polygons, "intersects" the points, which is many times slower;
        # none of the random points lies on a border.
        joined = gpd.sjoin(asked, frame, predicate="within")
        return joined.index.to_numpy(), joined["index_right"].to_numpy()

    def tree_predicate(lon: Floats, lat: Floats) -> Pairs:
        point, polygon = tree.query(shapely.points(lon, lat), predicate="intersects")
        return point, polygon

    def tree_then_test(lon: Floats, lat: Floats) -> Pairs:
        point, polygon = tree.query(shapely.points(lon, lat))
        order = np.argsort(polygon)
        point, polygon = point[order], polygon[order]
        held = shapely.intersects_xy(geometries[polygon], lon[point], lat[point])
        return point[held], polygon[held]

    def lookup(lon: Floats, lat: Floats) -> Pairs:
        found = cover.lookup(lon, lat)
        return np.repeat(np.arange(len(lon)), found.counts()), found.members.astype(np.int64)

    def first(lon: Floats, lat: Floats) -> None:
        cover.first(lon, lat)

    def singly(lon: Floats, lat: Floats) -> Pairs:
        found = [cover.at(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        point = np.repeat(np.arange(len(lon)), [len(held) for held in found])
        return point, np.array([member for held in found for member in held])

    tree_points, single_points = min(points, TREE_POINTS), min(points, SINGLE_POINTS)
    return [
        Contestant("geopandas.sjoin", sjoin, points),
        Contestant("STRtree, predicate", tree_predicate, tree_points),
        Contestant("STRtree, then intersects_xy", tree_then_test, tree_points),
        Contestant("GridCover.first", first, points),
        Contestant("GridCover.lookup, as pairs", lookup, points),
        Contestant("GridCover.at, one by one", singly, single_points),
    ]


def databases(
    geometries: Geometries, points: tuple[Floats, Floats], options: argparse.Namespace
) -> list[Contestant]:
    """Return the databases that are there; print why one is not."""
    count = min(options.points, DATABASE_POINTS)
    lon, lat = (column[:count] for column in points)
    entered = []
    if options.postgis:
        entered.append(Contestant("PostGIS", postgis(options.postgis, geometries, lon, lat), count))
    else:
        print("PostGIS is left out: --postgis names none")
    if options.duckdb:
        ask = duckdb(options.duckdb, geometries, lon, lat)
        if isinstance(ask, str):
            print(f"DuckDB is left out: {ask}")
        else:
            entered.append(Contestant("DuckDB", ask, count))
    else:
        print("DuckDB is left out: --duckdb names none")
    return entered


def report(contestants: list[Contestant]) -> None:
    """Print the table of one set."""
    base = contestants[0]
    print("| contestant | points | points/s | x sjoin | differing pairs |")
    print("|---|--:|--:|--:|--:|")
    for contestant in contestants:
        differing = "" if contestant.found is None else f"{differences(contestant, base)}"
        rate = contestant.rate()
        print(
            f"| {contestant.name} | {contestant.points:,} | {rate:,.0f}"
            f" | {rate / base.rate():.2f} | {differing} |",
            flush=True,
        )


def differences(one: Contestant, base: Contestant) -> int:
    """Return how many pairs only one of the two has, among the points of the first."""

    def pairs(contestant: Contestant) -> set[tuple[int, int]]:
        assert contestant.found is not None
        point, polygon = contestant.found
        asked = point < one.points
        return set(zip(point[asked].tolist(), polygon[asked].tolist(), strict=True))

    return len(pairs(one) ^ pairs(base))


if __name__ == "__main__":
    main()
