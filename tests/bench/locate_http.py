"""Measure ``GET /locate`` beside a bare FastAPI route, in one run, as a ratio.

    .venv/bin/python tests/bench/locate_http.py [--seconds 4] [--rounds 3] [--workers 1]

Starts both servers on this machine with uvicorn, uvloop and httptools, loads them in turn
through ``wrk`` (Debian package) on keep-alive connections, and prints requests per second, the
99th percentile, and the ratio; then the start time and the memory of one worker.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

BARE = """
from fastapi import FastAPI, Response
app = FastAPI(openapi_url=None)

@app.get("/")
async def root() -> Response:
    return Response(b'{"ok":true}', media_type="application/json")
"""
POINT = "/locate?lon=123.405&lat=41.786"


@dataclass(frozen=True)
class Load:
    """What one round of load measured."""

    requests_per_s: float
    p99_ms: float


def main() -> None:
    """Measure in interleaved rounds and print medians."""
    options = parse_options()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(BARE)
        with bare_server(folder, options.workers) as bare, our_server(folder, options) as ours:
            print("| connections | bare req/s | /locate req/s | ratio | bare p99 | /locate p99 |")
            print("|--:|--:|--:|--:|--:|--:|")
            for connections in (1, 16, 64):
                print(compare(bare + "/", ours + POINT, connections, options))


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    return parser.parse_args()


def compare(bare: str, ours: str, connections: int, options: argparse.Namespace) -> str:
    """Return one row: both loaded in turn, medians, and the median of the pairs' ratios."""
    pairs = [
        (load(bare, connections, options.seconds), load(ours, connections, options.seconds))
        for _ in range(options.rounds)
    ]
    ratio = statistics.median(b.requests_per_s / a.requests_per_s for a, b in pairs)
    rates = [
        statistics.median(side.requests_per_s for side in both) for both in zip(*pairs, strict=True)
    ]
    p99s = [statistics.median(side.p99_ms for side in both) for both in zip(*pairs, strict=True)]
    return (
        f"| {connections} | {rates[0]:.0f} | {rates[1]:.0f} | {ratio:.2f} "
        f"| {p99s[0]:.1f} ms | {p99s[1]:.1f} ms |"
    )


def load(url: str, connections: int, seconds: int) -> Load:
    """Load one address through wrk and read its report."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in report:
        sys.exit(f"{url} did not answer 2xx:\n{report}")
    return read_report(report)


def read_report(report: str) -> Load:
    """Read what wrk reports."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", report)
    if rate is None or p99 is None:
        sys.exit(f"wrk's report was not understood:\n{report}")
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]])


@contextmanager
def bare_server(folder: str, workers: int) -> Iterator[str]:
    """Run the bare FastAPI route."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", "bare:app", "--app-dir", folder),
        *("--port", str(port), "--workers", str(workers)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]
    with running(command, f"http://127.0.0.1:{port}", "/", {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def our_server(folder: str, options: argparse.Namespace) -> Iterator[str]:
    """Run the service on a store of its own; print start time (also seeded) and memory."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    command += ["--workers", str(options.workers), "--store", f"sqlite:///{folder}/bench.sqlite"]
    base = f"http://127.0.0.1:{port}"
    with running(command, base, "/health/ready", {}) as (_, seconds):
        print(f"first start, seeding included: {seconds:.2f} s")
    with running(command, base, "/health/ready", {}) as (process, seconds):
        print(f"later start: {seconds:.2f} s")
        urllib.request.urlopen(base + POINT).read()
        memory = [one.memory_full_info() for one in family(process.pid)]
        print(f"memory, {options.workers} worker(s): PSS {sum(m.pss for m in memory) / 1e6:.0f} MB")
        yield base


@contextmanager
def running(
    command: list[str], base: str, path: str, environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Start a server, wait for its first 200, stop it at the end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await_ready(base + path, process)
        yield process, time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the address answers 200."""
    for _ in range(3000):
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.01)
    sys.exit(f"{url} did not become ready")


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
