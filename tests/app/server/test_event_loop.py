"""No page, filter, sheet or export of heavy features holds up the look-ups beside it."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.app.beating import beat, longest_pause
from tests.app.heavy import add_heavy, heavy_polygon
from tests.app.processes import Server, server
from zones.export.export_options import KEYS

pytestmark = pytest.mark.slow

MOST_S = 0.05
COLLECTIONS = tuple(f"heavy{number}" for number in range(3))
"""A door is tried at the next one when it seems slow: what was asked once may be remembered. Other
work on the machine makes one pause longer, or two; what really holds up the loop does so each time.
"""
FIRST_REVISION = 2
"""In which the first of them was made."""

RING = [[round(x, 7), round(y, 7)] for x, y in heavy_polygon(0, 0, 20_000).exterior.coords]
FEATURE = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING]}}
POINTS = [[123.4 + i * 1e-5, 41.79] for i in range(10_000)]
TRIANGLE = "S_INTERSECTS(geometry,POLYGON((123.36 41.75,123.4 41.75,123.4 41.79,123.36 41.75)))"


@pytest.fixture(scope="module")
def beating(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a service with heavy collections, and the file in which its pauses are noted."""
    folder = tmp_path_factory.mktemp("beating")
    store = Path(shutil.copy(seeded_file, folder / "zones.sqlite"))
    for collection in COLLECTIONS:
        add_heavy(store, collection)
    beats = folder / "beats"
    with server(store, module=("tests.app.beating", str(beats))) as running:
        running.client.timeout = 120
        yield running, beats


def getting(path: str, **params: str) -> Callable[[Server, str], Any]:
    def get(running: Server, id_: str) -> Any:
        return running.client.get(path.format(id_), params=params or None)

    return get


def items(**params: str) -> Callable[[Server, str], Any]:
    return getting("/collections/{}/items", limit="25", **params)


def made(collection: str) -> int:
    """Return the revision in which a collection was made."""
    return FIRST_REVISION + COLLECTIONS.index(collection)


DOORS: dict[str, Callable[[Server, str], Any]] = {
    "page": items(),
    "page again": items(),
    "page in metres": items(crs="EPSG:4529"),
    "page in GCJ-02": items(crs="gcj02"),
    "some properties": items(properties="name"),
    "box": items(bbox="123.36,41.75,123.37,41.76"),
    "filter by place": items(filter=TRIANGLE),
    "filter by value": items(filter="area > 3", sortby="-name"),
    "table of items": items(f="html"),
    "former revision": lambda running, id_: items(revision=str(made(id_)), crs="EPSG:4528")(
        running, id_
    ),
    "CSV": items(f="csv"),
    "FlatGeobuf": items(f="fgb"),
    "GeoParquet": items(f="parquet"),
    "GeoPackage": items(f="gpkg"),
    "one feature": getting("/collections/{}/items/f3", crs="EPSG:4550"),
    "page of one feature": getting("/collections/{}/items/f3", f="html"),
    **{f"export as {f}": getting("/collections/{}/export", f=f) for f in KEYS},
    "export in metres": getting("/collections/{}/export", f="shp", crs="EPSG:4550"),
    "tile": getting("/collections/{}/tiles/WebMercatorQuad/14/6103/13803"),
    "tile of the district": getting("/collections/{}/tiles/WebMercatorQuad/10/381/862"),
    "tile of the world": getting("/collections/{}/tiles/WebMercatorQuad/0/0/0"),
    "tile in degrees": getting("/collections/{}/tiles/CGCS2000Quad/9/137/863"),
    "look-up in collections": getting("/locate?lon=123.4&lat=41.79&collections={}"),
    "shares": getting("/plan/attribution?of=zones&by={}"),
    "lengths": getting("/plan/attribution?of=axes&by={}&measure=length"),
    "rollup": getting("/plan/attribution?of={}&by=zones&measure=sum:area"),
    "page of a collection": getting("/collections/{}", f="html"),
    "search": getting("/search", q="地块"),
    "plan": getting("/plan", f="html"),
    "history": lambda running, id_: getting(f"/collections/{id_}/revisions/{made(id_)}/diff")(
        running, id_
    ),
    "many points": lambda running, id_: running.client.post("/locate", json=POINTS),
    "edit": lambda running, id_: running.client.put(f"/collections/{id_}/items/f0", json=FEATURE),
    "page after an edit": items(),
}


@pytest.mark.parametrize("door", DOORS)
def test_look_ups_wait_for_nothing_long(beating: Any, door: str) -> None:
    running, beats = beating
    pauses = []
    for collection in (*COLLECTIONS, *COLLECTIONS):  # the machine may be busy with others
        pauses.append(longest_pause(beats, lambda id_=collection: sent(door, running, id_)))
        if pauses[-1] <= MOST_S:
            return
    raise AssertionError(pauses)


def sent(door: str, running: Server, collection: str) -> None:
    """Ask at a door, which must have an answer."""
    answer = DOORS[door](running, collection)
    assert answer.status_code in {200, 204}, answer.text[:300]


def test_a_pause_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "beats"

    def work() -> None:
        ends = time.process_time() + 2 * MOST_S
        while time.process_time() < ends:
            pass

    async def pausing() -> None:
        task = asyncio.create_task(beat(file))
        await asyncio.sleep(0.01)
        work()
        await asyncio.sleep(0.01)
        task.cancel()

    file.touch()
    with ThreadPoolExecutor(1) as elsewhere:  # a browser of other tests may have a loop in this one
        run = partial(elsewhere.submit, lambda: asyncio.run(pausing()))
        assert longest_pause(file, lambda: run().result()) > MOST_S
