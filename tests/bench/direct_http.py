"""Measure hot answers beside a FastAPI route and a bare ASGI application, in one run, as ratios.

    .venv/bin/python -m tests.bench.direct_http [--seconds 2] [--rounds 3] [--workers 2]
        [--connections 16]

All on the same uvicorn (uvloop, httptools, no access log; ours writes its log line for each
request), loaded in turn through ``wrk`` on keep-alive connections. The route and the application
answer with the same eleven bytes each time. Of ours, look-ups ask for another point each time; a
tile, a page, a box and a 304 are asked for again and again, as many people look at one map. Ratios
hold within one run only; processor time of the servers for a request wavers less than requests a
second where other programs are at work.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.locate_http import BARE, Load, family, free_port, running
from tests.bench.locate_peers import Contestant, load
from tests.bench.partitions import points_in_box

POINTS = 2000
WARM_S = 5
"""What look-ups ask of first is made ready then."""
PLAIN = """
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"11")],
}

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send(START)
        await send({"type": "http.response.body", "body": b'{"ok":true}'})
"""
TILE = "/collections/zones/tiles/WebMercatorQuad/12/1523/3452"
PAGE = "/collections/sites/items?limit=10"
BOX = "/collections/zones/items?bbox=123.40,41.78,123.41,41.79"


def main() -> None:
    """Measure in interleaved rounds and print a table of medians."""
    options = parse_options()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        entered = contestants(Path(folder), stack, options.workers)
        load(entered["GET /locate"], options.connections, WARM_S)
        rounds = [
            {name: loaded(one, options) for name, one in entered.items()}
            for _ in range(options.rounds + 1)
        ]
    print("| answer | requests/s | × FastAPI route | × bare ASGI | processor µs a request | p99 |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in entered:  # everyone's first round is not counted
        print(row(name, rounds[1:]))


@dataclass(frozen=True)
class Served(Contestant):
    """A contestant, and the process that serves it."""

    pid: int = 0


@dataclass(frozen=True)
class Measured(Load):
    """Also how much processor time of the servers a request took."""

    processor_us: float


def loaded(one: Served, options: argparse.Namespace) -> Measured:
    """Load a contestant for some seconds."""
    before = processor_s(one.pid)
    told = load(one, options.connections, options.seconds)
    spent = processor_s(one.pid) - before
    per_request = spent / (told.requests_per_s * options.seconds)
    return Measured(told.requests_per_s, told.p99_ms, per_request * 1e6)


def processor_s(pid: int) -> float:
    """Return the processor time of a process and of those below it so far."""
    times = [each.cpu_times() for each in family(pid)]
    return sum(each.user + each.system for each in times)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    return parser.parse_args()


def contestants(folder: Path, stack: ExitStack, workers: int) -> dict[str, Served]:
    """Start the servers and return what each is asked for."""
    (folder / "route.py").write_text(BARE)
    (folder / "plain.py").write_text(PLAIN)
    uvicorn = [sys.executable, "-m", "uvicorn", "--app-dir", str(folder), "--no-access-log"]
    uvicorn += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    store = f"sqlite:///{folder}/bench.sqlite"

    def served(command: list[str], path: str) -> tuple[str, int]:
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        whole = [*command, "--port", str(port), "--workers", str(workers)]
        process, _ = stack.enter_context(running(whole, base, path, {}))
        return base, process.pid

    route, route_pid = served([*uvicorn, "route:app"], "/")
    plain, plain_pid = served([*uvicorn, "--lifespan", "off", "plain:app"], "/")
    ours, pid = served([sys.executable, "-m", "app", "serve", "--store", store], "/health/ready")
    points = zip(*points_in_box(POINTS, seed=8), strict=True)
    look_ups = [f"/locate?lon={x:.6f}&lat={y:.6f}" for x, y in points]
    return {
        "FastAPI route": Served(route, ["/"], pid=route_pid),
        "bare ASGI": Served(plain, ["/"], pid=plain_pid),
        "GET /locate": Served(ours, look_ups, pid=pid),
        "tile": Served(ours, [TILE], pid=pid),
        "page of 10": Served(ours, [PAGE], pid=pid),
        "box": Served(ours, [BOX], pid=pid),
        "304 of a page": Served(ours, [PAGE], ('If-None-Match: "r1"',), pid=pid),
    }


def row(name: str, rounds: list[dict[str, Measured]]) -> str:
    """Return the medians of one contestant; of ratios the median of the rounds' own."""

    def ratio(other: str) -> float:
        pairs = ((each[name].requests_per_s, each[other].requests_per_s) for each in rounds)
        return statistics.median(own / theirs for own, theirs in pairs)

    rate = statistics.median(each[name].requests_per_s for each in rounds)
    p99 = statistics.median(each[name].p99_ms for each in rounds)
    ratios = f"{ratio('FastAPI route'):.2f} | {ratio('bare ASGI'):.2f}"
    processor = statistics.median(each[name].processor_us for each in rounds)
    return f"| {name} | {rate:.0f} | {ratios} | {processor:.0f} | {p99:.1f} ms |"


if __name__ == "__main__":
    main()
