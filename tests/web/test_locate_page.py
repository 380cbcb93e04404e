"""The page that tells where a point lies, and all points of a dropped table."""

import random
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.workbooks import xlsx

from .conftest import PHONE, WIDE, Visit

Visitor = Callable[..., Visit]
HEADER = "编号,名称,经度,纬度,备注\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 5,000 rows in GBK with quoted cells, ten of them without a longitude."""
    dice = random.Random(4)  # noqa: S311 - no secret
    file = tmp_path_factory.mktemp("table") / "店铺.csv"
    rows = [HEADER]
    for number in range(5000):
        lon, lat = dice.uniform(123.36, 123.47), dice.uniform(41.68, 41.83)
        place = "" if number % 500 == 7 else f"{lon:.6f}"
        rows.append(f'{number},店{number},{place},{lat:.6f},"一,\n""二"""\n')
    file.write_bytes("".join(rows).encode("gb18030"))
    return file


def opened(visit: Visitor, path: str, size: tuple[int, int] = WIDE) -> Page:
    page = visit(size).open(path)
    page.wait_for_selector("body[data-ready]")
    return page


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_an_address_with_a_point_shows_its_answer(visit: Visitor, size: tuple[int, int]) -> None:
    page = opened(visit, "/locate?lon=123.405&lat=41.786&lang=zh", size)
    expect(page.locator(".verdict")).to_contain_text("南市场历史文化产业集聚区")
    expect(page.locator("#place")).to_have_value("123.405, 41.786")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(f"() => {overflow}") <= 0


def test_on_a_phone_the_answer_comes_before_the_map_and_into_view(visit: Visitor) -> None:
    page = opened(visit, "/locate?lang=zh", PHONE)
    page.fill("#place", "123.405, 41.786")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#answer .verdict")).to_be_in_viewport(ratio=1)
    top = "id => document.getElementById(id).getBoundingClientRect().top"
    assert 0 <= page.evaluate(top, "answer") < 100
    assert page.evaluate(top, "answer") < page.evaluate(top, "drop") < page.evaluate(top, "map")


@pytest.mark.parametrize(
    ("pasted", "crs"),
    [
        ("123.405，41.786", "EPSG:4490"),
        ("41.786N 123.405E", "EPSG:4490"),
        ("北纬41°47′9.6″ 东经123°24′18″", "EPSG:4490"),
        ("41°47'9.6\"N, 123°24'18\"E", "EPSG:4490"),
        ("41533661.6 4627400", "EPSG:4529"),
        ("西塔\t123.405\t41.786", "EPSG:4490"),  # names of places with 西, 南, S or W in them
        ("和平南大街 123.405，41.786", "EPSG:4490"),
        ("West Shenyang 123.405 41.786", "EPSG:4490"),
        ("lat: 41.786, lng: 123.405", "EPSG:4490"),
        ("41.786 123.405E", "EPSG:4490"),
        ("４１°４７′９．６″Ｎ　１２３°２４′１８″Ｅ", "EPSG:4490"),
    ],
)
def test_coordinates_are_read_as_people_paste_them(visit: Visitor, pasted: str, crs: str) -> None:
    page = opened(visit, "/locate?lang=zh")
    page.fill("#place", pasted)
    page.select_option("#one-crs", crs)
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".verdict")).to_contain_text("南市场历史文化产业集聚区")
    assert "crs=" in page.url


def test_what_cannot_be_a_place_is_told(visit: Visitor) -> None:
    opening = visit()
    page = opening.open("/locate?lang=zh")
    page.fill("#place", "中山广场")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("没有读出")
    page.fill("#place", "41.786, 123.405")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("写反")
    opening.faults = [fault for fault in opening.faults if "400" not in fault]


@pytest.mark.parametrize(
    "pasted",
    ["123.405-41.786", "41°75′N 123°24′E", "N41.786 N123.405", "-33.86S 151.2E", ".405 .786"],
)
def test_what_can_be_read_in_two_ways_is_told(visit: Visitor, pasted: str) -> None:
    page = opened(visit, "/locate?lang=zh")
    page.fill("#place", pasted)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("没有读出")


def test_a_table_comes_back_as_a_program_would_get_it(
    visit: Visitor, service: str, table: Path, tmp_path: Path
) -> None:
    page = opened(visit, "/locate?lang=zh")
    page.set_input_files("#file", table)
    expect(page.locator("#file-name")).to_contain_text("GBK")
    expect(page.locator("#preview tbody tr").first).to_contain_text('一,\n"二"')
    assert page.locator("#x-column option:checked").inner_text() == "经度"
    page.select_option("#many-crs", "gcj02")
    page.get_by_role("button", name="开始").click()
    expect(page.locator(".result-done")).to_contain_text("5,000 行", timeout=20_000)
    expect(page.locator("#map-note")).to_contain_text("1,000", timeout=20_000)

    with page.expect_download() as download:
        page.get_by_role("link", name="下载结果").click()
    assert download.value.suggested_filename == "店铺-zones.csv"
    download.value.save_as(tmp_path / "out.csv")
    url, headers = f"{service}/locate?crs=gcj02&lang=zh", {"Content-Type": "text/csv"}
    wanted = httpx.post(url, headers=headers, content=table.read_bytes())
    assert (tmp_path / "out.csv").read_bytes() == wanted.content

    rows = wanted.content.decode("gb18030")
    told = page.locator(".zone-counts tbody tr").all_inner_texts()
    counted = {line.split("\t")[0].strip(): line.split("\t")[2] for line in told}
    assert counted["6\n满融国际化生态科技示范区"] == f"{rows.count(',zone-manrong,满融'):,}"
    expect(page.locator(".result .verdict-unsure")).to_contain_text("10 · 没有坐标")


def test_a_sheet_of_a_workbook_is_chosen_and_answered(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "控制点.xlsx"
    rows = [["控制点成果表"], ["点号", "经度", "纬度"], ["甲", 123.405, 41.786], ["乙", None, 41.7]]
    file.write_bytes(xlsx({"一": rows, "二": rows[:3]}))
    page = opened(visit, "/locate?lang=zh")
    page.set_input_files("#file", file)
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    page.select_option("#sheet", "二")
    expect(page.locator("#preview tbody tr")).to_have_count(1)
    page.select_option("#sheet", "一")
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    page.select_option("#many-crs", "EPSG:4490")
    page.get_by_role("button", name="开始").click()
    expect(page.locator(".result-done")).to_contain_text("2 行", timeout=20_000)
    expect(page.locator(".result .verdict-unsure")).to_contain_text("1 · 没有坐标")


def test_a_person_must_say_which_system_degrees_are_in(visit: Visitor, table: Path) -> None:
    page = opened(visit, "/locate?lang=zh")
    page.set_input_files("#file", table)
    expect(page.locator("#crs-hint")).to_contain_text("GCJ-02")
    page.get_by_role("button", name="开始").click()
    assert page.locator("#many-crs").evaluate("node => node.validity.valueMissing")
    expect(page.locator(".result-done")).to_have_count(0)


def test_metres_are_recognised_and_columns_can_be_chosen(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "metres.csv"
    file.write_text("a;b;note\n4627400;41533661.6;x\n")
    page = opened(visit, "/locate?lang=en")
    page.set_input_files("#file", file)
    page.select_option("#x-column", "1")
    page.select_option("#y-column", "0")
    expect(page.locator("#crs-hint")).to_contain_text("zone 41")
    page.select_option("#many-crs", "EPSG:4529")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".zone-counts")).to_contain_text("100.0 %")


def test_a_file_that_is_no_table_is_told(visit: Visitor, tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(bytes(range(256)) * 10)
    opening = visit()
    page = opening.open("/locate?lang=zh")
    page.set_input_files("#file", tmp_path / "photo.csv")
    expect(page.get_by_role("alert")).to_contain_text("不是可读的表格")
    opening.faults = [fault for fault in opening.faults if "400" not in fault]


def test_the_page_reads_a_table_as_the_service_does(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "excel.txt"
    rows = ["名称\t百度坐标", '甲\t"123.4175，41.7934"', "乙\t123°25′03″E 41°47′36″N", "丙\tx\t多"]
    file.write_bytes("\r".join(rows).encode("utf-16"))
    page = opened(visit, "/locate?lang=zh")
    page.set_input_files("#file", file)
    expect(page.locator("#file-name")).to_contain_text("UTF-16")
    assert page.locator("#x-column option:checked").inner_text() == "百度坐标"
    assert page.locator("#many-crs").input_value() == "bd09"
    expect(page.locator("#many-notes")).to_contain_text("bd09")
    page.get_by_role("button", name="开始").click()
    expect(page.locator(".result-done")).to_contain_text("3 行")
    expect(page.locator(".result .verdict-unsure")).to_contain_text("单元格多于表头")
    expect(page.locator(".result .notes")).to_contain_text("UTF-8")
    expect(page.locator(".result .notes")).to_contain_text("度分秒")
    expect(page.locator("#map-note")).to_contain_text("2 个点")


def test_a_refusal_of_the_service_is_shown_in_its_words(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text('lon,lat\n1,2\n"' + "x" * 3_000_000)
    opening = visit()
    page = opening.open("/locate?lang=zh")
    page.set_input_files("#file", file)
    page.select_option("#many-crs", "gcj02")
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#result [role=alert]")).to_be_visible()
    opening.faults.clear()
