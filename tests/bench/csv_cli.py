"""Measure ``zones locate`` of a long CSV: rows per second, and how much memory it takes.

    .venv/bin/python -m tests.bench.csv_cli [--rows 10000000] [--to csv] [--processes 2]

Writes a CSV of random points and answers it with the command line, once with a thousandth of the
rows and once with all. Prints the greatest resident memory of all processes together in either
run (pages that they share are counted once, where the system tells), and by how much it grew.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.csv_http import BLOCK, body_of, csv_block


def main() -> None:
    """Measure and print."""
    options = parse_options()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        blocks = max(1, options.rows // BLOCK)
        few, _ = run(folder, options, 1)
        most, seconds = run(folder, options, blocks)
    print(f"{blocks * BLOCK:,} rows: {blocks * BLOCK / seconds:,.0f} rows/s")
    print(f"memory at most {most:.0f} MB, {most - few:.0f} MB more than with {BLOCK:,} rows")


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--to", default="csv", choices=["csv", "parquet", "arrow"])
    parser.add_argument("--processes", default="2")
    parser.add_argument("--folder", type=Path, default=None, help="for the files, 3 GB")
    return parser.parse_args()


def run(folder: Path, options: argparse.Namespace, blocks: int) -> tuple[float, float]:
    """Answer so many blocks of rows; return the most memory in MB, and the seconds."""
    source, target = folder / "points.csv", folder / f"located.{options.to}"
    with source.open("wb") as file:
        file.writelines(body_of(csv_block(), blocks))
    store = f"sqlite:///{folder}/zones.sqlite"
    command = [sys.executable, "-m", "app", "locate", str(source), "-o", str(target)]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--processes", options.processes, "--store", store], stderr=subprocess.DEVNULL
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, memory_mb(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    assert process.returncode == 0, process.returncode
    return most, seconds


def memory_mb(pid: int) -> float:
    """Return the memory of a process and of those that it started, in MB."""
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
        infos = [one.memory_full_info() for one in processes]
    except psutil.Error:
        return 0.0
    return sum(getattr(info, "pss", info.rss) for info in infos) / 1e6


if __name__ == "__main__":
    main()
