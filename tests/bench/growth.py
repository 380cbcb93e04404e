"""Measure how memory, start and first answers grow with what is stored.

    .venv/bin/python -m tests.bench.growth [--features 200000 1000000] [--workers 1 2 4]
                                           [--keep FOLDER]

Parcels of 24 vertices lie side by side over a square of land. For each number of them the table
shows, of all processes of the server together after some requests of each kind by readers without
a key, once none works in the background, anonymous memory and the proportional set size (mapped
pages included), each page counted once however many processes share it; when the server was ready
after its start; and what the first request of each kind took.
Segments and what tiles are made from were made before, as they are after an import and its first
tile. Linux only.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import shapely

from tests.app.processes import Server, server
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

WEST, SOUTH, SPAN = 123.0, 41.5, 0.8
VERTICES = 24
AT_ONCE = 50_000
USES = ("住宅", "学校", "公园", "商业", "工业")
AWAITED_S = 3.0
RESTING_S = 0.3
"""Of processor in that time, by a server that rests."""


class Memory(NamedTuple):
    """Of all processes of a server, MB."""

    anonymous: float
    pss: float


def parcels(count: int) -> Iterator[list[Feature]]:
    """Yield so many parcels beside each other, row by row, some at a time."""
    columns = int(np.ceil(np.sqrt(count)))
    side = SPAN / columns
    ring = np.linspace(0, 4, VERTICES - 1, endpoint=False)
    corner, share = ring.astype(int), (ring % 1)[:, None]
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    outline = corners[corner] * (1 - share) + corners[(corner + 1) % 4] * share
    for begin in range(0, count, AT_ONCE):
        number = np.arange(begin, min(begin + AT_ONCE, count))
        south_west = np.stack([number % columns, number // columns], axis=1)
        places = (south_west[:, None, :] + outline[None]) * side + (WEST, SOUTH)
        polygons = shapely.polygons(np.round(places, 7))
        yield [
            Feature(
                f"p{n:07d}",
                polygon,
                {
                    "name": f"地块{n:07d}",
                    "use": USES[n % 5],
                    "floors": int(n % 33),
                    "area": round(float(n) * 1.7, 1),
                    "built": f"{1990 + n % 35}-0{1 + n % 9}-1{n % 9}",
                },
            )
            for n, polygon in zip(number.tolist(), polygons, strict=True)
        ]


def fill(path: Path, count: int) -> None:
    """Put the parcels into a new store, beside the plan's own collections."""
    with server(path):
        pass
    store = open_store(f"sqlite:///{path}")
    info = CollectionInfo("parcels", "地块", "Parcels", kinds=frozenset({"polygon"}))
    made: CollectionInfo | None = info
    for part in parcels(count):
        store.apply([Change("parcels", put=part, collection=made)], RevisionNote("bench", "fill"))
        made = None
    store.close()


def make_segments(path: Path, count: int) -> None:
    """See to it that what is made once is there, as after an import: figures are of a restart."""
    with server(path) as running:
        for asked in requests(count).values():
            running.client.get(asked, timeout=900).raise_for_status()
        await_rest(running)


def await_rest(running: Server) -> None:
    """Return once no process of the server works: what is made in the background is made."""
    before, now = 0.0, worked_s(running)
    while now - before > RESTING_S:
        time.sleep(AWAITED_S)
        before, now = now, worked_s(running)


def worked_s(running: Server) -> float:
    """Return the processor time of all processes of the server, s."""
    first = psutil.Process(running.process.pid)
    times = []
    for process in [first, *first.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times.append(sum(process.cpu_times()[:2]))
    return sum(times)


def memory_of(running: Server) -> Memory:
    """Return what all processes of the server take."""
    first = psutil.Process(running.process.pid)
    anonymous = pss = 0
    for process in [first, *first.children(recursive=True)]:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        sizes = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
        anonymous += int(sizes["Pss_Anon"])
        pss += int(sizes["Pss"])
    return Memory(anonymous / 1024, pss / 1024)


def requests(count: int) -> dict[str, str]:
    """Return a path of each kind."""
    middle = WEST + SPAN / 2, SOUTH + SPAN / 2
    reach = SPAN / np.sqrt(count) * 5
    box = f"{middle[0]},{middle[1]},{middle[0] + 2 * reach},{middle[1] + 2 * reach}"
    items = "/collections/parcels/items"
    tile = "/collections/parcels/tiles/WebMercatorQuad"
    lon, lat = middle[0] + reach / 3, middle[1] + reach / 3
    x = int((lon + 180) / 360 * 2**14)
    radians = np.radians(lat)
    y = int((1 - np.arcsinh(np.tan(radians)) / np.pi) / 2 * 2**14)
    return {
        "look-up": f"/locate?lon={lon}&lat={lat}&collections=parcels",
        "page": f"{items}?limit=100&f=json",
        "box": f"{items}?bbox={box}&limit=100&f=json",
        "filter": f"{items}?filter=floors>30&limit=100&f=json",
        "tile": f"{tile}/14/{y}/{x}",
    }


def measure(path: Path, count: int, workers: int) -> str:
    """Return one line of the table."""
    begun = time.perf_counter()
    with server(path, workers=workers) as running:
        # Who may write has the process loaded that checks edits: readers are measured here.
        del running.client.headers["Authorization"]
        ready = time.perf_counter() - begun
        firsts = {}
        for name, asked in requests(count).items():
            times = []
            # Each connection of its own, so that every worker gets some.
            for _ in range(8 * workers):
                begun = time.perf_counter()
                answer = running.client.get(asked, headers={"Connection": "close"}, timeout=900)
                times.append(time.perf_counter() - begun)
                answer.raise_for_status()
            firsts[name] = times[0]
        await_rest(running)
        memory = memory_of(running)
    shown = " ".join(f"{name} {1000 * took:8.0f}" for name, took in firsts.items())
    return (
        f"{count:9d} {workers} workers: anonymous {memory.anonymous:6.0f} MB,"
        f" PSS {memory.pss:6.0f} MB, ready {ready:5.1f} s; first answers, ms: {shown}"
    )


def main() -> None:
    """Print a line for each number of features and workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, nargs="+", default=[200_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--keep", type=Path, help="folder for the stores, used again next time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for count in asked.features:
            folder = (asked.keep or Path(temporary)) / str(count)
            path = folder / "zones.sqlite"
            if not path.exists():
                folder.mkdir(parents=True)
                fill(path, count)
            make_segments(path, count)
            for workers in asked.workers:
                print(measure(path, count, workers), flush=True)


if __name__ == "__main__":
    main()
