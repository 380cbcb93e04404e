"""GIS staff: from a file that says little about itself to a revision, and back again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.source_files import polygon, shapefile, write, zipped
from zones.crs.transform import CRS, from_storage_xy

from .conftest import ADMIN_KEY, PHONE, Visit

Visitor = Callable[..., Visit]
HOSTILE = "<img src=x onerror=alert(1)>"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WEST, SOUTH, WIDTH, HEIGHT = 123.385, 41.775, 0.0024, 0.0020


def plot(number: int, *, east_deg: float = 0.0) -> dict[str, Any]:
    """Return one of a grid of plots in the district, in the coordinates of GCJ-02."""
    lon = WEST + (number % 12) * 0.003 + east_deg
    lat = SOUTH + (number // 12) * 0.0025
    ring = np.array([(lon, lat), (lon, lat + HEIGHT), (lon + WIDTH, lat + HEIGHT),
                     (lon + WIDTH, lat), (lon, lat)])  # fmt: skip
    shifted = from_storage_xy(ring[:, 0].copy(), ring[:, 1].copy(), CRS.GCJ02)
    return polygon(np.column_stack(shifted).tolist())


def plots_file(
    folder: Path, name: str, *, count: int = 120, east_deg: float = 0.0, word: str = "地块"
) -> Path:
    """Return a zipped shapefile with text in GBK and no .prj."""
    shapes = [plot(number, east_deg=east_deg) for number in range(count)]
    rows = [(f"{word}{number}",) for number in range(count)]
    parts = shapefile(shapes, rows, prj=None, encoding="gbk")
    return write(folder, zipped(parts), name)


def sign_in(page: Page, base: str, then: str) -> None:
    page.goto(f"{base}/signin?lang=zh&next={then}")
    page.fill("#key", ADMIN_KEY)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_selector('body[data-ready="true"]', timeout=30_000)


def upload(page: Page, base: str, file: Path, *, into: str, new: bool) -> None:
    page.goto(f"{base}/upload?lang=zh" + ("" if new else f"&collection={into}"))
    settled(page)
    page.set_input_files("#file", str(file))
    if new:
        page.fill("#new-id", into)
        page.fill("#title", "故事地块")
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/imports/**")
    settled(page)


def decide_gcj02(page: Page) -> None:
    page.locator(".candidate", has_text="crs=gcj02").click()
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible(timeout=30_000)
    settled(page)


def items(base: str, collection: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(
        f"{base}/collections/{collection}/items", params={"limit": 1000}
    ).json()["features"]
    return found


def test_from_an_unclear_file_to_a_revision_and_back(visit: Visitor, tmp_path: Path) -> None:
    one = visit()
    page, base = one.page, one.base
    sign_in(page, base, "/upload%3Flang%3Dzh")
    upload(page, base, plots_file(tmp_path, "a.zip"), into="story", new=True)

    # What is undecided: three datums fit the degrees, each shown with its place.
    expect(page.locator(".state-needs_decision")).to_be_visible()
    assert page.locator(".candidate").count() == 4
    assert page.locator("#legend span").count() == 3
    expect(page.locator(".preview td").first).to_have_text("地块0")
    decide_gcj02(page)
    expect(page.locator(".facts")).to_contain_text("gcj02")
    expect(page.locator(".chip-added").first).to_contain_text("120")
    page.locator(".commit input").fill("首次导入")
    page.get_by_role("button", name="写入，成为新修订版").click()
    expect(page.locator(".done")).to_contain_text("新增 120")
    first = items(base, "story")
    assert httpx.get(f"{base}/locate?lon={WEST + 0.001}&lat={SOUTH + 0.001}").status_code == 200
    ring = first[0]["geometry"]["coordinates"][0]
    assert ring[0] == pytest.approx([WEST, SOUTH], abs=1e-6)

    page.get_by_role("link", name="在地图上看").click()
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    expect(page.locator("body")).to_contain_text("故事地块")

    # A second survey: every plot moved by some 17 m and has another name, one is new.
    changed = plots_file(tmp_path, "b.zip", count=121, east_deg=0.0002, word="新地块")
    upload(page, base, changed, into="story", new=False)
    decide_gcj02(page)
    expect(page.locator("section", has_text="提交后的变化")).to_contain_text("改动 120")
    row = page.locator(".changes tbody tr", has_text="新地块5 (6)")
    expect(row.locator("ins")).to_have_text("新地块5")
    expect(row).to_contain_text("17 米")
    page.get_by_role("button", name="写入，成为新修订版").click()
    expect(page.locator(".done")).to_contain_text("改动 120")

    # Compared with the revision before, and gone back to.
    page.get_by_role("link", name="修订历史").click()
    settled(page)
    expect(page.locator("#changes")).to_contain_text("改动 120")
    assert page.locator("#revisions li").count() == 2
    page.locator("#revisions li", has_text="首次导入").get_by_role(
        "button", name="恢复到此版"
    ).click()
    page.fill("#reason", "第二次测量有误")
    page.locator("#restore-yes").click()
    expect(page.locator("#revisions li")).to_have_count(3)
    expect(page.locator("#revisions")).to_contain_text("第二次测量有误")
    assert items(base, "story") == first


def test_a_hostile_file_shows_its_text_as_text(visit: Visitor, tmp_path: Path) -> None:
    one = visit()
    sign_in(one.page, one.base, "/upload%3Flang%3Dzh")
    parts = shapefile([plot(1)], [(HOSTILE,)], prj=None, encoding="gbk")
    file = write(tmp_path, zipped(parts), "坏.zip")
    upload(one.page, one.base, file, into="hostile", new=True)
    expect(one.page.locator(".preview td").first).to_have_text(HOSTILE)
    decide_gcj02(one.page)
    assert one.page.locator("img[src=x]").count() == 0
    one.page.get_by_role("button", name="放弃，删除上传的文件").click()
    expect(one.page.locator(".state-failed")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/signin?",
        "/upload?",
        "/imports?f=html&",
        "/collections/zones/revisions?f=html&",
        "/collections/zones/export?f=html&",
        "/collections?f=html&",
        "/collections/sites/items?f=html&",
        "/collections/zones/items/zone-manrong?f=html&",
    ],
)
def test_pages_fit_a_phone(visit: Visitor, path: str, lang: str) -> None:
    page = visit(PHONE).open(f"{path}lang={lang}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(OVERFLOW) <= 0


def test_who_is_not_signed_in_is_told_so_and_nothing_is_sent(
    visit: Visitor, tmp_path: Path
) -> None:
    one = visit()
    page = one.open("/upload?lang=zh")
    settled(page)
    expect(page.locator(".note")).to_contain_text("需要先登录")
    page.set_input_files("#file", str(plots_file(tmp_path, "a.zip", count=2)))
    page.fill("#new-id", "nobody")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#refused")).to_contain_text("密钥")
    one.faults[:] = [fault for fault in one.faults if "401" not in fault]
    assert httpx.get(f"{one.base}/collections/nobody").status_code == 404


def test_the_upload_form_is_filled_by_keyboard_alone(visit: Visitor, tmp_path: Path) -> None:
    one = visit()
    sign_in(one.page, one.base, "/upload%3Flang%3Dzh")
    page = one.page
    settled(page)
    page.set_input_files("#file", str(plots_file(tmp_path, "a.zip", count=3)))
    page.focus("#file")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "collection"
    page.keyboard.press("Tab")
    page.keyboard.type("by_keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports/**")
    settled(page)
    page.locator('input[name="candidate"]').first.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator('input[name="candidate"]').nth(1).is_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".state-ready")).to_be_visible(timeout=30_000)
