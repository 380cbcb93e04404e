"""The map as one file: without a service it shows and finds what the service does."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Visit

Visitor = Callable[..., Visit]
MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def map_file(service: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    answer = httpx.get(f"{service}/export/map.html", timeout=60)
    assert answer.status_code == 200, answer.text
    assert "heping-zones-r" in answer.headers["content-disposition"]
    path = tmp_path_factory.mktemp("stick") / "地图.html"
    path.write_bytes(answer.content)
    return path


def opened(visit: Visitor, map_file: Path, size: tuple[int, int]) -> tuple[Visit, Page]:
    visitor = visit(size, base="file:")
    page = visitor.page
    page.goto(map_file.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    return visitor, page


def test_a_file_without_a_service_has_the_whole_map(visit: Visitor, map_file: Path) -> None:
    assert map_file.stat().st_size < MOST_BYTES
    visitor, page = opened(visit, map_file, WIDE)
    page.get_by_text("三好街科技文化融合示范区").first.click()
    profile = page.locator("[data-profile=zone-sanhaojie]")
    expect(profile).to_contain_text("7.1 平方公里")
    expect(profile).to_contain_text("东至青年大街")
    page.locator("#panel-back").click()
    page.mouse.click(700, 400)
    expect(page.locator(".placement")).to_contain_text("不说明是否确定")
    expect(page.locator("[data-tool=swipe], [data-tool=share]")).to_have_count(0)
    page.locator("[data-tool=distance]").click()
    page.mouse.click(600, 300)
    page.mouse.click(700, 400)
    expect(page.locator(".tool-told strong")).to_contain_text("米")
    assert visitor.requests == [map_file.as_uri()]


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_file_opens_wide_and_narrow(
    visit: Visitor, map_file: Path, size: tuple[int, int]
) -> None:
    _, page = opened(visit, map_file, size)
    assert page.locator("path.leaflet-interactive").count() > 20
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]


def test_names_are_found_as_the_service_finds_them(
    visit: Visitor, map_file: Path, service: str
) -> None:
    _, page = opened(visit, map_file, WIDE)
    for query in ("三好", "cbd", "changbai", "南京", "Ｋ11", "hunhe", "axis", "浑河", "210102"):
        answer = httpx.get(f"{service}/search", params={"q": query, "limit": 12}).json()
        wanted = [hit["name"] for hit in answer["results"]]
        page.fill("#search", query)
        expect(page.locator("#search-results .hit-name")).to_have_text(wanted)
