"""Esri's clients in a browser: esri-leaflet, and the ArcGIS Maps SDK for JavaScript.

The SDK takes 370 MB and has a licence of its own, so that it is asked only where the environment
variable ``ZONES_TEST_ARCGIS`` is set.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import shapely
from playwright.sync_api import Browser

from tests.app.clients.parcels import FIFTEEN, put_parcels
from tests.paths import ROOT
from zones.snapshot.model import Snapshot
from zones.store.open_store import open_store

from .conftest import ADMIN_KEY, running_service
from .test_maplibre import Quiet


@contextmanager
def client_page(folder: Path, page: str) -> Iterator[str]:
    """Give the address of a client's page, its packages installed."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    if not (folder / "node_modules").exists():
        ran = subprocess.run(["npm", "ci"], cwd=folder, capture_output=True, text=True, check=False)
        if ran.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
        assert ran.returncode == 0, ran.stderr
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{page}"
        server.shutdown()


@pytest.fixture(scope="module")
def private(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a service that nobody reads without a key; its parcels have Chinese ids and fields."""
    path = tmp_path_factory.mktemp("private") / "zones.sqlite"
    shutil.copy(seeded_file, path)
    store = open_store(f"sqlite:///{path}")
    put_parcels(store)
    store.close()
    with running_service(path, public_read="false") as base:
        yield base


def asked(browser: Browser, address: str, layer: str, **more: str) -> dict[str, Any]:
    """Return what the client found out about a layer."""
    page = browser.new_page(locale="zh-CN")
    try:
        page.goto(f"{address}?{urlencode({'url': layer, **more})}")
        page.wait_for_selector("body[data-ready]", timeout=90_000, state="attached")
        assert page.evaluate("window.faults") == []
        found: dict[str, Any] = page.evaluate("window.result")
        return found
    finally:
        page.close()


@pytest.mark.slow
def test_esri_leaflet_draws_and_asks_a_layer(
    service: str, browser: Browser, seeded_snapshot: Snapshot
) -> None:
    zones = seeded_snapshot.collection("zones")
    layer = f"{service}/arcgis/rest/services/zones/FeatureServer/0"
    with client_page(ROOT / "tests" / "esri_client", "map.html") as address:
        found = asked(browser, address, layer)
    assert set(found["names"]) == set(found["all"]) == set(zones.fids)
    assert found["count"] == len(zones)
    point = shapely.Point(123.41, 41.81)
    assert len(found["within"]) == shapely.intersects(zones.geometries, point).sum()
    assert set(map(int, found["clicked"])) == set(found["within"])
    west, south, east, north = map(float, found["bounds"].split(","))
    assert zones.extent is not None
    assert (west, south, east, north) == pytest.approx(tuple(zones.extent), abs=1e-6)
    assert found["title"] == "六区"


@pytest.mark.slow
def test_esri_leaflet_signs_in_and_finds_chinese_ids_and_values(
    private: str, browser: Browser
) -> None:
    layer = f"{private}/arcgis/rest/services/parcels/FeatureServer/0"
    with client_page(ROOT / "tests" / "esri_client", "map.html") as address:
        found = asked(browser, address, layer, password=ADMIN_KEY, where=FIFTEEN, text="长白")
    assert found["count"] == len(set(found["names"])) == 30
    assert found["all"] == ["地块 15"]
    assert found["title"] == "地块"
    assert len(found["texts"]) == 30


ARCGIS = pytest.mark.skipif(
    not os.environ.get("ZONES_TEST_ARCGIS"), reason="ZONES_TEST_ARCGIS is not set"
)


@ARCGIS
@pytest.mark.slow
def test_the_arcgis_maps_sdk_signs_in_and_finds_chinese_ids_and_values(
    private: str, browser: Browser
) -> None:
    layer = f"{private}/arcgis/rest/services/parcels/FeatureServer/0"
    with client_page(ROOT / "tests" / "arcgis_client", "page.html") as address:
        found = asked(browser, address, layer, password=ADMIN_KEY, where=FIFTEEN)
    assert found["count"] == 30
    assert found["names"] == ["地块 15"]


@ARCGIS
@pytest.mark.slow
def test_the_arcgis_maps_sdk_loads_and_asks_a_layer(
    service: str, browser: Browser, seeded_snapshot: Snapshot
) -> None:
    zones = seeded_snapshot.collection("zones")
    layer = f"{service}/arcgis/rest/services/zones/FeatureServer/0"
    with client_page(ROOT / "tests" / "arcgis_client", "page.html") as address:
        found = asked(browser, address, layer)
    assert set(found["names"]) == set(zones.fids)
    assert found["count"] == len(zones)
    assert found["wkid"] == 4490
    assert ["name", "string", "名称"] in found["fields"]
    sides = [found["extent"][side] for side in ("xmin", "ymin", "xmax", "ymax")]
    assert zones.extent is not None
    assert sides == pytest.approx(tuple(zones.extent), abs=1e-6)
