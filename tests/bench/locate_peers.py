"""Measure ``GET /locate`` beside tipg and a bare FastAPI route, in one run, as ratios.

    .venv/bin/python -m tests.bench.locate_peers --load "PG:host=… dbname=…"    then start tipg
    .venv/bin/python -m tests.bench.locate_peers --tipg URL [--seconds 4] [--rounds 3]
        [--workers 1,2] [--connections 1,16,64]

``--load`` puts the seed's six zones into PostGIS as the table ``seed_zones``, so that both look in
the same polygons; 300 random points are first asked of both, and must lie in the same zones. tipg
answers by a filter, with boxes for geometry (a box without size misses zones); ours gives its
whole answer: zones by both meanings, subdistrict, axes, belts, border and certainty. Each request
asks for another point, through ``wrk`` on keep-alive connections. Rounds take turns; medians are
shown, and for ratios the median of the rounds' own. Ratios hold within one run only.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.locate_http import BARE, Load, free_port, read_report, running
from tests.bench.partitions import points_in_box
from tests.bench.peers_http import LUA

ZONES = Path(__file__).parents[2] / "geodata" / "seed" / "zones.geojson"
POINTS = 5000
ASKED_OF_BOTH = 300
ITEMS = (
    "/collections/public.seed_zones/items?f=geojson&bbox-only=true&limit=10&filter-lang=cql2-text"
)


@dataclass(frozen=True)
class Contestant:
    """A server, the addresses that it is asked for, and header fields of the requests."""

    base: str
    paths: list[str]
    headers: tuple[str, ...] = ()


def main() -> None:
    """Load the zones, or measure and print a table."""
    options = parse_options()
    if options.load:
        load_zones(options.load)
        return
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    print("| workers | connections | tipg req/s | bare | /locate | x tipg | x bare ", end="")
    print("| p99 tipg | p99 bare | p99 /locate |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for workers in map(int, options.workers.split(",")):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            entered = contestants(Path(folder), stack, options.tipg, workers)
            if options.tipg:
                check_same_answers(entered)
            for connections in map(int, options.connections.split(",")):
                print(row(entered, workers, connections, options), flush=True)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load", metavar="PG:…", help="put the zones into PostGIS, and end")
    parser.add_argument("--tipg", metavar="URL")
    parser.add_argument("--workers", default="1,2", help="of ours and the bare route")
    parser.add_argument("--connections", default="1,16,64")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def load_zones(database: str) -> None:
    """Put the seed's zones into a table of PostGIS."""
    layer = ["-nln", "seed_zones", "-lco", "GEOMETRY_NAME=geom", "-overwrite"]
    layer += ["-select", "name", "-nlt", "MULTIPOLYGON"]
    command = ["ogr2ogr", "-f", "PostgreSQL", database, str(ZONES), *layer]
    subprocess.run(command, check=True)


def contestants(
    folder: Path, stack: ExitStack, tipg: str | None, workers: int
) -> dict[str, Contestant]:
    """Start our side and return everybody, with the points that all are asked for."""
    points = [f"{x:.6f},{y:.6f}" for x, y in zip(*points_in_box(POINTS, seed=8), strict=True)]
    entered = {}
    if tipg:
        within = [f"S_INTERSECTS(geom,POINT({xy.replace(',', '%20')}))" for xy in points]
        entered["tipg"] = Contestant(tipg, [f"{ITEMS}&filter={text}" for text in within])
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bare:app", "--app-dir", str(folder)]
    command += ["--port", str(port), "--workers", str(workers), "--no-access-log"]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    base = f"http://127.0.0.1:{port}"
    stack.enter_context(running(command, base, "/", {}))
    entered["bare"] = Contestant(base, ["/"])
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    command += ["--workers", str(workers), "--store", f"sqlite:///{folder}/bench.sqlite"]
    base = f"http://127.0.0.1:{port}"
    stack.enter_context(running(command, base, "/health/ready", {}))
    ours = ["/locate?lon={}&lat={}".format(*xy.split(",")) for xy in points]
    entered["ours"] = Contestant(base, ours)
    return entered


def check_same_answers(entered: dict[str, Contestant]) -> None:
    """Stop unless tipg and ours find the same zones for some of the points."""
    tipg, ours = entered["tipg"], entered["ours"]
    for theirs, own in zip(tipg.paths[:ASKED_OF_BOTH], ours.paths[:ASKED_OF_BOTH], strict=True):
        features = answer(tipg.base + theirs)["features"]
        found = {feature["properties"]["name"] for feature in features}
        zones = answer(ours.base + own)["zones"]
        told = {zone["name"] for zone in zones if "bounds" in zone["by"]}
        if found != told:
            sys.exit(f"{own}: tipg finds {found}, ours {told}")


def answer(address: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return the JSON at an address."""
    with urllib.request.urlopen(address) as response:
        told: dict[str, list[dict[str, dict[str, str]]]] = orjson.loads(response.read())
    return told


def row(
    entered: dict[str, Contestant], workers: int, connections: int, options: argparse.Namespace
) -> str:
    """Load everybody in turn and return the row of the table."""
    rounds: list[dict[str, Load]] = []
    for number in range(options.rounds + 1):
        loads = {n: load(c, connections, options.seconds) for n, c in entered.items()}
        if number:  # everyone's first answers are not counted
            rounds.append(loads)

    def ratio(name: str) -> str:
        if name not in entered:
            return "–"
        pairs = (each["ours"].requests_per_s / each[name].requests_per_s for each in rounds)
        return f"{statistics.median(pairs):.2f}"

    def median(name: str, value: str) -> str:
        if name not in entered:
            return "–"
        return f"{statistics.median(getattr(each[name], value) for each in rounds):.1f}"

    names = ("tipg", "bare", "ours")
    rates, p99s = ([median(n, v) for n in names] for v in ("requests_per_s", "p99_ms"))
    cells = [str(workers), str(connections), *rates, ratio("tipg"), ratio("bare")]
    return f"| {' | '.join([*cells, *(f'{p99} ms' for p99 in p99s)])} |"


def load(contestant: Contestant, connections: int, seconds: int) -> Load:
    """Ask a contestant for its addresses, one after the other, and read wrk's report."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "paths.lua")
        listed.write_text("\n".join(contestant.paths) + "\n")
        script.write_text(LUA)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        command += [part for field in contestant.headers for part in ("-H", field)]
        report = subprocess.run(
            [*command, "--timeout", "30s", "-s", str(script), contestant.base],
            env={"PATHS": str(listed), "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    if re.search("Non-2xx|Socket errors", report):
        sys.exit(f"{contestant.base} did not answer well:\n{report}")
    return read_report(report)


if __name__ == "__main__":
    main()
