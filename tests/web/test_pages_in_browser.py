"""Pages of text, the API's documentation, and what is said when packages are missing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .conftest import PHONE, Visit, running_service

Visitor = Callable[..., Visit]


def test_every_page_has_the_same_bar(visit: Visitor) -> None:
    for path in ("/map", "/locate", "/plan", "/plan/zone-manrong", "/plan/areas", "/docs"):
        page = visit().open(f"{path}?lang=zh")
        names = page.locator(".bar > .nav a").all_inner_texts()
        assert names == [
            "地图",
            "查询",
            "画地量算",
            "规划要素",
            "面积与长度",
            "数据",
            "上传",
            "接口文档",
            "帮助",
        ], path
        assert page.locator(".bar > .nav a[aria-current]").count() == 1


def test_plan_shows_nine_cards_that_lead_to_profiles(visit: Visitor) -> None:
    page = visit().open("/plan?lang=zh")
    assert page.locator(".element-card").count() == 9
    page.get_by_role("link", name="三好街创新创业发展轴").click()
    expect(page.locator("h1")).to_contain_text("三好街创新创业发展轴")
    expect(page.locator("article")).to_contain_text("示意")


def test_profile_leads_to_its_place_on_the_map(visit: Visitor) -> None:
    page = visit().open("/plan/zone-changbaidao?lang=zh")
    page.get_by_role("link", name="在地图上看").click()
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    expect(page.locator("[data-profile='zone-changbaidao']")).to_be_visible()


def test_area_table_has_nine_rows_with_planned_and_measured(visit: Visitor) -> None:
    page = visit().open("/plan/areas?lang=zh")
    rows = page.locator("tbody tr")
    assert rows.count() == 9
    expect(rows.nth(5)).to_contain_text("23.5")
    expect(rows.nth(5)).to_contain_text("22.89")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_area_table_is_read_on_a_phone_without_scrolling_sideways(
    visit: Visitor, lang: str
) -> None:
    page = visit(PHONE).open(f"/plan/areas?lang={lang}")
    for scroller in ("html", ".table-frame"):
        widths = page.locator(scroller).evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert widths[0] <= widths[1], scroller
    cells = page.get_by_role("row").nth(6).get_by_role("cell")
    assert [cells.nth(place).bounding_box() is not None for place in range(6)] == [True] * 6
    named = "node => getComputedStyle(node, '::before').content"
    names = {"zh": "规划", "en": "Planned"}
    assert names[lang] in cells.nth(1).evaluate(named)


def test_other_language_is_one_click_away_on_the_same_page(visit: Visitor) -> None:
    page = visit().open("/plan/areas?lang=zh")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Areas and lengths: planned and measured")
    assert page.locator(".element-name a").first.get_attribute("href") == (
        "/plan/zone-beishichang?lang=en"
    )


def test_documentation_lists_the_addresses_without_the_internet(visit: Visitor) -> None:
    page = visit().open("/docs?lang=zh")
    expect(page.locator(".opblock-summary-path").first).to_be_visible(timeout=20_000)
    paths = page.locator(".opblock-summary-path").all_inner_texts()
    assert "/locate" in paths[0].replace("\u200b", "")
    path = page.locator('[data-path="/collections/{collection_id}/items"]')
    items = page.locator(".opblock-get").filter(has=path)
    items.locator(".opblock-summary-control").click()
    items.locator(".try-out__btn").click()
    fields = items.locator(".parameters input[type=text]")
    expect(fields.first).to_be_visible()
    filled = [each for each in fields.evaluate_all("list => list.map(x => x.value)") if each]
    assert set(filled) <= {"10", "0"}
    # Swagger UI has a main part within ours: it is called a group, which HTML does not foresee.
    assert {each.partition(":")[0] for each in violations(page)} <= {"aria-allowed-role"}


def test_missing_packages_are_named_with_the_command_that_installs_them(
    visit: Visitor, seeded_file: Path, tmp_path: Path
) -> None:
    shutil.copy(seeded_file, tmp_path / "zones.sqlite")
    empty = str(tmp_path / "no-packages")
    with running_service(tmp_path / "zones.sqlite", assets_dir=empty) as base:
        opened = visit(base=base)
        opened.page.goto(f"{base}/map?lang=zh")
        expect(opened.page.locator("main")).to_contain_text("npm ci")
        expect(opened.page.locator("main")).to_contain_text("leaflet")
        opened.page.goto(f"{base}/plan?lang=zh")
        assert opened.page.locator(".element-card").count() == 9
        opened.page.wait_for_load_state("networkidle")  # the service goes now
    opened.faults = [fault for fault in opened.faults if "503" not in fault]


def test_a_row_and_its_feature_on_the_map_are_chosen_together(visit: Visitor) -> None:
    page = visit((1366, 768)).open("/collections/zones/items?f=html&lang=zh")
    rows = page.locator(".items-table tbody tr")
    page.get_by_role("button", name="在地图上看: 三好街").click()
    expect(page.locator("tr[aria-current]")).to_contain_text("三好街")
    expect(page.locator(".leaflet-popup-content")).to_contain_text("三好街")
    expect(page.locator('path[stroke="#a63026"]')).to_have_count(1)
    rows.nth(0).hover()
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    page.locator('path[stroke="#1d5468"]').last.click(force=True)
    expect(rows.nth(0)).not_to_have_attribute("aria-current", "true")
    expect(page.locator("tr[aria-current]")).to_have_count(1)
