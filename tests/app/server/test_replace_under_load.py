"""Reads while a collection is replaced: each is wholly of the old or wholly of the new revision."""

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.app.processes import Server, server

READS, CLIENTS = 10_000, 4
OLD, NEW = 300, 200
IMPORTS = "/collections/zones/imports"
PLACE = {"lon": 123.405, "lat": 41.79}


def zones(number: int, generation: str) -> bytes:
    """Return so many zones, all named by their generation; the first holds the place."""
    side = 0.001
    features = []
    for index in range(number):
        west, south = 123.4045 + index % 20 * side, 41.7895 + index // 20 * side
        ring = [
            [west, south],
            [west + side, south],
            [west + side, south + side],
            [west, south + side],
            [west, south],
        ]
        features.append(
            {
                "type": "Feature",
                "id": f"zone-{index}",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"name": generation, "name_en": generation},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def replace(running: Server, number: int, generation: str) -> int:
    """Replace the zones and return the revision that this made."""
    sent = running.client.post(
        IMPORTS,
        files={"file": ("zones.geojson", zones(number, generation))},
        data={"crs": "CRS84"},  # made zones do not fit the district, and nobody is to be asked
        headers={"Prefer": "wait=30"},
    )
    assert sent.status_code == 201, sent.text
    return int(sent.json()["revision"])


class Reader:
    """Reads by turns the items, one of them, and a place, over connections of its own."""

    def __init__(self, url: str, turns: Any, stop: threading.Event) -> None:
        self._url, self._turns, self._stop = url, turns, stop
        self.seen: dict[int, set[str]] = {}
        self.counts: dict[int, set[int]] = {}

    def run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while (turn := next(self._turns)) < READS or not self._stop.is_set():
                if turn % 50 == 0:  # now and then the other worker
                    client.headers["Connection"] = "close"
                (self._items, self._feature, self._place)[turn % 3](client)
                client.headers.pop("Connection", None)

    def _items(self, client: httpx.Client) -> None:
        answer = client.get("/collections/zones/items", params={"limit": 20})
        told = answer.json()
        self._keep(answer, {item["properties"]["name"] for item in told["features"]})
        self.counts.setdefault(_revision(answer), set()).add(told["numberMatched"])

    def _feature(self, client: httpx.Client) -> None:
        answer = client.get("/collections/zones/items/zone-7")
        self._keep(answer, {answer.json()["properties"]["name"]})

    def _place(self, client: httpx.Client) -> None:
        answer = client.get("/locate", params=PLACE)
        told = answer.json()
        assert told["revision"] == _revision(answer)
        by_bounds = {zone["name"] for zone in told["zones"] if "bounds" in zone["by"]}
        self._keep(answer, by_bounds)

    def _keep(self, answer: httpx.Response, names: set[str]) -> None:
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"].strip('W/"').startswith(f"r{_revision(answer)}")
        self.seen.setdefault(_revision(answer), set()).update(names)


def _revision(answer: httpx.Response) -> int:
    return int(answer.headers["x-revision"])


@pytest.mark.slow
def test_each_of_ten_thousand_reads_is_of_one_revision_while_two_workers_replace(
    seeded_file: Path, tmp_path: Path
) -> None:
    store = Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))
    with server(store, workers=2) as running:
        generations = {replace(running, OLD, "旧"): ("旧", OLD)}
        turns, stop = count(), threading.Event()
        url = str(running.client.base_url)
        readers = [Reader(url, turns, stop) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            ended = [pool.submit(reader.run) for reader in readers]
            try:
                for number, name in [(NEW, "新"), (OLD, "旧"), (NEW, "新")]:
                    generations[replace(running, number, name)] = (name, number)
            finally:
                stop.set()
        for end in ended:
            end.result()
    assert next(turns) >= READS
    seen = {revision for reader in readers for revision in reader.seen}
    assert len(seen) > 1, "nothing was read on one side of a replacement"
    for reader in readers:
        for revision, names in reader.seen.items():
            assert names == {generations[revision][0]}
        for revision, counts in reader.counts.items():
            assert counts == {generations[revision][1]}
