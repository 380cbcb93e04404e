"""The page on which a printed sheet is chosen."""

from collections.abc import Callable
from itertools import combinations

from playwright.sync_api import expect

from .conftest import PHONE, Visit

Visitor = Callable[..., Visit]
NAMES = """() => [...document.querySelectorAll(".zone-label")]
  .map((name) => name.getBoundingClientRect())
  .map(({ left, top, right, bottom }) => [left, top, right, bottom])"""


def _touch(a: list[float], b: list[float]) -> bool:
    """Return whether two boxes overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_sheet_follows_what_is_chosen_and_where_its_frame_is_dragged(visit: Visitor) -> None:
    asked = visit(PHONE)
    page = asked.open("/map/print?lang=zh")
    expect(page.locator("#told")).to_contain_text("1:60 000")
    expect(page.locator("#preview")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(f"() => {overflow}") <= 0
    boxes = page.evaluate(NAMES)
    assert len(boxes) >= 6
    assert not any(_touch(a, b) for a, b in combinations(boxes, 2))
    page.select_option("[name=what]", "zone-manrong")
    expect(page.locator("#told")).to_contain_text("1:35 000")
    handle = page.locator(".frame-handle").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + 9, handle["y"] + 9)
    page.mouse.down()
    page.mouse.move(handle["x"] + 40, handle["y"] - 20, steps=4)
    page.mouse.up()
    expect(page.locator("[name=what]")).to_have_value("place")
    expect(page.locator("[name=scale]")).to_have_value("35000")
    page.fill("[name=scale]", "20000")
    expect(page.locator("#told")).to_contain_text("1:20 000")
    link = page.locator("[data-form=pdf]").get_attribute("href") or ""
    assert "scale=20000" in link
    assert "bbox=123." in link
    assert asked.foreign == []
    assert asked.faults == []
