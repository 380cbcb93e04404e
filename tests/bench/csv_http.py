"""Measure ``POST /locate`` of a CSV beside reading and writing the same CSV, in one run.

    .venv/bin/python -m tests.bench.csv_http [--rows 1000000] [--rounds 3] [--crs CRS84]

Starts the service, sends a CSV of random points in and about the district over one connection
and reads the answers meanwhile. Beside it, without HTTP, Apache Arrow reads the same CSV and writes
it again, on one thread and without looking anything up. Prints rows per second, the ratio, the
service's growth of memory, and how long single look-ups took meanwhile.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.csv

from tests.app.processes import Server, server

BLOCK = 100_000
"""Rows of the block that the CSV repeats, so that no file of it is needed."""
SINGLE = "/locate?lon=123.405&lat=41.786"


def main() -> None:
    """Measure in interleaved rounds and print medians."""
    options = parse_options()
    block = csv_block()
    blocks = max(1, options.rows // BLOCK)
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder, "bench.sql.file"), max_batches="4") as ours,
    ):
        send(ours, block, 1, options.crs)
        before, told = memory(ours), []
        for _ in range(options.rounds):
            without = blocks * BLOCK / seconds_without_lookup(block, blocks)
            told.append((send(ours, block, blocks, options.crs), without))
            print(json.dumps(told[-1][0] | {"rows_per_s_without_lookup": round(without)}))
        rates = [one["rows_per_s"] for one, _ in told]
        shares = [one["rows_per_s"] / without for one, without in told]
        grown = max(one["peak_mb"] for one, _ in told) - before
        print(f"rows/s {statistics.median(rates):,.0f}")
        print(f"share of reading and writing alone {statistics.median(shares):.2f}")
        print(f"memory grew by at most {grown:.0f} MB over {before:.0f} MB")


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--crs", default="CRS84")
    return parser.parse_args()


def csv_block() -> bytes:
    """Return rows of random points: id, a Chinese name, lon, lat, a note."""
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(123.36, 123.47, BLOCK), rng.uniform(41.68, 41.83, BLOCK)
    rows = (f"{i},店铺{i},{x:.6f},{y:.6f},note\n" for i, (x, y) in enumerate(zip(lon, lat)))  # noqa: B905 - of one length
    return "".join(rows).encode()


def body_of(block: bytes, blocks: int) -> Iterator[bytes]:
    """Yield the body of a request."""
    yield "id,名称,lon,lat,note\n".encode()
    for _ in range(blocks):
        yield block


def send(ours: Server, block: bytes, blocks: int, crs: str) -> dict[str, float]:
    """Send the CSV and read the answer at the same time; return what was measured."""
    base = ours.client.base_url
    connection = http.client.HTTPConnection(base.host, base.port or 80)
    singles: list[float] = []
    peak = [memory(ours)]
    done = threading.Event()
    began = time.perf_counter()
    connection.putrequest("POST", f"/locate?crs={crs}")
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    watching = threading.Thread(target=watch, args=(ours, done, singles, peak))
    sending = threading.Thread(target=send_body, args=(connection, block, blocks))
    watching.start()
    sending.start()
    rows, size = read_answer(connection)
    seconds = time.perf_counter() - began
    done.set()
    sending.join()
    watching.join()
    assert rows == blocks * BLOCK + 1, (rows, blocks)
    return {
        "rows_per_s": round(blocks * BLOCK / seconds),
        "answer_mb": round(size / 1e6),
        "peak_mb": round(max(peak)),
        "single_lookup_p50_ms": round(1000 * statistics.median(singles or [0]), 2),
        "single_lookup_max_ms": round(1000 * max(singles or [0]), 2),
    }


def send_body(connection: http.client.HTTPConnection, block: bytes, blocks: int) -> None:
    """Send the chunks of the body."""
    for piece in body_of(block, blocks):
        for at in range(0, len(piece), 2**20):
            chunk = piece[at : at + 2**20]
            connection.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    connection.send(b"0\r\n\r\n")


def read_answer(connection: http.client.HTTPConnection) -> tuple[int, int]:
    """Return the answer's rows and bytes."""
    answer = http.client.HTTPResponse(connection.sock)
    answer.begin()
    assert answer.status == 200, answer.read()
    rows = size = 0
    while piece := answer.read1(2**20):
        rows += piece.count(b"\n")
        size += len(piece)
    return rows, size


def watch(ours: Server, done: threading.Event, singles: list[float], peak: list[float]) -> None:
    """Ask for single points and look at the memory until the stream is done."""
    url = f"{ours.client.base_url}".rstrip("/") + SINGLE
    while not done.wait(0.05):
        began = time.perf_counter()
        with urllib.request.urlopen(url) as answer:
            answer.read()
        singles.append(time.perf_counter() - began)
        peak.append(memory(ours))


def memory(ours: Server) -> float:
    """Return the service's resident memory in MB."""
    root = psutil.Process(ours.process.pid)
    return sum(one.memory_info().rss for one in [root, *root.children(recursive=True)]) / 1e6


def seconds_without_lookup(block: bytes, blocks: int) -> float:
    """Return how long Apache Arrow takes, on one thread, to read the CSV and to write it."""
    body = pa.BufferReader(b"".join(body_of(block, blocks)))
    began = time.perf_counter()
    reading = pa.csv.ReadOptions(use_threads=False)
    rows = pa.csv.open_csv(body, read_options=reading)
    with pa.csv.CSVWriter(pa.BufferOutputStream(), rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
