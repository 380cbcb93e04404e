"""What a machine must have: parcels, answers a second, memory, disk, disk for a year of changes.

    .venv/bin/python -m tests.bench.capacity [--features 10000 100000 500000] [--workers 2]
                                             [--edits 100] [--share 0.05]

Parcels are those of ``tests.bench.growth``. For each number of them: the store and the segments on
the disk; memory of all the processes after some requests (proportional set size); how many
mixed reads a second are answered to four clients on the same machine, and so for how many people at
one request in ten seconds each; what one edit of one parcel adds to the store, and what an import
adds that changes a ``--share`` of all. A year is 250 days of ``--edits`` edits and twelve such
imports. Prints a table in Markdown. Linux only.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.app.processes import Server, server
from tests.bench.growth import fill, make_segments, memory_of, parcels, requests
from tests.faults.traffic import capacity
from zones.model import Change, Feature, RevisionNote
from zones.store.open_store import open_store

MEGABYTE = 10**6
WORKING_DAYS, MONTHS = 250, 12
SECONDS_BETWEEN = 10
"""Of one person's requests: a map and its panels are asked for at once, then read."""
TRIED = 200
"""Edits that are made to tell what one takes."""
COLUMNS = (
    "parcels",
    "reads/s",
    "people",
    "memory MB",
    "store MB",
    "segments MB",
    "kB an edit",
    "MB an import",
    "MB a year",
)


@dataclass(frozen=True)
class Measured:
    """One row."""

    parcels: int
    reads_per_s: float
    memory_mb: float
    store_mb: float
    segments_mb: float
    edit_mb: float
    import_mb: float

    def cells(self, edits: int) -> Iterator[str]:
        """Yield what the table shows, for so many edits a day."""
        year = WORKING_DAYS * edits * self.edit_mb + MONTHS * self.import_mb
        yield f"{self.parcels:,}"
        yield f"{self.reads_per_s:.0f}"
        yield f"{self.reads_per_s * SECONDS_BETWEEN:,.0f}"
        yield f"{self.memory_mb:.0f}"
        yield f"{self.store_mb:.0f}"
        yield f"{self.segments_mb:.0f}"
        yield f"{self.edit_mb * 1000:.1f}"
        yield f"{self.import_mb:.1f}"
        yield f"{year:.0f}"


def measured(folder: Path, count: int, *, workers: int, share: float, seconds: float) -> Measured:
    """Return what so many parcels take."""
    store = folder / "zones.sqlite"
    fill(store, count)
    make_segments(store)
    with server(store, workers=workers) as running:
        paths = tuple(requests(count).values())
        ask(running, paths)
        rate = capacity(str(running.client.base_url), seconds, paths)
        memory = memory_of(running).pss
    before = size_of(store)
    segments = sum(
        path.stat().st_size for path in (folder / "imports").rglob("*") if path.is_file()
    )
    edit = growth(store, ([feature] for feature in itertools.islice(each(count), TRIED)))
    changed = max(1, round(count * share))
    whole = growth(store, [list(itertools.islice(each(count), changed))])
    return Measured(
        count, rate, memory, before / MEGABYTE, segments / MEGABYTE, edit / TRIED, whole
    )


def ask(running: Server, paths: tuple[str, ...]) -> None:
    """Ask for each path a few times, so that what is remembered is."""
    for path in paths * 5:
        running.client.get(path, timeout=900).raise_for_status()


def each(count: int) -> Iterator[Feature]:
    """Yield the parcels with other figures than before."""
    for part in parcels(count):
        for feature in part:
            area = float(feature.properties["area"])  # type: ignore[arg-type]  # a number
            yield Feature(feature.fid, feature.geometry, {**feature.properties, "area": area + 0.1})


def growth(store: Path, changes: Iterator[list[Feature]] | list[list[Feature]]) -> float:
    """Return how many MB the store grows by changes, each a revision of its own."""
    before = size_of(store)
    opened = open_store(f"sqlite:///{store}")
    for put in changes:
        opened.apply([Change("parcels", put=put)], RevisionNote("bench", "change"))
    opened.close()
    return (size_of(store) - before) / MEGABYTE


def size_of(store: Path) -> int:
    """Return the bytes of a store's files, once what was written is in the first of them."""
    return sum(path.stat().st_size for path in store.parent.glob(f"{store.name}*"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--features", type=int, nargs="+", default=[10_000, 100_000, 500_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--edits", type=int, default=100, help="a working day")
    parser.add_argument("--share", type=float, default=0.05, help="that a month's import changes")
    parser.add_argument("--seconds", type=float, default=20, help="of reads")
    chosen = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    for count in chosen.features:
        with tempfile.TemporaryDirectory() as name:
            row = measured(
                Path(name),
                count,
                workers=chosen.workers,
                share=chosen.share,
                seconds=chosen.seconds,
            )
        print("| " + " | ".join(row.cells(chosen.edits)) + " |", flush=True)


if __name__ == "__main__":
    main()
