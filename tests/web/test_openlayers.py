"""OpenLayers as a client of WMS and WMTS: layers listed, drawn where they are, asked by a click."""

import base64
import io
from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np
import pytest
import shapely
from PIL import Image
from playwright.sync_api import Browser, Page

from app.map_images.layer_list import PLAN
from tests.app.map_images.places import check_places
from tests.paths import ROOT
from zones.crs.transform import CRS, to_storage_xy
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, TileMatrixSet

from .test_esri_clients import client_page

GRIDS: dict[str, tuple[TileMatrixSet, CRS]] = {
    "EPSG:3857": (WEB_MERCATOR_QUAD, CRS.EPSG_3857),
    "EPSG:4326": (CGCS2000_QUAD, CRS.EPSG_4326),
    "EPSG:4490": (CGCS2000_QUAD, CRS.EPSG_4490),
}
"""A tile's place is what is looked at: its pixels are then those of the picture."""


@pytest.fixture(scope="module")
def ol_page(browser: Browser) -> Iterator[tuple[Page, str]]:
    """Return a page and the address of the client."""
    with client_page(ROOT / "tests" / "openlayers_client", "map.html") as address:
        page = browser.new_page(viewport={"width": 256, "height": 256}, locale="zh-CN")
        yield page, address
        page.close()


@pytest.mark.parametrize("projection", GRIDS)
@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "wms", "version": "1.3.0"},
        {"kind": "wms", "version": "1.1.1"},
        {"kind": "wmts", "encoding": "KVP"},
        {"kind": "wmts", "encoding": "REST"},
    ],
    ids=lambda asked: "-".join(asked.values()),
)
def test_openlayers_draws_zones_where_they_are(
    service: str,
    ol_page: tuple[Page, str],
    seeded_snapshot: Snapshot,
    asked: dict[str, str],
    projection: str,
) -> None:
    page, address = ol_page
    tms, crs = GRIDS[projection]
    bounds = tms.tile_at(13 if tms is WEB_MERCATOR_QUAD else 12, 123.40, 41.76).bounds
    words = {"url": service, "layer": "zones", "projection": projection, **asked}
    words["extent"] = ",".join(map(repr, bounds))
    page.goto(f"{address}?{urlencode(words)}")
    page.wait_for_selector("body[data-ready]", timeout=30_000)
    assert page.evaluate("window.faults") == []
    listed = dict(page.evaluate("window.listed"))
    assert listed.keys() >= {PLAN, *seeded_snapshot.collections}  # others make their own
    assert listed["zones"] == "六区"
    data = page.evaluate("window.picture").partition(",")[2]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))
    assert picture.shape[:2] == (256, 256)
    check_places(picture, tuple(bounds), crs, seeded_snapshot)
    if asked["kind"] == "wms":
        west, south, east, north = bounds
        lon, lat = to_storage_xy((west + east) / 2, (south + north) / 2, crs)
        zones = seeded_snapshot.collection("zones")
        here = shapely.intersects_xy(zones.geometries, lon, lat)
        found = [fid.rpartition(".")[2] for fid in page.evaluate("window.told")]
        assert found == [fid for fid, is_here in zip(zones.fids, here, strict=True) if is_here]
