"""Measure ``POST /locate`` of an Arrow stream beside the same work in one process, in one run.

    .venv/bin/python -m tests.bench.arrow_http [--rows 4000000] [--rounds 3]

Starts the service, sends an Arrow stream of random points in and about the district over one
connection and reads the answers meanwhile. Beside it the same bytes are answered in this process,
by the same code without HTTP. Prints rows per second and the ratio.
"""

import argparse
import http.client
import io
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from tests.app.processes import Server, server
from zones.crs.transform import CRS
from zones.lookup.bulk_locator import build_bulk_locator
from zones.plan.seed import read_seed
from zones.plan_text import load_plan
from zones.snapshot.model import snapshot_from
from zones.streams.choose_stream import open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions

BATCH = 65_536
PIECE = 2**20
SEED = Path(__file__).parents[2] / "geodata" / "seed"
MEDIA_TYPE = "application/vnd.apache.arrow.stream"


def main() -> None:
    """Measure in interleaved rounds and print medians."""
    options = parse_options()
    body = stream_of(options.rows)
    snapshot = snapshot_from(read_seed(SEED), load_plan(SEED))
    task = PointQuestion(snapshot.derived(build_bulk_locator), CRS.CRS84)
    pairs = []
    with tempfile.TemporaryDirectory() as folder, server(Path(folder, "bench.sqlite")) as ours:
        for number in range(options.rounds + 1):
            pair = (options.rows / in_process(task, body), options.rows / over_http(ours, body))
            if number:  # the first answers of both are not counted
                pairs.append(pair)
                print(f"in process {pair[0]:,.0f} rows/s, over HTTP {pair[1]:,.0f}", flush=True)
    alone, sent = (statistics.median(side) for side in zip(*pairs, strict=True))
    share = statistics.median(b / a for a, b in pairs)
    print(f"in process {alone:,.0f} rows/s, over HTTP {sent:,.0f}: {share:.2f} of it")


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def stream_of(rows: int) -> bytes:
    """Return an Arrow stream of random points with their numbers."""
    rng = np.random.default_rng(5)
    table = pa.table(
        {
            "id": np.arange(rows),
            "lon": rng.uniform(123.36, 123.47, rows),
            "lat": rng.uniform(41.68, 41.83, rows),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=BATCH)
    return sink.getvalue()


def in_process(task: PointQuestion, body: bytes) -> float:
    """Return how many seconds the answers take without HTTP."""
    began = time.perf_counter()
    stream = open_stream("arrow", "arrow", task=task, options=CSVOptions())
    for at in range(0, len(body), PIECE):
        for _ in stream.add(body[at : at + PIECE]):
            pass
    for _ in stream.end():
        pass
    return time.perf_counter() - began


def over_http(ours: Server, body: bytes) -> float:
    """Return how many seconds pass from the request to the last byte of the answer."""
    base = ours.client.base_url
    connection = http.client.HTTPConnection(base.host, base.port or 80)
    began = time.perf_counter()
    connection.putrequest("POST", "/locate")
    connection.putheader("Content-Type", MEDIA_TYPE)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    sending = threading.Thread(target=connection.send, args=(body,))
    sending.start()
    answer = http.client.HTTPResponse(connection.sock)
    answer.begin()
    assert answer.status == 200, answer.read()
    while answer.read1(PIECE):
        pass
    sending.join()
    connection.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
