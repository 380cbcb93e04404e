"""An area is drawn by clicks and by touch, told what it takes in, and shown again by its link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .conftest import PHONE, WIDE, Visit
from .test_staff_story import OVERFLOW, settled

Visitor = Callable[..., Visit]


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_an_area_is_drawn_measured_and_shown_again_by_its_link(
    visit: Visitor, size: tuple[int, int]
) -> None:
    one = visit(size)
    page = one.open("/sketch")
    settled(page)
    page.locator("#draw").click()
    box = page.locator("#map").bounding_box()
    assert box
    for x, y in [(0.4, 0.3), (0.6, 0.3), (0.6, 0.5), (0.4, 0.5)]:
        at = box["x"] + box["width"] * x, box["y"] + box["height"] * y
        if size == PHONE:
            page.touchscreen.tap(*at)
        else:
            page.mouse.click(*at)
    page.locator("#finish").click()
    report = page.locator(".area-report")
    expect(report).to_contain_text("所占分区", timeout=20_000)
    expect(report).to_contain_text("km²")
    assert page.evaluate(OVERFLOW) <= 0
    if size == PHONE:
        return
    figures = page.locator(".figures").inner_text()
    again = visit(size).page
    again.goto(page.url)
    expect(again.locator(".figures")).to_have_text(figures, use_inner_text=True, timeout=20_000)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 GeoJSON").click()
    assert download.value.suggested_filename == "area.geojson"
