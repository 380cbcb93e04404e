"""Values are text: whatever a feature, a title or an address is called, nothing of it runs."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from .conftest import ADMIN_KEY, Visit, running_service

Visitor = Callable[..., Visit]
NAME = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>${window.hacked=3}`"
TITLE = "<img src=x onerror=window.hacked=4>"
FEATURE = {
    "type": "Feature",
    "id": "<b>f1</b>",
    "geometry": {"type": "Point", "coordinates": [123.42, 41.76]},
    "properties": {"name": NAME, "note": "<b>bold</b>"},
}


@pytest.fixture(scope="module")
def hostile_service(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a service to which a feature was uploaded whose every text is an attack."""
    store = tmp_path_factory.mktemp("hostile") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with running_service(store) as base:
        upload(base)
        yield base


def upload(base: str) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": [FEATURE]})
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        told = {"id": "hostile", "title": TITLE, "description": TITLE, "kinds": ["point"]}
        client.post("/collections", json=told).raise_for_status()
        client.patch("/collections/hostile", json={"visible": True}).raise_for_status()
        client.post(
            "/collections/hostile/imports",
            files={"file": ("hostile.geojson", content)},
            headers={"Prefer": "wait=30"},
        ).raise_for_status()


def test_hostile_feature_is_text_everywhere_on_the_map(
    visit: Visitor, hostile_service: str
) -> None:
    opened = visit(base=hostile_service)
    page = opened.open("/map?lang=zh#view=41.76,123.42,16")
    point = page.locator("path[data-collection='hostile']")
    point.hover()
    expect(page.locator(".leaflet-tooltip")).to_have_text(NAME)
    expect(page.locator(".label", has_text="<script>")).to_have_text(NAME)
    point.click()
    expect(page.locator(".attributes")).to_contain_text(NAME)
    expect(page.locator(".attributes")).to_contain_text("<b>bold</b>")
    assert page.evaluate("window.hacked") is None


def test_hostile_title_is_text_in_the_list_of_layers(visit: Visitor, hostile_service: str) -> None:
    page = visit(base=hostile_service).open("/map?lang=zh")
    expect(page.locator("label", has=page.locator("[data-layer='hostile']"))).to_contain_text(TITLE)
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("window.hacked") is None


def test_hostile_hit_is_text_in_the_search_list(visit: Visitor, hostile_service: str) -> None:
    page = visit(base=hostile_service).open("/map?lang=zh")
    page.fill("#search", "onerror")
    expect(page.locator("[role=option]").first).to_contain_text(NAME)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text(NAME)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    "fragment",
    [
        "sel=<img src=x onerror=window.hacked=5>",
        "sel=hostile/<script>window.hacked=6</script>",
        "view=NaN,1,2&at=<b>,1&on=nope,<i>&base=javascript:alert(1)",
        "view=,,&at=,",
    ],
)
def test_hostile_address_shows_the_overview_or_a_refusal(
    visit: Visitor, hostile_service: str, fragment: str
) -> None:
    opened = visit(base=hostile_service)
    page = opened.open(f"/map?lang=zh#{fragment}")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    opened.faults = [fault for fault in opened.faults if "404" not in fault]


def test_policy_stops_a_script_that_got_into_the_page(visit: Visitor) -> None:
    opened = visit()
    page = opened.open("/map?lang=zh")
    page.evaluate(
        """() => {
            const script = document.createElement("div");
            script.innerHTML = '<img src="x" onerror="window.hacked = 7">';
            document.body.append(script);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in fault for fault in opened.faults)
    opened.faults.clear()


def test_reloaded_page_still_runs_under_its_new_policy(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    for _ in range(2):
        page.reload()
        page.wait_for_selector("body[data-ready]")
    assert page.locator("path[data-collection='zones']").count() > 0
