"""The map's tools, walked through as a planner would: search, compare, measure, share, reopen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import PHONE, WIDE, Visit

Visitor = Callable[..., Visit]
SLOW_MS = 30_000
"""How long an answer may take on a machine that does much else."""


def tool(page: Page, name: str) -> None:
    button = page.locator(f"[data-tool={name}]")
    if not button.is_visible():
        page.click(".tools-fold")
    button.click()


def told(page: Page) -> str:
    expect(page.locator(".tool-told strong")).to_be_visible(timeout=SLOW_MS)
    return page.locator(".tool-told").inner_text()


def test_a_planner_searches_compares_measures_shares_and_comes_back(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    page.fill("#search", "bsc")
    page.locator("#hit-0").filter(has_text="北市场").click()
    expect(page.locator("[data-profile='zone-beishichang']")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".judged-beyond_bound")).to_contain_text("倍", timeout=SLOW_MS)
    tool(page, "distance")
    for x, y in ((480, 500), (560, 500), (560, 560)):
        page.mouse.click(x, y)
    assert "EPSG:4550" in told(page)
    expect(page.locator("[data-profile='zone-beishichang']")).to_be_visible(
        timeout=SLOW_MS
    )  # no click was asked
    page.keyboard.press("Escape")
    expect(page.locator(".tool-box")).to_have_count(0)
    page.locator(".opacity summary").click()
    page.locator("#opacity-zones").fill("40")
    tool(page, "share")
    expect(page.locator("dialog.share .qr path")).to_be_attached()
    link = page.locator("dialog.share input").input_value()
    assert "sel=zone-beishichang" in link
    assert "op=zones%3A40" in link
    page.keyboard.press("Escape")
    again = visit().page
    again.goto(link)
    expect(again.locator("[data-profile='zone-beishichang']")).to_be_visible(timeout=SLOW_MS)
    assert again.evaluate("document.querySelector('.leaflet-zones-pane').style.opacity") == "0.4"
    page.get_by_role("link", name="与另一个比较").click()
    page.select_option("[name=second]", "zone-sanhaojie")
    page.get_by_role("button", name="并列比较").click()
    expect(page.locator(".compare thead th")).to_have_count(2)
    assert "zones=zone-beishichang%2Czone-sanhaojie" in page.url


def test_back_and_escape_lead_through_what_was_chosen(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    page.get_by_role("button", name="北市场民族民俗产业集聚区").first.click()
    expect(page.locator("[data-profile='zone-beishichang']")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="泛太原街商贸金融产业集聚区").first.click()
    expect(page.locator("[data-profile='zone-fantaiyuanjie']")).to_be_visible(timeout=SLOW_MS)
    page.go_back()
    expect(page.locator("[data-profile='zone-beishichang']")).to_be_visible(timeout=SLOW_MS)
    page.go_forward()
    expect(page.locator("[data-profile='zone-fantaiyuanjie']")).to_be_visible(timeout=SLOW_MS)
    page.locator(".folium-map").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#panel-title")).to_have_text("六区两轴一带", timeout=SLOW_MS)


def test_search_and_layers_are_within_five_tab_stops(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    seen = []
    for _ in range(5):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.hash ?? ''"))
    assert {"#search", "#layers-button"} <= set(seen)
    page.locator(".skip[href='#search']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_be_focused()
    assert "search" not in page.evaluate("location.hash")


COORDINATES = {
    "41.786, 123.405": "CGCS2000",
    "东经123°24′18″ 北纬41°47′9.6″": "CGCS2000",
    "4627400 533661.6": "EPSG:4550",
    "41533661.6,4627400": "EPSG:4529",
}


PLACES = {
    "CGCS2000": [123.405, 41.786],
    "EPSG:4550": [123.404907, 41.781076],
    "EPSG:4529": [123.404907, 41.781076],
}


def test_coordinates_in_any_form_are_found_by_the_search(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    for text, system in COORDINATES.items():
        page.fill("#search", text)
        expect(page.locator("#hit-0")).to_contain_text(system, timeout=SLOW_MS)
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text("这里属于哪个区", timeout=SLOW_MS)
        expect(page).to_have_url(re.compile("at="), timeout=SLOW_MS)
        found = re.findall(r"at=([\d.]+),([\d.]+)", page.evaluate("location.hash"))[0]
        assert [float(each) for each in found] == pytest.approx(PLACES[system], abs=2e-5), text
        page.locator(".folium-map").focus()
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("at="), timeout=SLOW_MS)


def test_a_square_of_a_thousand_metres_measures_so_on_a_phone(visit: Visitor) -> None:
    page = visit(PHONE).open("/map?lang=zh#view=41.786,123.405,14")
    tool(page, "area")
    for x, y in ((120, 300), (240, 300), (240, 420), (120, 420)):
        page.mouse.click(x, y)
    area = told(page)
    expect(page.locator("#panel")).to_have_attribute("data-height", "low")
    width = page.evaluate(
        """() => {
            const map = window[JSON.parse(document.getElementById("page-data").textContent).map];
            const at = (x) => map.containerPointToLatLng([x, 200]);
            return map.distance(at(0), at(120));
        }"""
    )
    hectares = float(re.findall(r"([\d.]+) 公顷", area)[0])
    # Leaflet's distance is on a sphere, which is off by up to half a percent.
    assert hectares == pytest.approx(width * width / 1e4, rel=0.01)
    page.locator(".tool-box").get_by_role("button", name="关闭").click()
    expect(page.locator("#panel")).to_have_attribute("data-height", "half")


def test_presenting_shows_the_map_alone_until_escape(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    tool(page, "present")
    expect(page.locator(".present-list li")).to_have_count(9)
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="结束演示").click()
    expect(page.locator(".panel")).to_be_visible(timeout=SLOW_MS)


PAGES = (
    "/plan/indicators",
    "/plan/conflicts",
    "/plan/compare?zones=zone-beishichang,zone-manrong,belt-hunhe",
    "/plan/zone-manrong/brief",
    "/plan/zone-manrong",
    "/plan/areas",
)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_plans_pages_break_no_rule_of_axe_and_fit(
    visit: Visitor, size: tuple[int, int]
) -> None:
    begun = visit(size)
    for path in PAGES:
        page = begun.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert violations(page) == [], path
