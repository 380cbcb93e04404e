"""Measure WMS beside MapServer's, in one run, as ratios.

    .venv/bin/python -m tests.bench.wms_peers [--polygons 5000] [--seconds 5] [--rounds 3]

Both draw the same polygons of 30 vertices: ours from a store of its own with two workers;
MapServer (Debian: cgi-mapserver, spawn-fcgi, nginx-light) from a shapefile with a spatial index, as
two processes of FastCGI behind nginx, anti-aliased by AGG. Four connections ask for another box
each time, so that nothing is answered from memory, but in the last row, where ``wrk`` asks for one
picture again and again. Fill, outline and halo are the same colours and widths. With
``--polygons 200000`` the second row is that of parcels smaller than a pixel. Rounds take turns,
after what is worked out of the whole collection at its first picture is there; medians are shown,
and processor time, which tells the same on a machine that others keep busy.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlencode

import httpx2 as httpx
import numpy as np
import orjson

from tests.bench import wfs_peers
from tests.bench.partitions import BOX

CONNECTIONS = 4
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
DRAWN = """
  CLASSITEM "kind" LABELITEM "name"
  CLASS STYLE COLOR 246 230 190 OUTLINECOLOR 120 100 60 WIDTH 1 END
   LABEL TYPE TRUETYPE FONT "cjk" ENCODING "UTF-8" SIZE 9 COLOR 40 40 40
    OUTLINECOLOR 255 255 255 OUTLINEWIDTH 2 POSITION CC FORCE {force} MAXSCALEDENOM {most} END
  END
"""
STYLE = orjson.dumps(
    {"fill": "#f6e6be", "fill_opacity": 1.0, "stroke": "#78643c", "stroke_width": 1.0}
).decode()
PICTURE, TILE = 512, 256
LABELLED_DEG, ALL_DEG = 0.02, BOX[2] - BOX[0]
AGAIN = "one picture again and again"
IDLE_S = 0.1
MOST_LABELLED = 40_000
"""Scale beyond which MapServer writes no names, as our style ``unlabelled`` does."""

Boxes = Callable[[], str]
Count = Callable[[str, Boxes, int], float]


def main() -> None:
    """Measure and print."""
    options = parse_options()
    wfs_peers.MAP = map_file()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "fonts.list").write_text(f"cjk {FONT}\n")
        rows = wfs_peers.polygons(options.polygons)
        ours = stack.enter_context(wfs_peers.our_service(folder, rows, style=STYLE)).partition(
            "/wfs?"
        )[0]
        theirs = stack.enter_context(wfs_peers.mapserver(folder, rows)).partition("?")[0]
        print("| | ours /s | MapServer /s | times | ours ms | MapServer ms | times |")
        print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
        for name, (size, boxes, style) in questions().items():
            asked = [f"{ours}/wms?{words(size, style)}", f"{theirs}?{words(size, '')}"]
            count = again_a_second if name == AGAIN else pictures_a_second
            for address in asked:
                count(address, boxes, options.seconds)
            wait_until_idle()
            (a, a_ms), (b, b_ms) = measured(asked, boxes, options, count)
            speed = f"{a:,.0f} | {b:,.0f} | {a / b:.1f}"
            print(f"| {name} | {speed} | {a_ms:.1f} | {b_ms:.1f} | {b_ms / a_ms:.1f} |", flush=True)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--polygons", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def map_file() -> str:
    """Return MapServer's map file, with how the polygons are drawn."""
    drawn = DRAWN.format(force="FALSE", most=MOST_LABELLED)
    plain = wfs_peers.MAP.replace(' TEMPLATE "x"', f' TEMPLATE "x"{drawn}')
    return plain.replace("UNITS DD", 'UNITS DD FONTSET "{folder}/fonts.list"')


def questions() -> dict[str, tuple[int, Boxes, str]]:
    """Return size of the picture, boxes and our style, by a name."""
    chance = np.random.default_rng(1)
    west, south, east, north = BOX

    def some() -> str:
        x = chance.uniform(west, east - LABELLED_DEG)
        y = chance.uniform(south, north - LABELLED_DEG)
        return f"{x},{y},{x + LABELLED_DEG},{y + LABELLED_DEG}"

    def everything() -> str:
        moved = chance.uniform(0, 1e-4)
        return f"{west + moved},{south},{east + moved},{north}"

    def again() -> str:
        return f"{west},{south},{west + LABELLED_DEG},{south + LABELLED_DEG}"

    return {
        "picture of 512 x 512, some 100 polygons with names": (PICTURE, some, "default"),
        "picture of 256 x 256, all polygons": (TILE, everything, "unlabelled"),
        AGAIN: (PICTURE, again, "default"),
    }


def words(size: int, style: str) -> str:
    """Return what every request says."""
    return urlencode(
        {
            "SERVICE": "WMS",
            "VERSION": "1.1.1",
            "REQUEST": "GetMap",
            "LAYERS": "parcels",
            "STYLES": style,
            "SRS": "EPSG:4326",
            "WIDTH": size,
            "HEIGHT": size,
            "FORMAT": "image/png",
        }
    )


def measured(
    addresses: list[str], boxes: Boxes, options: argparse.Namespace, count: Count
) -> Iterator[tuple[float, float]]:
    """Yield the medians of pictures a second, and of processor milliseconds a picture, of each."""
    rounds: list[list[tuple[float, float]]] = [[] for _ in addresses]
    for _ in range(options.rounds):
        for found, address in zip(rounds, addresses, strict=True):
            before = processor_s()
            rate = count(address, boxes, options.seconds)
            spent = processor_s() - before
            found.append((rate, spent * 1000 / (rate * options.seconds)))
    for found in rounds:
        rates, costs = zip(*found, strict=True)
        yield statistics.median(rates), statistics.median(costs)


def processor_s() -> float:
    """Return the processor seconds of all servers that were started here, whoever answers.

    Those who do not answer spend next to nothing.
    """
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            spent[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    mine = {os.getpid()}
    for _ in range(4):
        mine |= {pid for pid, parent in parents.items() if parent in mine}
    ticks = sum(spent[pid] for pid in mine - {os.getpid()} if pid in spent)
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until_idle() -> None:
    """Wait until what the first picture had worked out, once for all others, is done."""
    before = -1.0
    while processor_s() - before > IDLE_S:
        before = processor_s()
        time.sleep(3)


def again_a_second(address: str, boxes: Boxes, seconds: int) -> float:
    """Return how many times one picture comes a second."""
    return wfs_peers.answers_a_second(f"{address}&BBOX={boxes()}", seconds)


def pictures_a_second(address: str, boxes: Boxes, seconds: int) -> float:
    """Return how many pictures come a second, on four connections at once."""
    until = time.monotonic() + seconds

    def ask(_: int) -> int:
        count = 0
        with httpx.Client(timeout=300) as client:
            while time.monotonic() < until:
                answer = client.get(f"{address}&BBOX={boxes()}")
                if not answer.headers["content-type"].startswith("image/png"):
                    raise SystemExit(f"{answer.status_code} {answer.text[:500]}: {address}")
                count += 1
        return count

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(ask, range(CONNECTIONS))) / seconds


if __name__ == "__main__":
    main()
