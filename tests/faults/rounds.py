"""Rounds of kill -9: writers, readers and the database die at random, and nothing may be lost.

    python -m tests.faults.rounds --store sqlite --rounds 200
    python -m tests.faults.rounds --store postgresql --rounds 200 --minutes 10

In each round two processes replace all plots and edit a sign, as fast as they can, each telling
what was acknowledged; one reads. At a random moment the writers are killed, at once or one after
the other, or in every third round the database. Then every acknowledged revision must be there,
whole, and in order. All is forked from a process that has loaded the library: a round is short.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import NoReturn

import psycopg
from shapely import box

from tests.postgres_cluster import Cluster, started_cluster
from zones.errors import StoreError, ZonesError
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

PLOTS = CollectionInfo("plots", "地块", "Plots")
SIGNS = CollectionInfo("signs", "标志", "Signs")
COUNT = 60
FIRST_WORDS_S = 180.0
"""For so long a round waits for the first acknowledged change of each writer."""


@dataclass
class Tally:
    """What came of all rounds so far; the last three are faults."""

    rounds: int = 0
    acknowledged: int = 0
    reads: int = 0
    databases_killed: int = 0
    lost: int = 0
    torn: int = 0
    mixed_reads: int = 0

    @property
    def faults(self) -> int:
        """Return how many things went wrong."""
        return self.lost + self.torn + self.mixed_reads


class Lines:
    """What a forked process has said through a pipe; it is killed by its number."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._read)
            _leave(partial(act, write))
        os.close(write)

    def first(self) -> str:
        """Return the first line; fail where none comes."""
        os.set_blocking(self._read, False)
        deadline, said = time.monotonic() + FIRST_WORDS_S, b""
        while b"\n" not in said:
            assert time.monotonic() < deadline, "a process said nothing"
            with suppress(BlockingIOError):
                said += os.read(self._read, 1 << 16)
            time.sleep(0.002)
        os.set_blocking(self._read, True)
        self._begun = said
        return said.decode().partition("\n")[0]

    def killed(self) -> list[str]:
        """Kill the process; return the whole lines that it had said."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        said = getattr(self, "_begun", b"")
        while more := os.read(self._read, 1 << 16):
            said += more
        os.close(self._read)
        return said.decode().split("\n")[:-1]


def _leave(act: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        act()
        code = 0
    except ZonesError as fault:
        code = 3  # a database that was killed: the parent knows
        print(fault.code, file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def writing(url: str, name: str, pipe: int) -> None:
    """Change for ever; say each revision and its value once it is acknowledged."""
    store, number = open_store(url, busy_timeout_s=30), 0
    while True:
        number += 1
        value = f"{name}-{number}"
        changes = [Change("signs", put=[Feature("sign", None, {"value": value})], collection=SIGNS)]
        if number % 3:
            plots = [Feature(f"p{n}", box(n, 0, n + 1, 1), {"value": value}) for n in range(COUNT)]
            changes.append(Change("plots", put=plots, collection=PLOTS))
        try:
            made = store.apply(changes, RevisionNote(name, value))
        except StoreError as fault:
            if fault.code != "store-busy":  # the other has written all the time: nothing is lost
                raise
            continue
        os.write(pipe, f"{made.number} {value}\n".encode())


def reading(url: str, pipe: int) -> None:
    """Read for ever; say ``ok``, or ``mixed`` where features of one answer are of two revisions."""
    store = open_store(url, busy_timeout_s=30)
    while True:
        values = {feature.properties["value"] for feature in features(store, "plots", None)}
        os.write(pipe, b"ok\n" if len(values) < 2 else b"mixed\n")


def features(store: SqlStore, collection: str, revision: int | None) -> list[Feature]:
    """Return features, none where the collection was not there yet."""
    try:
        return list(store.features(collection, revision=revision))
    except ZonesError:
        return []


def checking(url: str, acknowledged: dict[int, str], pipe: int) -> None:
    """Say how many acknowledged changes are lost, and how many revisions are torn."""
    lost = torn = 0
    with closing(open_store(url, busy_timeout_s=30)) as store:
        made = {each.number: each.note.why for each in store.revisions()}
        torn += sorted(made) != list(range(1, len(made) + 1))
        for number, value in acknowledged.items():
            lost += made.get(number) != value
        for number in sorted(made)[-3:]:
            torn += is_torn(store, number, made[number])
        torn += store.ready().code is not None
    os.write(pipe, f"{lost} {torn}\n".encode())


def is_torn(store: SqlStore, revision: int, value: str) -> bool:
    """Return whether a revision holds a part of a change only."""
    signs = [feature.properties["value"] for feature in features(store, "signs", revision)]
    plots = [feature.properties["value"] for feature in features(store, "plots", revision)]
    replaced = int(value.rpartition("-")[2]) % 3 != 0
    whole = len(plots) in {0, COUNT} and len(set(plots)) < 2
    return signs != [value] or not whole or (replaced and set(plots) != {value})


def run_round(url: str, tally: Tally, chance: random.Random, cluster: Cluster | None) -> None:
    """Let one round happen, and count what came of it."""
    writers = [Lines(partial(writing, url, f"{name}{tally.rounds}")) for name in "ab"]
    reader = Lines(partial(reading, url))
    for each in (*writers, reader):
        each.first()
    time.sleep(chance.uniform(0, 0.25))
    if cluster is not None and tally.rounds % 3 == 1:
        kill_database(url, cluster, chance)
        tally.databases_killed += 1
    else:
        victim, later = chance.sample(writers, 2)
        os.kill(victim.pid, signal.SIGKILL)
        time.sleep(chance.choice((0, 0.05)))
        os.kill(later.pid, signal.SIGKILL)
    lines = [line.partition(" ") for each in writers for line in each.killed()]
    numbered = {int(number): value for number, _, value in lines}
    read = reader.killed()
    tally.torn += len(lines) - len(numbered)  # one number for two changes
    check = Lines(partial(checking, url, numbered))
    lost, torn = map(int, check.first().split())
    check.killed()
    tally.rounds += 1
    tally.acknowledged += len(numbered)
    tally.reads += len(read)
    tally.mixed_reads += read.count("mixed")
    tally.lost += lost
    tally.torn += torn


def kill_database(url: str, cluster: Cluster, chance: random.Random) -> None:
    """Kill a process of the database, whereupon it recovers, or all at once, and start it anew."""
    if chance.random() < 0.5:
        cluster.stop(signal.SIGQUIT)
        cluster.start()
        return
    words = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    with psycopg.connect(url) as connection:
        found = connection.execute(words).fetchall()
    for (pid,) in found[:1]:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.05)
        with suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return


@contextmanager
def new_store(kind: str) -> Iterator[tuple[str, Cluster | None]]:
    """Give the address of an empty store, and the cluster that it is in."""
    if kind == "postgresql":
        cluster = started_cluster()
        try:
            yield cluster.new_store(), cluster
        finally:
            cluster.remove()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/zones.sqlite", None


def run_rounds(
    url: str, cluster: Cluster | None, *, rounds: int, seed: int, minutes: float = 60
) -> Tally:
    """Return what came of so many rounds, or of those that so many minutes allow."""
    tally, until = Tally(), time.monotonic() + 60 * minutes
    chance = random.Random(seed)  # noqa: S311 - moments that can be repeated, no secrets
    while tally.rounds < rounds and time.monotonic() < until:
        run_round(url, tally, chance, cluster)
    return tally


def main() -> int:
    """Run the rounds that the command line asks for; 1 if anything was lost, torn or mixed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with new_store(chosen.store) as (url, cluster):
        tally = run_rounds(
            url, cluster, rounds=chosen.rounds, seed=chosen.seed, minutes=chosen.minutes
        )
    print(json.dumps(asdict(tally)))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
