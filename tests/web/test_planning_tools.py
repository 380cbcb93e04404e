"""Swipe, typed coordinates, order of layers, the place of the device, and placing a site."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import ADMIN_KEY, PHONE, Visit
from .test_map_tools import told, tool
from .test_staff_story import OVERFLOW, sign_in

Visitor = Callable[..., Visit]
SLOW_MS = 30_000
SQUARE = "41.786, 123.405\n北纬41.79° 东经123.405°\n41.79,123.41; 4627952.5 534075.5"
UNPLACED = "/collections/sites/items/pl-ai-yin-si-tan"
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


def test_zones_are_swiped_measured_by_typed_places_and_left_in_order(visit: Visitor) -> None:
    one = visit()
    with httpx.Client(base_url=one.base, headers=HEADERS, timeout=60) as client:
        for id_ in ("lower", "upper"):
            made = {"id": id_, "title": id_, "kinds": "polygon"}
            client.post("/collections", json=made).raise_for_status()
        page = one.open("/map?lang=zh")
        tool(page, "swipe")
        expect(page.locator(".leaflet-swipe-pane path")).to_have_count(10, timeout=SLOW_MS)
        page.locator(".swipe-at input").fill("0")
        clip = "document.querySelector('.leaflet-zones-pane').style.clipPath"
        assert "polygon" in page.evaluate(clip)
        page.keyboard.press("Escape")
        tool(page, "area")
        assert page.evaluate(clip) == "", "another tool ends the swipe"
        page.locator(".typed textarea").fill(f"{SQUARE}\nhier")
        page.locator(".typed button").click()
        expect(page.locator(".tool-box .refusal")).to_contain_text("第 5 点")
        page.locator(".typed textarea").fill(SQUARE)
        page.locator(".typed button").click()
        assert "公顷" in told(page)
        page.keyboard.press("Escape")
        page.locator(".opacity summary").click()
        order = own_order(page)  # of other tests' collections too
        at = order.index("lower")
        page.get_by_role("button", name="把“lower”上移一层").click()
        order[at : at + 2] = order[at + 1], "lower"
        assert own_order(page) == order
        assert page.evaluate("location.hash").endswith("ord=" + ",".join(order))
        pane = "document.querySelector('.leaflet-own-{}-pane').style.zIndex"
        page.reload()
        page.wait_for_selector("body[data-ready]", timeout=SLOW_MS)
        places = [page.evaluate(pane.format(id_)) for id_ in order]
        assert places == [str(place) for place in range(1, len(order) + 1)]
        for id_ in ("lower", "upper"):
            client.delete(f"/collections/{id_}").raise_for_status()


def own_order(page: Page) -> list[str]:
    """Return the collections of staff as the panel lists them, the lowest first."""
    buttons = page.locator(".own-order [data-move='1']").all()
    return [str(button.get_attribute("data-id")) for button in reversed(buttons)]


def test_a_phone_says_where_it_is_and_how_sure(visit: Visitor) -> None:
    one = visit(PHONE)
    one.page.context.grant_permissions(["geolocation"], origin=one.base)
    place = {"longitude": 123.405, "latitude": 41.786, "accuracy": 35}
    one.page.context.set_geolocation(place)  # type: ignore[arg-type]
    page = one.open("/map?lang=zh")
    tool(page, "here")
    expect(page.locator(".tool-told")).to_contain_text("35", timeout=SLOW_MS)
    expect(page.locator("#panel-title")).to_have_text("这里属于哪个区", timeout=SLOW_MS)
    assert "at=123.405000,41.786000" in page.evaluate("location.hash")


def test_a_site_without_a_place_is_given_one(visit: Visitor) -> None:
    one = visit(PHONE)
    page = one.page
    with httpx.Client(base_url=one.base, headers=HEADERS, timeout=60) as client:
        before = client.get(UNPLACED).json()
        revision = client.get("/collections/sites").json()["revision"]
        sign_in(page, one.base, f"{UNPLACED}?f=html")
        page.wait_for_selector("#place-it[data-ready]", timeout=SLOW_MS)
        page.fill("[name=coordinates]", "somewhere")
        page.fill("[name=accuracy]", "30")
        page.fill("[name=source]", "现场核对")
        page.locator("#place-it .button").click()
        expect(page.locator("#place-told .refusal")).to_contain_text("读不懂", timeout=SLOW_MS)
        page.fill("[name=coordinates]", "41.786, 123.405")
        assert violations(page) == []
        assert page.evaluate(OVERFLOW) <= 0
        page.locator("#place-it .button").click()
        expect(page.locator("#place-it")).to_have_count(0, timeout=SLOW_MS)
        placed = client.get(UNPLACED).json()
        assert placed["geometry"]["coordinates"] == [123.405, 41.786]
        given = {"accuracy_m": 30, "located_by": "现场核对"}
        assert placed["properties"] == {**before["properties"], **given}
        note = {"note": "试用之后恢复"}
        back = client.post(f"/collections/sites/revisions/{revision}/restore", json=note)
        assert back.status_code == 201
