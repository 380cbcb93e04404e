"""Measure filters on a large collection: what parsing takes, the first answer, and every next one.

    taskset -c 0 .venv/bin/python -m tests.bench.filters [--features 200000] [--rounds 5]

The first answer makes the columns that a filter uses; they stay with the collection until an
edit. Polygons are small and scattered over the district's box, half of them with a distinct name.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import shapely

from zones.cql2 import Filter, parse_filter, queryables
from zones.model import CollectionInfo, Feature
from zones.snapshot.collection import Collection

WEST, SOUTH, SIDE = 123.3, 41.6, 0.3
KINDS = ("住宅", "学校", "公园", "商业", "工业")
TRIANGLE = "POLYGON((123.31 41.61, 123.58 41.62, 123.45 41.88, 123.31 41.61))"
FILTERS = (
    "S_INTERSECTS(geometry, BBOX(123.40, 41.75, 123.41, 41.76)) AND 类别 = '学校'",
    "S_INTERSECTS(geometry, BBOX(123.30, 41.60, 123.60, 41.90)) AND 类别 = '学校'",
    f"S_INTERSECTS(geometry, {TRIANGLE})",
    f"S_INTERSECTS(geometry, {TRIANGLE}) AND 类别 = '学校' AND 层数 BETWEEN 3 AND 9",
    f"S_OVERLAPS(geometry, {TRIANGLE})",
    "层数 > 30",
    "类别 IN ('学校', '公园') AND 面积 > 30000",
    "名称 = '地块000123'",
    "名称 LIKE '%123%'",
    "CASEI(名称) LIKE CASEI('地块_00%1')",
    "T_DURING(日期, INTERVAL('2018-01-01', '2019-12-31'))",
    "A_CONTAINS(标签, ('a'))",
    "层数 * 2 + 1 > 面积 / 1000",
)


def scattered(count: int) -> Collection:
    """Return a collection of so many small polygons."""
    random = np.random.default_rng(1)
    lon, lat = WEST + random.random(count) * SIDE, SOUTH + random.random(count) * SIDE
    radius = 0.0002 + random.random(count) * 0.0003
    polygons = shapely.buffer(shapely.points(lon, lat), radius, quad_segs=3)
    features = (
        Feature(
            str(n),
            polygons[n],
            {
                "名称": f"地块{n // 2:06d}",
                "类别": KINDS[n % 5],
                "面积": None if n % 17 == 0 else round(float(radius[n]) * 1e8, 1),
                "层数": n % 33,
                "日期": f"{2010 + n % 15}-{1 + n % 12:02d}-{1 + n % 28:02d}",
                "标签": ["a", "b"] if n % 3 else ["c"],
            },
        )
        for n in range(count)
    )
    return Collection(CollectionInfo("c", "c", "c"), 1, features)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def main() -> None:
    """Print a line for each filter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    places = scattered(asked.features)
    print(f"tree {milliseconds(lambda: places.tree):.0f} ms")
    print("  parse ms   first ms    next ms    found  filter")
    for text in FILTERS:
        print(line(text, places, asked.rounds))
    print(f"queryables {milliseconds(lambda: queryables(places)):.0f} ms")


def line(text: str, places: Collection, rounds: int) -> str:
    """Return the figures of one filter: parsing, the first answer, the median of the next."""
    parsing = statistics.median(milliseconds(lambda: parse_filter(text)) for _ in range(rounds))
    chosen: Filter = parse_filter(text)
    first = milliseconds(lambda: chosen.mask(places))
    following = statistics.median(milliseconds(lambda: chosen.mask(places)) for _ in range(rounds))
    found = np.count_nonzero(chosen.mask(places))
    return f"{parsing:10.2f} {first:10.1f} {following:10.2f} {found:8d}  {text}"


if __name__ == "__main__":
    main()
