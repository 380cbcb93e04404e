"""What an import's page tells of a file in each state, and how a wrong choice is taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.format_files import kml, placemark
from tests.source_files import geojson, polygon, square

from .conftest import ADMIN_KEY, PHONE, WIDE, Visit, running_service
from .test_staff_story import OVERFLOW, settled

Visitor = Callable[..., Visit]
RING = square(0)
BOW_TIE = polygon([RING[0], RING[2], RING[1], RING[3], RING[0]])
"""A ring that crosses itself."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, seeded_file: Path) -> Iterator[str]:
    """Return the address of a service that takes uploads."""
    store = tmp_path_factory.mktemp("findings") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with running_service(store, min_free_mb="0") as address:
        yield address


def _sent(base: str, name: str, content: bytes, **options: str) -> dict[str, Any]:
    """Upload a file into a new collection and return the import as it is then."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "Prefer": "wait=60"}
    answer = httpx.post(
        f"{base}/collections/{Path(name).stem}/imports",
        files={"file": (name, content)},
        data={"create": "true", **options},
        headers=headers,
        timeout=90,
    ).json()
    told: dict[str, Any] = answer.get("import", answer)
    return told


def _shown(visit: Visitor, base: str, import_id: str, size: tuple[int, int] = WIDE) -> Page:
    """Return the page of an import in Chinese, signed in."""
    one = visit(size, base=base)
    assert one.page.request.post(f"{base}/session", data={"key": ADMIN_KEY}).status == 200
    page = one.open(f"/imports/{import_id}?f=html&lang=zh")
    settled(page)
    return page


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_rejected_import_shows_each_error_and_its_place(
    visit: Visitor, base: str, size: tuple[int, int]
) -> None:
    features = [{"type": "Feature", "properties": {}, "geometry": BOW_TIE} for _ in range(3)]
    told = _sent(base, "crossed.geojson", geojson(features), dry_run="true")
    assert told["state"] == "rejected"
    page = _shown(visit, base, told["id"], size)
    expect(page.locator(".refusal")).to_contain_text("请看下面逐项列出的问题")
    expect(page.locator("body")).not_to_contain_text("/decision")
    assert page.locator(".problem-error").count() == len(told["problems"])
    expect(page.locator("#legend")).to_have_text("错误警告提示")
    expect(page.get_by_role("button", name="修复几何后重新检查")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0


def test_repair_is_offered_where_it_may_mend_something(visit: Visitor, base: str) -> None:
    told = _sent(base, "unread.kml", kml(placemark("甲", at="123.40;41.78")), dry_run="true")
    assert told["state"] == "rejected"
    page = _shown(visit, base, told["id"])
    expect(page.locator(".problem-error")).to_contain_text("123.40;41.78")
    expect(page.get_by_role("button", name="修复几何后重新检查")).to_have_count(0)


def test_an_applied_import_with_notes_says_what_was_stored(visit: Visitor, base: str) -> None:
    told = _sent(base, "noted.kml", kml(placemark("甲", at=" 123.40，41.78 ")))
    assert (told["state"], bool(told["problems"])) == ("applied", True)
    page = _shown(visit, base, told["id"])
    expect(page.locator(".done")).to_contain_text("新增 1")
    assert page.locator(".problem").count() == len(told["problems"])


def test_the_map_after_an_import_shows_its_features_in_their_surroundings(
    visit: Visitor, base: str
) -> None:
    features = [{"type": "Feature", "properties": {}, "geometry": polygon(RING)}]
    told = _sent(base, "placed.geojson", geojson(features))
    page = _shown(visit, base, told["id"], PHONE)
    page.get_by_role("link", name="在地图上看").click()
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    shape = page.locator('path[data-collection="placed"]').bounding_box()
    assert shape
    assert shape["width"] > PHONE[0] / 4
    assert page.locator('path[data-collection="zones"]').count() > 0


def test_layers_that_were_chosen_wrongly_are_chosen_again(visit: Visitor, base: str) -> None:
    layers = (f"<Folder><name>{name}</name>{placemark(name)}</Folder>" for name in ("甲", "乙"))
    told = _sent(base, "layered.kml", kml(*layers), dry_run="true")
    assert told["state"] == "needs_decision"
    page = _shown(visit, base, told["id"])
    expect(page.locator("body")).not_to_contain_text("layer=")
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible()
    settled(page)
    expect(page.locator(".facts")).to_contain_text("甲（文件中有：甲, 乙）")
    page.get_by_text("读得不对？换一种读法").click()
    page.get_by_role("button", name="重新选择图层").click()
    expect(page.locator(".state-needs_decision")).to_be_visible()
    settled(page)
    page.get_by_label("全部图层").check()
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible()
    settled(page)
    expect(page.locator(".chip-added")).to_contain_text(["2"])
    expect(page.locator(".facts")).to_contain_text("甲, 乙")
