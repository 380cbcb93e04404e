"""The page on which a printed sheet is chosen."""

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import PHONE, Visit

Visitor = Callable[..., Visit]


def test_sheet_follows_what_is_chosen_and_where_its_frame_is_dragged(visit: Visitor) -> None:
    asked = visit(PHONE)
    page = asked.open("/map/print?lang=zh")
    expect(page.locator("#told")).to_contain_text("1:60 000")
    expect(page.locator("#preview")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(f"() => {overflow}") <= 0
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
