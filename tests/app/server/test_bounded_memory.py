"""What is remembered of public reads stays within the bound, whatever is asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import shapely
from numpy.typing import NDArray

from app.observe.cache_memory_shares import SHARES
from tests.app.processes import Server, server
from zones.crs.transform import CRS
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

pytestmark = pytest.mark.slow

FEATURES, REVISIONS = 20_000, 5
CACHE_MB = 64
BESIDES_MB = 150
"""For answers on their way, and the libraries that exports load: 100 MB of files."""


def place(number: int) -> NDArray[np.float64]:
    return np.array([123.3 + number % 200 * 1e-3, 41.7 + number // 200 * 1e-3])


def polygons(generation: int) -> list[Feature]:
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * (1e-4 + 1e-6 * generation)
    return [
        Feature(
            f"f{number}",
            shapely.Polygon(ring + place(number)),
            {"name": f"地块{number}", "code": f"{number:012}", "generation": generation},
        )
        for number in range(FEATURES)
    ]


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = Path(shutil.copy(seeded_file, tmp_path_factory.mktemp("memory") / "zones.sqlite"))
    opened = open_store(f"sqlite:///{store}")
    info = CollectionInfo("mine", "我的", "Mine")
    for generation in range(REVISIONS):
        change = Change("mine", put=polygons(generation), collection=info)
        opened.apply([change], RevisionNote("test", "test"))
    opened.close()
    with server(store, cache_mb=str(CACHE_MB)) as started:
        started.client.timeout = 120
        yield started


def memory_mb(running: Server) -> float:
    """Return what the service takes of the machine's memory."""
    return float(psutil.Process(running.process.pid).memory_full_info().pss) / 2**20


def cached_bytes(running: Server) -> dict[str, float]:
    lines = running.client.get("/metrics").text.splitlines()
    told = (line.split() for line in lines if line.startswith("zones_cache_bytes{"))
    return {name.split('"')[1]: float(value) for name, value in told}


def ask(running: Server, path: str, **params: object) -> None:
    answer = running.client.get(path, params={k: str(v) for k, v in params.items()})
    assert answer.status_code in {200, 204}, answer.text[:500]


def test_every_door_in_every_system_and_revision_stays_within_the_bound(running: Server) -> None:
    ask(running, "/collections/mine/items", limit=10)
    ask(running, "/collections/mine/items", limit=10, bbox="123.3,41.7,123.31,41.71")
    before = memory_mb(running)
    for crs in CRS:
        for offset in range(0, FEATURES, 10_000):
            ask(running, "/collections/mine/items", limit=10_000, offset=offset, crs=crs.key)
    current = REVISIONS + 1
    for revision in range(2, current):
        ask(running, "/collections/mine/items", limit=10_000, revision=revision, crs="gcj02")
        ask(running, "/collections/mine/items/f1", revision=revision)
        ask(running, f"/collections/mine/revisions/{revision}/diff")
    for x in range(13_800, 13_810):
        ask(running, f"/collections/mine/tiles/WebMercatorQuad/14/6103/{x}")
    for f in ("gpkg", "shp", "csv", "parquet", "fgb", "geojson"):
        ask(running, "/collections/mine/export", f=f, crs="EPSG:4550")
    for collection in ("mine", "subdistricts", "zones", "mine,zones"):
        ask(running, "/locate", lon=123.4, lat=41.79, collections=collection)
    ask(running, "/plan/attribution", of="zones", by="mine")
    ask(running, "/collections/mine/items", limit=100)
    cached = cached_bytes(running)
    assert set(cached) == set(SHARES)
    assert sum(cached.values()) <= CACHE_MB * 2**20, cached
    assert cached["features"] > 0
    grown = memory_mb(running) - before
    print(f"grown by {grown:.0f} MB, {cached}")
    assert grown <= CACHE_MB + BESIDES_MB, (grown, cached)
