"""The check page of an import: what tells features apart is offered, chosen, and as last time."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.source_files import shapefile, write, zipped

from .conftest import PHONE, Visit
from .test_staff_story import OVERFLOW, plot, settled, sign_in, upload

Visitor = Callable[..., Visit]
COUNT = 30


def parcels(folder: Path, name: str, *, order: int, numbered: bool = True) -> Path:
    """Return parcels in an order of its own: a zipped shapefile without .prj."""
    numbers = list(range(COUNT))
    random.Random(order).shuffle(numbers)  # noqa: S311 - an order, no secret
    rows = [(f"R{n % 4}", *((f"HP-{n:03d}", f"{7000 + n}") if numbered else ())) for n in numbers]
    names = ("用途", "地块编号", "BSM") if numbered else ("用途",)
    fields = [(name, "C", 20) for name in names]
    parts = shapefile(list(map(plot, numbers)), rows, fields=fields, prj=None, encoding="gbk")
    return write(folder, zipped(parts), name)


def as_gcj02(page: Page, *, last: bool) -> None:
    if last:
        chosen = page.locator(".candidate:has(input:checked)")
        expect(chosen).to_contain_text("与上次相同")
        expect(chosen).to_contain_text("crs=gcj02")
    else:
        page.locator(".candidate", has_text="crs=gcj02").click()
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible(timeout=30_000)
    settled(page)


def commit(page: Page) -> None:
    page.get_by_role("button", name="写入，成为新修订版").click()
    expect(page.locator(".done")).to_be_visible(timeout=30_000)
    settled(page)


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_a_delivery_in_another_order_shows_no_change(
    visit: Visitor, tmp_path: Path, size: tuple[int, int]
) -> None:
    one = visit(size)
    page, base = one.page, one.base
    into = f"sorted_{size[0]}"
    sign_in(page, base, "/upload%3Flang%3Dzh")
    upload(page, base, parcels(tmp_path, "a.zip", order=1), into=into, new=True)
    as_gcj02(page, last=False)
    choice = page.locator("#key-choice")
    expect(choice.locator(".candidate")).to_have_count(3)
    expect(choice.locator(".candidate:has(input:checked)")).to_contain_text("BSM")
    choice.locator(".candidate", has_text="地块编号").click()
    choice.get_by_role("button", name="按此重新比较").click()
    expect(page.locator("#key-choice .candidate:has(input:checked)")).to_contain_text("地块编号")
    settled(page)
    commit(page)

    upload(page, base, parcels(tmp_path, "b.zip", order=2), into=into, new=False)
    as_gcj02(page, last=True)
    chosen = page.locator("#key-choice .candidate:has(input:checked)")
    expect(chosen).to_contain_text("地块编号")
    expect(chosen).to_contain_text("与上次相同")
    expect(page.locator("section", has_text="提交后的变化")).to_contain_text("没有差异")
    assert page.evaluate(OVERFLOW) <= 0


def test_without_numbers_content_and_place_tell_features_apart(
    visit: Visitor, tmp_path: Path
) -> None:
    one = visit()
    page, base = one.page, one.base
    sign_in(page, base, "/upload%3Flang%3Dzh")
    for order, is_new in ((1, True), (2, False)):
        file = parcels(tmp_path, f"{order}.zip", order=order, numbered=False)
        upload(page, base, file, into="unnumbered", new=is_new)
        as_gcj02(page, last=not is_new)
        if is_new:
            commit(page)
    expect(page.locator("section", has_text="提交后的变化")).to_contain_text("没有差异")
