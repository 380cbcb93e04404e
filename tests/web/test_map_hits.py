"""A click on the map: each feature at the place, kept in the link; placeless ones are listed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Visit

Visitor = Callable[..., Visit]
PLACE_OF = """([lon, lat]) => {
    const map = window[JSON.parse(document.getElementById("page-data").textContent).map];
    map.setView([lat, lon], 16, { animate: false });
    const { x, y } = map.latLngToContainerPoint([lat, lon]);
    const { left, top } = map.getContainer().getBoundingClientRect();
    return [x + left, y + top];
}"""


def sites(base: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(
        f"{base}/collections/sites/items", params={"limit": 1000}
    ).json()["features"]
    return found


def stacked(base: str) -> list[dict[str, Any]]:
    """Return the sites of the point that most of them share, known well enough to be dots."""
    by_point: dict[tuple[float, ...], list[dict[str, Any]]] = {}
    for site in sites(base):
        if site["geometry"] and (site["properties"]["accuracy_m"] or 0) < 250:
            by_point.setdefault(tuple(site["geometry"]["coordinates"]), []).append(site)
    return max(by_point.values(), key=len)


def click(page: Page, coordinates: list[float]) -> None:
    page.mouse.click(*page.evaluate(PLACE_OF, coordinates))


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_stacked_sites_are_listed_chosen_and_kept_in_the_link(
    visit: Visitor, size: tuple[int, int]
) -> None:
    one = visit(size)
    piled = stacked(one.base)
    assert len(piled) > 1
    page = one.open("/map?lang=zh#on=zones,sites")
    if size == PHONE:
        page.locator("#panel-hide").click()
    click(page, piled[0]["geometry"]["coordinates"])
    choices = page.locator(".hit-choice")
    expect(choices.first).to_be_visible(timeout=20_000)
    names = {site["properties"]["name"] for site in piled}
    assert names <= set(choices.locator("b").all_inner_texts())
    wanted = piled[-1]["properties"]["name"]
    choices.filter(has_text=wanted).first.click()
    expect(page.locator(".hit-choice[aria-current]")).to_contain_text(wanted)
    expect(page.locator(".feature-name")).to_have_text(wanted)
    assert piled[-1]["id"] in page.evaluate("decodeURIComponent(location.hash)")

    again = visit(size)
    again.page.goto(page.url)
    expect(again.page.locator(".feature-name")).to_have_text(wanted, timeout=20_000)


def test_sites_without_a_position_are_counted_and_listed(visit: Visitor) -> None:
    one = visit()
    page = one.open("/map?lang=zh#on=zones,sites")
    missing = [site for site in sites(one.base) if site["geometry"] is None]
    button = page.locator("[data-unplaced=sites]")
    expect(button).to_contain_text(str(len(missing)))
    button.click()
    expect(page.locator(".hit-choice")).to_have_count(len(missing))
    page.locator(".hit-choice").first.click()
    expect(page.locator("#panel-title")).to_have_text(missing[0]["properties"]["name"])
