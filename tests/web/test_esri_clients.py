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
from urllib.parse import quote

import pytest
import shapely
from playwright.sync_api import Browser

from tests.paths import ROOT
from zones.snapshot.model import Snapshot

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


def asked(browser: Browser, address: str, layer: str) -> dict[str, Any]:
    """Return what the client found out about a layer."""
    page = browser.new_page(locale="zh-CN")
    try:
        page.goto(f"{address}?url={quote(layer)}")
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
    west, south, east, north = map(float, found["bounds"].split(","))
    assert zones.extent is not None
    assert (west, south, east, north) == pytest.approx(tuple(zones.extent), abs=1e-6)
    assert found["title"] == "六区"


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("ZONES_TEST_ARCGIS"), reason="ZONES_TEST_ARCGIS is not set")
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
