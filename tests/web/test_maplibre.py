"""MapLibre GL JS, told nothing but our TileJSON, draws a collection as it draws its GeoJSON."""

import io
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.app.map_images.places import check_places
from zones.crs.transform import CRS, to_storage_xy
from zones.snapshot.model import Snapshot
from zones.tiles import WEB_MERCATOR_QUAD

from .conftest import CHROMIUM, CHROMIUM_OPTIONS
from .pictures import differing_share

CLIENT = Path(__file__).resolve().parents[1] / "maplibre_client"
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
MIDDLE = (123.41, 41.77)
MOST_DIFFERING = 0.005


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def client_page() -> Iterator[str]:
    """Return the address of the client's page, which another origin serves than the tiles."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    if not (CLIENT / "node_modules" / "maplibre-gl").exists():
        ran = subprocess.run(["npm", "ci"], cwd=CLIENT, capture_output=True, text=True, check=False)
        if ran.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
        assert ran.returncode == 0, ran.stderr
    handler = partial(Quiet, directory=str(CLIENT))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/map.html"
        server.shutdown()


@pytest.fixture(scope="module")
def gl_browser(browser: Browser) -> Iterator[Browser]:
    """Return a Chromium that draws WebGL without a graphics card."""
    options = [*(one for one in CHROMIUM_OPTIONS if one != "--disable-gpu"), *SOFTWARE_GL]
    started = browser.browser_type.launch(executable_path=CHROMIUM, args=options)
    yield started
    started.close()


def drawn(browser: Browser, address: str, **asked: object) -> tuple[bytes, list[dict[str, Any]]]:
    """Return the picture that the client makes, and the properties of what is in it."""
    page: Page = browser.new_page(viewport={"width": 700, "height": 500})
    try:
        page.goto(f"{address}?{urlencode(asked)}")
        page.wait_for_selector("body[data-ready]", timeout=60_000)
        assert page.evaluate("window.faults") == []
        return page.screenshot(), page.evaluate("window.drawn")
    finally:
        page.close()


@pytest.mark.parametrize("collection", ["zones", "subdistricts"])
@pytest.mark.parametrize("zoom", [11, 13.5])
def test_maplibre_draws_tiles_as_it_draws_the_features(
    service: str, client_page: str, gl_browser: Browser, collection: str, zoom: float
) -> None:
    lon, lat = MIDDLE
    at = f"{lon},{lat},{zoom}"
    here = f"{service}/collections/{collection}"
    tilejson = f"{here}/tiles/WebMercatorQuad/tilejson.json"
    tiled, in_tiles = drawn(
        gl_browser, client_page, tilejson=tilejson, collection=collection, at=at
    )
    features, _ = drawn(gl_browser, client_page, geojson=f"{here}/items?limit=10000", at=at)
    assert differing_share(gl_browser, tiled, features) < MOST_DIFFERING
    names = {f["properties"]["name"] for f in httpx.get(f"{here}/items").json()["features"]}
    assert in_tiles
    assert {one["name"] for one in in_tiles} <= names


WMS_OF_MAPLIBRE = (
    "/wms?service=WMS&version=1.3.0&request=GetMap&layers=zones&styles=unlabelled&crs=EPSG:3857"
    "&bbox={bbox-epsg-3857}&width=256&height=256&format=image/png&transparent=true"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "tiles", ["/xyz/zones/web/{z}/{x}/{y}.png?style=unlabelled", WMS_OF_MAPLIBRE]
)
def test_maplibre_puts_pictures_in_their_place(
    service: str, client_page: str, gl_browser: Browser, seeded_snapshot: Snapshot, tiles: str
) -> None:
    zoom = 11
    # On a corner of tiles, so that their pixels are those of the view.
    corner = WEB_MERCATOR_QUAD.tile_at(zoom + 1, *MIDDLE).bounds
    lon, lat = to_storage_xy(corner.west, corner.north, CRS.EPSG_3857)
    address = service + tiles
    shot, _ = drawn(gl_browser, client_page, raster=address, at=f"{lon},{lat},{zoom}")
    picture = np.asarray(Image.open(io.BytesIO(shot)).convert("RGBA")).copy()
    picture[..., 3] = np.where((picture[..., :3] == 255).all(axis=2), 0, 255)
    unit = (corner.east - corner.west) / 256
    bounds = (
        *(corner.west - 350 * unit, corner.north - 250 * unit),
        *(corner.west + 350 * unit, corner.north + 250 * unit),
    )
    # Below is MapLibre's own sign.
    check_places(
        picture[:450],
        (bounds[0], bounds[1] + 50 * unit, *bounds[2:]),
        CRS.EPSG_3857,
        seeded_snapshot,
    )


def test_nothing_but_ground_is_another_picture(
    service: str, client_page: str, gl_browser: Browser
) -> None:
    lon, lat = MIDDLE
    url = f"{service}/collections/zones/items?limit=10000"
    features, _ = drawn(gl_browser, client_page, geojson=url, at=f"{lon},{lat},11")
    elsewhere, _ = drawn(gl_browser, client_page, geojson=url, at=f"{lon + 1},{lat},11")
    assert differing_share(gl_browser, features, elsewhere) > 10 * MOST_DIFFERING
