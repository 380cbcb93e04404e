"""Two replicas behind nginx on one database, killed at random and begun again.

    python -m tests.faults.replicas --minutes 5
    python -m tests.faults.replicas --minutes 60 --reads 100000 --workers 2 --no-kills

The proxy's configuration is the one that is shipped, without TLS. Readers and a writer go through
it all the time. Nobody may be answered with a fault, or with features of two revisions; every
replica that runs must show what was acknowledged. Prints how long that took, and what went wrong.
"""

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx

from tests.app.conftest import ADMIN_KEY
from tests.app.processes import end, free_port
from tests.paths import ROOT
from tests.postgres_cluster import started_cluster

COUNT = 20
READERS = 3
ITEMS = f"/collections/mine/items?limit={COUNT}"
COUNTED = ("kills", "reads", "writes", "resets", "cut_off")
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
SHIPPED = ROOT / "app" / "deploy" / "nginx.conf"


@dataclass
class Tally:
    """What came of it; ``faults``, ``mixed`` and ``lost`` are to be empty.

    ``cut_off``: changes over which their replica died, which a client sends again.
    """

    kills: int = 0
    reads: int = 0
    writes: int = 0
    resets: int = 0
    cut_off: int = 0
    behind_s: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    mixed: int = 0
    lost: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as it is printed, with the slowest replica's delay."""
        slowest = sorted(self.behind_s)
        return {
            **{name: getattr(self, name) for name in COUNTED},
            "behind_s": {
                "median": round(slowest[len(slowest) // 2], 3) if slowest else None,
                "longest": round(slowest[-1], 3) if slowest else None,
            },
            "faults": dict(self.faults),
            "mixed": self.mixed,
            "lost": self.lost,
        }


class Replica:
    """One server on a port of its own, which can be killed and begun again."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port, self._folder = free_port(), folder
        self._environment = {**os.environ, **environment, "ZONES_PORT": str(self.port)}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        self.begin()

    def begin(self) -> None:
        """Start the server."""
        with (self._folder / f"{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it with all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def revision(self) -> int | None:
        """Return the revision that it shows, None while it does not answer."""
        with suppress(httpx.TransportError):
            return int(self.client.get("/collections").headers.get("x-revision", "0"))
        return None

    def wait(self, within_s: float = 120.0) -> None:
        """Return when it answers."""
        until = time.monotonic() + within_s
        while self.revision() is None:
            assert time.monotonic() < until
            time.sleep(0.1)


def proxy_words(ports: list[int], own: int, folder: Path) -> str:
    """Return the shipped configuration for these replicas, without TLS."""
    words = SHIPPED.read_text()
    for number, port in enumerate(ports, 1):
        words = words.replace(f"zones-{number}:8000", f"127.0.0.1:{port}")
    begin, end_ = words.index("    server {\n        listen 80;"), words.index("        listen 443")
    words = words[:begin] + "    server {\n" + words[end_:]
    words = words.replace("listen 443 ssl http2", f"listen 127.0.0.1:{own}")
    kept = [line for line in words.splitlines() if not line.strip().startswith("ssl_")]
    return "\n".join(kept).replace("/tmp/nginx.pid", str(folder / "nginx.pid"))  # noqa: S108


@contextmanager
def proxied(replicas: list[Replica], folder: Path) -> Iterator[str]:
    """Run nginx before the replicas and give its address."""
    own = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(proxy_words([each.port for each in replicas], own, folder))
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", configuration, "-g", "daemon off;"],
            stderr=log,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{own}"
    finally:
        end(process)


class Traffic:
    """Readers and a writer that go on until they are told to stop."""

    def __init__(self, address: str, replicas: list[Replica], tally: Tally) -> None:
        self._address, self._replicas, self._tally = address, replicas, tally
        self._stopped = threading.Event()
        self.value = 0
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        self._threads.append(threading.Thread(target=self._write))
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stopped.set()
        for each in self._threads:
            each.join()

    def _each(self, act: Callable[[httpx.Client], httpx.Response]) -> Iterator[httpx.Response]:
        with httpx.Client(base_url=self._address, headers=HEADERS, timeout=30) as client:
            while not self._stopped.is_set():
                try:
                    answer = act(client)
                except httpx.TransportError:
                    self._tally.resets += 1
                    continue
                if answer.is_success:
                    yield answer
                elif answer.status_code == 502 and answer.request.method == "POST":
                    self._tally.cut_off += 1  # a replica died over it: never sent to another
                else:
                    self._tally.faults[f"{answer.status_code} {answer.request.method}"] += 1
                    time.sleep(0.05)

    def _read(self) -> None:
        for answer in self._each(lambda client: client.get(ITEMS)):
            self._tally.reads += 1
            values = {each["properties"]["value"] for each in answer.json()["features"]}
            self._tally.mixed += len(values) > 1

    def _write(self) -> None:
        for answer in self._each(lambda client: change_all(client, self.value + 1)):
            self._tally.writes += 1
            self.value += 1
            self._follow(int(answer.headers["x-revision"]))

    def _follow(self, revision: int) -> None:
        """Note how long replicas take to show a revision, those that answer at all."""
        began = time.monotonic()
        for replica in self._replicas:
            while (shown := replica.revision()) is not None and shown < revision:
                if time.monotonic() - began > 10:
                    self._tally.lost += 1
                    return
        self._tally.behind_s.append(time.monotonic() - began)


def change_all(client: httpx.Client, value: int) -> httpx.Response:
    """Give every feature the same new value, in one revision."""
    put = [
        {
            "type": "Feature",
            "id": f"f{number}",
            "geometry": {"type": "Point", "coordinates": [123.4 + number / 1000, 41.79]},
            "properties": {"value": value},
        }
        for number in range(COUNT)
    ]
    seen = client.get("/edits?collections=mine")
    if not seen.is_success:
        return seen
    document = {"changes": [{"collection": "mine", "put": put}], "note": str(value)}
    return client.post("/edits", json=document, headers={"If-Match": seen.headers["etag"]})


def run(
    minutes: float, seed: int, *, reads: float = math.inf, workers: int = 1, kills: bool = True
) -> Tally:
    """Return what came of killing one replica after the other for so long, or until so many reads.

    Without ``kills`` all stay alive; each has so many worker processes.
    """
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - moments that can be repeated
    cluster = started_cluster()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder, limit = Path(name), Limit(minutes, reads)
            environment = environment_of(folder, cluster.new_store(), workers)
            _run_in(folder, environment, tally, limit, chance if kills else None)
    finally:
        cluster.remove()
    return tally


class Limit(NamedTuple):
    """How long traffic lasts, and how many reads; whichever is reached first."""

    minutes: float
    reads: float


def environment_of(folder: Path, store: str, workers: int) -> dict[str, str]:
    """Return the settings of a replica."""
    return {
        "ZONES_STORE": store,
        "ZONES_WORK_DIR": str(folder / "work"),
        "ZONES_ADMIN_KEY": ADMIN_KEY,
        "ZONES_MIN_FREE_MB": "0",
        "ZONES_TRUSTED_PROXIES": "127.0.0.1",
        "ZONES_WORKERS": str(workers),
    }


def _run_in(
    folder: Path,
    environment: dict[str, str],
    tally: Tally,
    limit: Limit,
    chance: random.Random | None,
) -> None:
    replicas = [Replica(folder, environment) for _ in range(2)]
    try:
        for each in replicas:
            each.wait()
        with proxied(replicas, folder) as address:
            _under_traffic(address, replicas, tally, limit, chance)
    finally:
        for each in replicas:
            end(each.process)
            each.client.close()


def _under_traffic(
    address: str,
    replicas: list[Replica],
    tally: Tally,
    limit: Limit,
    chance: random.Random | None,
) -> None:
    with httpx.Client(base_url=address, headers=HEADERS, timeout=30) as client:
        assert client.post("/collections", json={"id": "mine"}).status_code == 201
        assert change_all(client, 0).is_success
    traffic, until = Traffic(address, replicas, tally), time.monotonic() + 60 * limit.minutes
    while time.monotonic() < until and tally.reads < limit.reads:
        if chance is None:
            time.sleep(0.2)
        else:
            _kill_one(chance, replicas, tally)
    traffic.stop()
    with httpx.Client(base_url=address, headers=HEADERS) as client:
        features = client.get(ITEMS).json()["features"]
        tally.lost += any(each["properties"]["value"] < traffic.value for each in features)


def _kill_one(chance: random.Random, replicas: list[Replica], tally: Tally) -> None:
    time.sleep(chance.uniform(0.5, 3))
    victim = chance.choice(replicas)
    victim.kill()
    tally.kills += 1
    victim.begin()
    victim.wait()


def main() -> int:
    """Run as the command line asks; 1 if anything was answered wrongly or lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reads", type=float, default=math.inf, help="end after so many")
    parser.add_argument("--workers", type=int, default=1, help="of each replica")
    parser.add_argument("--no-kills", action="store_true", help="let all stay alive")
    chosen = parser.parse_args()
    kills = not chosen.no_kills
    tally = run(
        chosen.minutes, chosen.seed, reads=chosen.reads, workers=chosen.workers, kills=kills
    )
    print(json.dumps(tally.as_json()))
    return 1 if tally.faults or tally.mixed or tally.lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
