"""A border between two areas edited in the browser: one border before and after, nothing lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import ADMIN_KEY, PHONE, Visit
from .test_staff_story import OVERFLOW, settled, sign_in

Visitor = Callable[..., Visit]
BORDER: Final = [
    [123.401234567890123, 41.780123456789012],
    [123.401987654321098, 41.785098765432109],
    [123.401111111111111, 41.790222222222222],
]
WEST: Final = [[123.391234567890123, 41.790333333333333], [123.391222222222222, 41.780444444444444]]
EAST: Final = [[123.411234567890123, 41.780555555555555], [123.411222222222222, 41.790666666666666]]
CONFLICT: Final = "412"


def ring(*places: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*places, places[0]]]}


@pytest.fixture
def blocks(service: str) -> Iterator[httpx.Client]:
    """Return a client of a service with two neighbours in the collection ``blocks``."""
    with two_blocks(service) as client:
        yield client


@contextmanager
def two_blocks(service: str) -> Iterator[httpx.Client]:
    """Give a client while the service has two neighbours in the collection ``blocks``."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=service, headers=headers, timeout=60) as client:
        client.post("/collections", json={"id": "blocks", "title": "地块", "kinds": "polygon"})
        put = [
            feature("w", geometry=ring(*BORDER, *WEST), properties={"name": "西地块"}),
            feature("e", geometry=ring(*reversed(BORDER), *EAST), properties={"name": "东地块"}),
        ]
        assert save(client, put).status_code == 200
        yield client
        client.delete("/collections/blocks").raise_for_status()


def feature(fid: str, **members: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": fid, **members}


def save(client: httpx.Client, put: list[dict[str, Any]]) -> httpx.Response:
    tag = client.get("/edits?collections=blocks").headers["etag"]
    body = {"changes": [{"collection": "blocks", "put": put}]}
    return client.post("/edits", json=body, headers={"If-Match": tag})


def rings(client: httpx.Client) -> dict[str, list[tuple[float, ...]]]:
    told = client.get("/edits?collections=blocks").json()["features"]
    return {one["id"]: [tuple(p) for p in one["geometry"]["coordinates"][0]] for one in told}


def choose(page: Page, place: tuple[float, float]) -> None:
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * place[0], box["y"] + box["height"] * place[1])


def drag_shared_vertex(page: Page, by: tuple[int, int]) -> None:
    """Drag the vertex in the middle of the common border."""
    box = page.locator(".vertex-shared").nth(1).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=4)
    page.mouse.up()


def test_a_shared_border_stays_one_through_undo_draft_and_conflict(
    visit: Visitor, blocks: httpx.Client
) -> None:
    one = visit((1366, 800))
    page = one.page
    sign_in(page, one.base, "/collections/blocks/edit")
    settled(page)
    before = rings(blocks)
    choose(page, (0.3, 0.5))
    expect(page.locator("#chosen-title")).to_have_text("西地块")
    expect(page.locator("#choose option:checked")).to_have_text("西地块")
    drag_shared_vertex(page, (60, 12))
    page.locator("#undo").click()
    expect(page.locator("#save")).to_be_disabled()
    page.locator("#redo").click()
    expect(page.locator("#findings")).to_contain_text("没有发现问题")

    page.reload()
    settled(page)
    page.locator("#draft-restore").click()
    expect(page.locator("#save")).to_be_enabled()

    other = feature("e", properties={"name": "东地块（他人）"})
    assert save(blocks, [other]).status_code == 200
    page.fill("#note", "按复测调整界线")
    page.locator("#save").click()
    expect(page.locator("#conflict")).to_contain_text("东地块（他人）")
    page.locator("#conflict select").select_option("mine")
    page.locator("#decide").click()
    expect(page.locator("#conflict")).to_have_count(0)
    page.locator("#save").click()
    expect(page.locator("#saved")).to_contain_text("已保存")

    after = rings(blocks)
    common = set(after["w"]) & set(after["e"])
    assert len(common) == 3
    assert common & set(before["w"]) == {tuple(BORDER[0]), tuple(BORDER[2])}
    assert set(map(tuple, WEST)) <= set(after["w"])
    assert set(map(tuple, EAST)) <= set(after["e"])
    name = blocks.get("/collections/blocks/items/e").json()["properties"]["name"]
    assert name == "东地块（他人）", "attributes that were not edited stay those of the other"
    assert violations(page) == []
    one.faults[:] = [fault for fault in one.faults if CONFLICT not in fault]
    borders_are_followed_and_drawn_anew(page)
    restore_first(page, one.base)
    assert rings(blocks) == before, "restored to the last bit"


def borders_are_followed_and_drawn_anew(page: Page) -> None:
    """Follow the common border with two clicks, then draw it anew: both sides have the new line."""
    choose(page, (0.3, 0.5))
    south, _, north = shared_places(page)
    page.check("#trace")
    page.locator("#tool-new").click()
    click_on_map(page, south, north)
    expect(page.locator(".vertex")).to_have_count(3)
    page.locator("#tool-back").click()
    expect(page.locator(".vertex")).to_have_count(1)
    page.locator("#tool-cancel").click()
    page.uncheck("#trace")
    page.locator("#tool-reshape").click()
    click_on_map(page, south, (south[0] + 30, (south[1] + north[1]) / 2), north)
    page.locator("#tool-finish").click()
    expect(page.locator(".vertex-shared")).to_have_count(3)
    expect(page.locator("#findings")).to_contain_text("没有发现问题")
    page.fill("#note", "改线")
    page.locator("#save").click()
    expect(page.locator("#saved")).to_contain_text("已保存")


def shared_places(page: Page) -> list[tuple[float, float]]:
    """Return where the common border's vertices are on the map, the southernmost first."""
    frame = page.locator("#map").bounding_box()
    boxes = [each.bounding_box() for each in page.locator(".vertex-shared").all()]
    assert frame
    places = [(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes if b]
    return sorted(((x - frame["x"], y - frame["y"]) for x, y in places), key=lambda at: -at[1])


def click_on_map(page: Page, *places: tuple[float, float]) -> None:
    for x, y in places:
        page.locator("#map").click(position={"x": x, "y": y})


def restore_first(page: Page, base: str) -> None:
    """Restore the first version of the blocks, on the page of their history."""
    page.goto(f"{base}/collections/blocks/revisions?f=html&lang=zh")
    settled(page)
    count = page.locator("#revisions li").count()
    first = page.locator("#revisions li").filter(has_text="在图上编辑").first
    first.get_by_role("button", name="恢复到此版").click()
    page.fill("#reason", "试用之后恢复")
    page.locator("#restore-yes").click()
    expect(page.locator("#revisions li")).to_have_count(count + 1)


def test_an_area_is_split_by_touch_on_a_phone(visit: Visitor, blocks: httpx.Client) -> None:
    one = visit(PHONE)
    page = one.page
    sign_in(page, one.base, "/collections/blocks/edit")
    settled(page)
    box = page.locator("#map").bounding_box()
    assert box

    def tap(x: float, y: float) -> None:
        page.touchscreen.tap(box["x"] + box["width"] * x, box["y"] + box["height"] * y)

    tap(0.3, 0.45)
    expect(page.locator("#chosen-title")).to_have_text("西地块")
    page.locator("#tool-split").tap()
    box = page.locator("#map").bounding_box()
    assert box
    page.uncheck("#snap")
    tap(0.03, 0.5)
    tap(0.6, 0.52)
    page.locator("#tool-finish").tap()
    expect(page.locator("#chosen-title")).to_have_text("已选 2 个")
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("#save").tap()
    expect(page.locator("#saved")).to_contain_text("已保存")
    found = rings(blocks)
    assert len(found) == 3
    new = set(found["1"]) & set(found["w"]) & set(found["e"])
    assert len(new) == 1, "the node where the cut meets the border is in all three"


def test_who_moves_a_border_of_the_plan_says_how_accurate_it_is(visit: Visitor) -> None:
    one = visit((1366, 900))
    page = one.page
    sign_in(page, one.base, "/collections/zones/edit")
    settled(page)
    before = httpx.get(f"{one.base}/collections/borders").json()["revision"]
    choose(page, (0.5, 0.42))
    expect(page.locator("#moved")).to_be_hidden()
    expect(page.locator("#chosen-title")).to_contain_text("泛太原街")
    expect(page.locator("#attributes label").first).to_contain_text("名称 (name)")
    page.locator(".vertex-shared").nth(5).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#moved-accuracy")).to_be_visible()
    expect(page.locator("#moved-names")).not_to_be_empty()
    page.locator("#save").click()
    assert page.locator("#moved-accuracy:invalid").count() == 1, "nothing is sent unanswered"
    assert httpx.get(f"{one.base}/collections/borders").json()["revision"] == before
    page.locator("#undo").click()
    expect(page.locator("#moved")).to_be_hidden()
