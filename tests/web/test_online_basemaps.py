"""Tiles of others: only when allowed, and our layers follow their datum."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from zones.crs.gcj02_bd09 import wgs84_to_gcj02
from zones.map_page.basemaps import TILE_HOST_OSM, TILE_HOSTS_AMAP

from .conftest import Visit, running_service

Visitor = Callable[..., Visit]
PLACE = (123.40600, 41.77600)


@pytest.fixture(scope="module")
def online_service(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a service that offers 高德 and OpenStreetMap."""
    store = tmp_path_factory.mktemp("online") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with running_service(store, online_basemaps="true") as base:
        yield base


def choose(page: Page, basemap: str) -> None:
    page.locator("[aria-controls='group-base']").click()
    page.locator(f"input[name='basemap'][value='{basemap}']").check()


def test_no_basemap_of_others_is_offered_unasked(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    assert page.locator("input[name='basemap']").count() == 0


def test_amap_shifts_every_layer_by_its_address(visit: Visitor, online_service: str) -> None:
    opened = visit(base=online_service, tile_servers=TILE_HOSTS_AMAP)
    page = opened.open("/map?lang=zh")
    plain = [url for url in opened.requests if "/items" in url]
    assert plain
    assert not any("crs=" in url for url in plain)
    opened.requests.clear()
    with page.expect_response(lambda answer: "/collections/zones/items" in answer.url):
        choose(page, "amap")
    page.wait_for_selector("path[data-collection='zones']")
    shifted = [url for url in opened.requests if "/items" in url]
    assert len(shifted) == len(plain)
    assert all("crs=gcj02" in url for url in shifted)
    assert opened.foreign_tiles


def test_click_on_amap_is_asked_in_gcj02_and_answered_for_the_same_ground(
    visit: Visitor, online_service: str
) -> None:
    lon, lat = PLACE
    opened = visit(base=online_service, tile_servers=TILE_HOSTS_AMAP)
    page = opened.open(f"/map?lang=zh&basemap=amap#view={lat},{lon},15")
    opened.requests.clear()
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".placement")).to_contain_text("123.40600")
    expect(page.locator(".placement")).to_contain_text("41.77600")
    assert any("/locate" in url and "crs=gcj02" in url for url in opened.requests)


def test_same_ground_stays_in_view_over_a_change_of_datum(
    visit: Visitor, online_service: str
) -> None:
    lon, lat = PLACE
    opened = visit(base=online_service, tile_servers=TILE_HOSTS_AMAP)
    page = opened.open(f"/map?lang=zh#view={lat},{lon},15")
    choose(page, "amap")
    page.wait_for_timeout(500)
    centre = page.evaluate("[map_page.getCenter().lng, map_page.getCenter().lat]")
    assert centre == pytest.approx([float(v) for v in wgs84_to_gcj02(lon, lat)], abs=2e-5)
    choose_again = page.locator("input[name='basemap'][value='none']")
    choose_again.check()
    page.wait_for_timeout(500)
    centre = page.evaluate("[map_page.getCenter().lng, map_page.getCenter().lat]")
    assert centre == pytest.approx([lon, lat], abs=2e-5)


def test_openstreetmap_needs_no_shift(visit: Visitor, online_service: str) -> None:
    opened = visit(base=online_service, tile_servers=(TILE_HOST_OSM,))
    page = opened.open("/map?lang=zh")
    opened.requests.clear()
    choose(page, "osm")
    page.wait_for_timeout(500)
    assert not any("crs=gcj02" in url for url in opened.requests)
    assert opened.foreign_tiles
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")
