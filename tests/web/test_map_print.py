"""The map on paper: all of it that was on the screen, its signs, date, revision, how good it is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Visit

Visitor = Callable[..., Visit]
SHOWN = """() => {
    const map = window[JSON.parse(document.getElementById("page-data").textContent).map];
    const { _southWest: one, _northEast: other } = map.getBounds();
    return [one.lng, one.lat, other.lng, other.lat];
}"""
ZONES = """() => {
    const frame = document.querySelector(".map-frame").getBoundingClientRect();
    return [...document.querySelectorAll("path.zone-fill")].map((path) => {
        const box = path.getBoundingClientRect();
        return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top
            && box.bottom <= frame.bottom;
    });
}"""


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator("body.printing")).to_be_attached()
    page.wait_for_timeout(300)


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_the_whole_map_is_printed_with_its_signs(visit: Visitor, size: tuple[int, int]) -> None:
    page = visit(size).open("/?lang=zh")
    before = page.evaluate(SHOWN)
    on_paper(page)
    assert page.evaluate(ZONES) == [True] * 6
    west, south, east, north = page.evaluate(SHOWN)
    assert west <= before[0]
    assert south <= before[1]
    assert east >= before[2]
    assert north >= before[3]
    expect(page.locator("#print-note")).to_contain_text("数据修订版")
    expect(page.locator(".layers-foot")).to_be_visible()
    expect(page.locator(".leaflet-control-scale")).to_be_visible()
    expect(page.locator(".element-row").first).to_be_visible()
    for hidden in (".who", ".search", ".leaflet-control-zoom", "#readout", "[data-layer=borders]"):
        expect(page.locator(hidden).first).not_to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    width, height = page.evaluate("map_page.getSize().toString().match(/\\d+/g).map(Number)")
    assert (width > 900) is (size[0] > 1000), "as wide as the paper"
    assert height > 550

    page.emulate_media(media="screen")
    expect(page.locator("body.printing")).not_to_be_attached()
    assert page.evaluate(SHOWN) == pytest.approx(before, abs=1e-3)
