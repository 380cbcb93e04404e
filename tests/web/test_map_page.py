"""The map page in a browser: everything drawn, everything ours, everything answerable."""

import math
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import FloatRect, Page, expect

from zones.crs.gcj02_bd09 import wgs84_to_bd09, wgs84_to_gcj02
from zones.crs.transform import from_storage_xy, parse_crs

from .conftest import PHONE, WIDE, Visit

Visitor = Callable[..., Visit]
EVERYTHING = (
    "/map?lang=zh"
    "#on=zones,axes,belts,belt_lines,subdistricts,sites,disputes,borders,district,basemap"
)
SOMEWHERE = (123.388, 41.738)


def drawn_features(visit: Visit) -> dict[str, int]:
    """Return how many features of each collection have a path in the page."""
    found: dict[str, int] = visit.page.evaluate(
        """() => {
            const seen = {};
            for (const path of document.querySelectorAll("path[data-feature]")) {
                (seen[path.dataset.collection] ??= new Set()).add(path.dataset.feature);
            }
            return Object.fromEntries(Object.entries(seen).map(([id, set]) => [id, set.size]));
        }"""
    )
    return found


def eventually(page: Page, holds: Callable[[], bool]) -> bool:
    """Return whether something holds within five seconds.

    Playwright's own wait_for_function would evaluate text in the page, which its policy forbids.
    """
    for _ in range(50):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def with_geometry(base: str, collection: str) -> int:
    answer = httpx.get(f"{base}/collections/{collection}/items", params={"limit": 10_000})
    return sum(feature["geometry"] is not None for feature in answer.json()["features"])


def test_every_feature_that_has_a_place_is_drawn(visit: Visitor) -> None:
    opened = visit()
    opened.open(EVERYTHING)
    drawn = drawn_features(opened)
    assert len(drawn) == 10
    assert drawn == {id_: with_geometry(opened.base, id_) for id_ in drawn}


def test_root_is_the_map_for_a_browser(visit: Visitor) -> None:
    page = visit().open("/")
    expect(page.locator("#panel-title")).to_have_text("六区两轴一带")


def test_click_tells_zone_border_and_profile(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh#view=41.7760,123.4060,14")
    page.locator(".folium-map").click(position={"x": 516, "y": 422})
    expect(page.locator(".verdict")).to_contain_text("南市场历史文化产业集聚区")
    expect(page.locator(".placement")).to_contain_text("最近边界")
    profile = page.locator("[data-profile='zone-nanshichang']")
    expect(profile).to_contain_text("东至三经街、南至浑河、西至南京街及和平大街、北至市府大路")
    expect(profile).to_contain_text("马路湾街道")


def test_place_in_a_disputed_block_is_not_certain(visit: Visitor) -> None:
    lon, lat = SOMEWHERE
    page = visit().open(f"/map?lang=zh#at={lon},{lat}")
    expect(page.locator(".verdict-unsure")).to_contain_text("c04")
    page.get_by_role("button", name="在图上看争议范围").first.click()
    expect(page.locator("path[data-collection='disputes']").first).to_be_attached()
    expect(page.locator("#panel-body")).to_contain_text("长白街道")


def test_place_outside_the_district_says_so(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh#at=123.30,41.80")
    expect(page.locator(".verdict")).to_have_text("不在和平区内")


def test_enter_asks_for_the_centre_of_the_map(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh#view=41.7760,123.4060,14")
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("南市场")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("满融", "满融国际化生态科技示范区"), ("nsc", "南市场"), ("东北大学", "东北大学")],
)
def test_search_by_keyboard_flies_to_what_it_finds(visit: Visitor, typed: str, found: str) -> None:
    page = visit().open("/map?lang=zh")
    before = page.evaluate("map_page.getCenter().lat")
    page.fill("#search", typed)
    expect(page.locator("[role=option]").first).to_contain_text(found)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text(found)
    assert eventually(page, lambda: abs(page.evaluate("map_page.getCenter().lat") - before) > 0.001)


def test_site_without_a_place_says_so_and_stays_off_the_map(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    page.fill("#search", "郎朗钢琴广场")
    page.locator("[role=option]").first.click()
    expect(page.locator(".no-place")).to_contain_text("原文没有给出坐标")


def test_element_list_leads_to_a_profile_and_back(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    page.locator("[data-element='belt-hunhe']").click()
    expect(page.locator("[data-profile='belt-hunhe']")).to_contain_text("12.9 公里")
    page.locator("#panel-back").click()
    expect(page.locator("[data-element='belt-hunhe']")).to_be_visible()


def test_place_known_only_to_within_a_circle_is_drawn_as_that_circle(visit: Visitor) -> None:
    page = visit().open(
        "/map?lang=zh#view=41.78266,123.39555,16&on=zones,sites&sel=sites/pl-zhong-shan-gong-yuan"
    )
    circle = page.locator("path[data-feature='pl-zhong-shan-gong-yuan']")
    expect(circle).to_have_class(re.compile("site-circle"))
    width = circle.bounding_box()["width"]
    metres_per_pixel = 156_543.03 * math.cos(math.radians(41.78266)) / 2**16
    assert width * metres_per_pixel == pytest.approx(700, rel=0.05)
    expect(page.locator(".no-place")).to_contain_text("350 米")
    point = page.locator("path[data-feature='pl-zhong-hua-lu']")
    expect(point).not_to_have_class(re.compile("site-circle"))


def test_layer_list_hides_and_shows(visit: Visitor) -> None:
    opened = visit()
    page = opened.open("/map?lang=zh")
    page.locator("input[data-layer='sites']").uncheck()
    assert "sites" not in drawn_features(opened)
    page.locator("input[data-layer='sites']").check()
    page.wait_for_selector("path[data-collection='sites']")
    assert "sites" in page.evaluate("location.hash")
    expect(page.locator("#usual-layers")).to_be_hidden()


def test_layers_stay_as_chosen_until_the_usual_ones_are_asked_for(visit: Visitor) -> None:
    opened = visit()
    page = opened.open("/map?lang=zh")
    page.locator("input[data-layer='sites']").uncheck()
    expect(page.locator("#usual-layers")).to_be_visible()
    opened.open("/")
    expect(page.locator("input[data-layer='sites']")).not_to_be_checked()
    assert "sites" not in drawn_features(opened)
    assert "on=" in page.evaluate("location.hash")
    page.goto("about:blank")
    opened.open("/#view=41.76500,123.41000,14.5")  # a link shows what it says
    expect(page.locator("input[data-layer='sites']")).to_be_checked()
    page.goto("about:blank")
    opened.open("/")
    page.locator("#usual-layers").click()
    expect(page.locator("input[data-layer='sites']")).to_be_checked()
    expect(page.locator("#usual-layers")).to_be_hidden()
    page.goto("about:blank")
    opened.open("/")
    expect(page.locator("input[data-layer='sites']")).to_be_checked()


def test_address_brings_back_view_layers_and_choice(visit: Visitor) -> None:
    opened = visit()
    page = opened.open("/map?lang=zh#view=41.76500,123.41000,14.5&on=zones,axes&sel=zone-sanhaojie")
    expect(page.locator("[data-profile='zone-sanhaojie']")).to_be_visible()
    assert set(drawn_features(opened)) == {"zones", "axes"}
    assert page.evaluate("map_page.getZoom()") == 14.5


def test_collections_of_the_query_are_shown_at_first(visit: Visitor) -> None:
    opened = visit()
    opened.open("/map?lang=zh&collections=subdistricts")
    assert drawn_features(opened) == {"subdistricts": 10}


def test_box_of_the_query_is_in_view(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh&bbox=123.40,41.76,123.42,41.78")
    assert page.evaluate("map_page.getBounds().contains([[41.76, 123.40], [41.78, 123.42]])")
    assert page.evaluate("map_page.getZoom()") > 13


def test_pinned_revision_is_told_and_asked_for(visit: Visitor) -> None:
    opened = visit()
    page = opened.open("/map?lang=zh&revision=1")
    expect(page.locator(".pinned")).to_contain_text("修订版 1")
    assert all("revision=1" in url for url in opened.requests if "/items" in url)


def test_schematic_parts_of_axes_are_dashed(visit: Visitor) -> None:
    page = visit().open("/map?lang=zh")
    assert page.locator("path.axis-schematic").count() > 0
    for path in page.locator("path.axis-schematic").all():
        assert path.get_attribute("stroke-dasharray")
    assert page.locator("path.axis-traced").first.get_attribute("stroke-dasharray") is None


@pytest.mark.parametrize("system", ["EPSG:4490", "EPSG:4550", "EPSG:4529", "gcj02", "bd09"])
def test_readout_agrees_with_the_library(visit: Visitor, system: str) -> None:
    lon, lat = SOMEWHERE
    page = visit().open(f"/map?lang=zh#view={lat},{lon},15")
    page.locator("#readout select").select_option(system)
    page.evaluate(
        "([lat, lon]) => map_page.fire('mousemove', {latlng: L.latLng(lat, lon)})", [lat, lon]
    )
    shown = [
        float(text.split(")")[-1].strip("经度纬 "))
        for text in readout(page.locator("#readout output span").all_inner_texts())
    ]
    assert shown == pytest.approx(expected(system, lon, lat), abs=0.006 if "45" in system else 6e-7)


def test_coordinates_of_an_answer_follow_the_chosen_system(visit: Visitor) -> None:
    lon, lat = SOMEWHERE
    page = visit().open(f"/map?lang=zh#at={lon},{lat}")
    expect(page.locator(".coordinates")).to_contain_text("123.388000")
    page.locator("#readout select").select_option("EPSG:4529")
    expect(page.locator(".coordinates")).to_contain_text("415")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".every-system summary").click()
    expect(page.locator(".every-system li")).to_have_count(5)
    page.get_by_role("button", name="复制 EPSG:4550 坐标").click()
    expect(page.locator(".every-system")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [float(each) for each in copied.split(", ")] == pytest.approx(
        expected("EPSG:4550", lon, lat), abs=0.006
    )


def readout(texts: list[str]) -> list[str]:
    return [text.replace("X（北）", "").replace("Y（东）", "") for text in texts]


def expected(system: str, lon: float, lat: float) -> list[float]:
    """Return what the library says, in the order that the readout shows."""
    if system == "gcj02":
        return [float(value) for value in wgs84_to_gcj02(lon, lat)]
    if system == "bd09":
        return [float(value) for value in wgs84_to_bd09(lon, lat)]
    if system == "EPSG:4490":
        return [lon, lat]
    east, north = from_storage_xy(lon, lat, parse_crs(system))
    return [north, east]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_nothing_is_wider_than_the_window(visit: Visitor, lang: str, size: tuple[int, int]) -> None:
    for path in ("/map", "/plan", "/plan/zone-manrong", "/plan/areas"):
        page = visit(size).open(f"{path}?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_controls_do_not_lie_over_each_other_on_a_phone(visit: Visitor) -> None:
    page = visit(PHONE).open("/map?lang=zh")
    boxes = {
        name: page.locator(name).first.bounding_box()
        for name in (
            "#search",
            "#layers-button",
            "#readout",
            ".north",
            ".leaflet-control-zoom",
            "#panel",
        )
    }
    for one, first in boxes.items():
        for other, second in boxes.items():
            assert one == other or apart(first, second), (one, other)


def apart(a: FloatRect | None, b: FloatRect | None) -> bool:
    assert a is not None
    assert b is not None
    beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


def test_phone_opens_layers_and_moves_the_sheet(visit: Visitor) -> None:
    page = visit(PHONE).open("/map?lang=zh")
    page.locator("#layers-button").tap()
    page.locator("input[data-layer='sites']").uncheck()
    page.locator("#layers-close").tap()
    before = page.locator("#panel").bounding_box()
    page.locator("#panel-grip").tap()
    page.wait_for_timeout(400)
    after = page.locator("#panel").bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    page.locator(".menu summary").click()
    page.locator(".menu .nav a").first.click(trial=True)  # nothing lies over it


def test_choice_in_the_list_of_a_phone_uncovers_the_map(visit: Visitor) -> None:
    page = visit(PHONE).open("/map?lang=zh")
    page.locator("#layers-button").tap()
    page.locator(".element-row").first.tap()
    expect(page.locator("#layers")).to_be_hidden()
    expect(page.locator("[data-profile='zone-beishichang']")).to_be_visible()


def test_english_page_shows_english(visit: Visitor) -> None:
    page = visit(locale="en-GB").open("/map?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("[data-element='axis-nanjingjie']").click()
    expect(page.locator("[data-profile]")).to_contain_text("Planned length")
    expect(page.locator("[data-profile]")).to_contain_text("Nanjing Street Urban-Drive")


def test_status_of_the_data_is_always_on_the_map(visit: Visitor) -> None:
    for size in (WIDE, PHONE):
        page = visit(size).open("/map?lang=zh")
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("非官方界线")
        expect(page.locator(".leaflet-control-attribution")).to_be_visible()
