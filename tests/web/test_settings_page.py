"""Staff describe a collection in the browser, drop it, and bring it back from the trash."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.source_files import feature, geojson, polygon, square

from .conftest import ADMIN_KEY, PHONE, Visit
from .test_staff_story import OVERFLOW, settled, sign_in

Visitor = Callable[..., Visit]


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_a_collection_is_described_dropped_and_brought_back(
    visit: Visitor, size: tuple[int, int]
) -> None:
    one = visit(size)
    page, base, id_ = one.page, one.base, f"described_{size[0]}"
    told = geojson([feature(polygon(square(n)), DKBH=f"P{n}") for n in range(3)])
    made = httpx.post(
        f"{base}/collections/{id_}/imports",
        files={"file": ("a.geojson", told)},
        data={"create": "true", "title": "旧名"},
        headers={"Authorization": f"Bearer {ADMIN_KEY}", "Prefer": "wait=60"},
        timeout=60,
    )
    assert made.status_code == 201
    sign_in(page, base, f"/collections/{id_}/settings")
    settled(page)
    page.fill('[name="title"]', "新名")
    page.fill('[name="source"]', "规划局")
    page.select_option('[name="visible"]', "true")
    page.fill('[name="colour"]', "#aa3300")
    page.select_option('[name="key"]', "DKBH")
    page.fill('[data-field="DKBH"]', "地块编号")
    page.locator("summary", has_text="DKBH").click()
    page.fill('[data-codes="DKBH"]', "P0 = 甲地块\nP1=乙地块")
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#told")).to_contain_text("已保存")
    stored = httpx.get(f"{base}/collections/{id_}").json()
    assert [stored[name] for name in ("name", "source", "visible", "colour", "key")] == [
        "新名", "规划局", True, "#aa3300", "DKBH",
    ]  # fmt: skip

    field = httpx.get(f"{base}/collections/{id_}/schema").json()["properties"]["DKBH"]
    assert [each["const"] for each in field["oneOf"][:2]] == ["P0", "P1"]
    page.locator("#drop").click()
    page.locator("#drop-yes").click()
    page.wait_for_url("**/trash**")
    settled(page)
    entry = page.locator("li", has_text=id_)
    expect(entry).to_contain_text("新名")
    entry.get_by_role("button", name="恢复").click()
    page.wait_for_url(f"**/collections/{id_}*")
    expect(page.locator("h1")).to_have_text("新名")
    assert httpx.get(f"{base}/collections/{id_}").json()["featureCount"] == 3
