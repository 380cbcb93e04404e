"""The manual in a browser: walked from page to page, searched, on a phone, on paper, by axe."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from app.help.contents import book
from app.help.markdown import read_markdown
from zones.messages import Lang

from .accessibility import violations
from .conftest import PHONE, WIDE, Visit
from .test_staff_story import OVERFLOW

WALKED = 5
OF_EACH_KIND = ("", "upload", "formats", "format-csv", "qgis", "settings")

Visitor = Callable[..., Visit]


def test_the_manual_is_walked_by_its_links(visit: Visitor) -> None:
    page = visit().open("/help?lang=zh")
    expected = [each.text.title for each in book("zh").pages()][:WALKED]
    page.locator("main").get_by_role("link", name=expected[0]).click()
    titles = [page.locator("h1").inner_text()]
    while len(titles) < WALKED:
        page.locator("a[rel=next]").click()
        titles.append(page.locator("h1").inner_text())
        assert page.locator("article img:not([alt])").count() == 0
    assert titles == expected


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_of_each_kind_fit_the_screen_and_axe_finds_nothing(
    visit: Visitor, lang: Lang, size: tuple[int, int]
) -> None:
    whole_and_accessible(visit(size), lang, OF_EACH_KIND)


@pytest.mark.slow
def test_every_page_fits_a_phone_and_axe_finds_nothing(visit: Visitor) -> None:
    whole_and_accessible(visit(PHONE), "zh", [page.id for page in book("zh").pages()])


def whole_and_accessible(opened: Visit, lang: Lang, page_ids: Sequence[str]) -> None:
    for page_id in page_ids:
        page = opened.open(f"/help/{page_id}?lang={lang}".replace("/?", "?"))
        assert page.evaluate(OVERFLOW) <= 0, page_id
        assert violations(page) == [], page_id


@pytest.mark.parametrize("path", ["/problems/ask-crs?f=html", "/collections/none?f=html"])
def test_pages_of_problems_lead_to_the_manual(visit: Visitor, path: str) -> None:
    opened = visit()
    page = opened.open(f"{path}&lang=zh")
    opened.faults[:] = [fault for fault in opened.faults if "404" not in fault]
    assert violations(page) == []
    page.locator("main a[href^='/help/']").first.click()
    expect(page.locator("article h1")).to_be_visible()


def searched(page: Page, words: str) -> Page:
    page.fill("#help-search", words)
    expect(page.locator("#help-found")).not_to_be_empty()
    return page


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("备份", "备份与还原"),
        ("gcj-02 偏移", "坐标系与偏移"),
        ("怎么恢复到以前", "比较与恢复"),
        ("ＱＧＩＳ", "连接 QGIS"),
    ],
)
def test_the_search_finds_pages_and_leads_there(visit: Visitor, words: str, title: str) -> None:
    page = searched(visit().open("/help?lang=zh"), words)
    found = page.locator("#help-found a", has_text=title).first
    found.click()
    expect(page.locator("h1")).to_have_text(title)
    assert "lang=zh" in page.url


def test_a_search_for_nothing_that_is_there_says_so(visit: Visitor) -> None:
    page = searched(visit().open("/help/upload?lang=zh"), "潜水艇驾驶")
    expect(page.locator("#help-found")).to_contain_text("没有找到")
    page.fill("#help-search", "<img src=x onerror=alert(1)>")
    expect(page.locator("#help-found")).to_contain_text("没有找到")
    assert page.locator("img[src=x]").count() == 0


def test_enter_opens_the_first_that_is_found(visit: Visitor) -> None:
    page = searched(visit().open("/help?lang=en"), "backup")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Backing up")


def test_the_other_language_is_the_same_page(visit: Visitor) -> None:
    page = visit().open("/help/decide?lang=zh")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Deciding what a file leaves open")


def test_paper_has_the_text_alone(visit: Visitor) -> None:
    page = visit().open("/help/upload?lang=zh")
    page.emulate_media(media="print")
    expect(page.locator(".help-side")).to_be_hidden()
    expect(page.locator(".help-beside")).to_be_hidden()
    expect(page.locator("article h1")).to_be_visible()


def test_addresses_to_paste_are_those_of_this_service(visit: Visitor) -> None:
    opened = visit()
    text = opened.open("/help/gdal?lang=zh").locator("article").inner_text()
    assert f"ogrinfo OAPIF:{opened.base}" in text


def test_a_text_of_the_manual_cannot_bring_scripts() -> None:
    assert "<img" not in read_markdown("# A\n\n<img src=x onerror=alert(1)>\n").html
