"""Staff style a collection in the browser: categories in standard colours, classes, labels, map."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from tests.source_files import feature, geojson, polygon, square

from .accessibility import violations
from .conftest import ADMIN_KEY, PHONE, Visit
from .test_staff_story import OVERFLOW, settled, sign_in

Visitor = Callable[..., Visit]
USES = ("R2", "G1", "B1")
SLOW_MS = 30_000


def test_a_collection_is_styled_by_category_and_by_classes(visit: Visitor) -> None:
    one = visit(PHONE)
    page, base = one.page, one.base
    rows = [
        feature(polygon(square(n)), DKBH=f"P{n}", 用地=USES[n % 3], 层数=n + 1) for n in range(9)
    ]
    made = httpx.post(
        f"{base}/collections/styled/imports",
        files={"file": ("a.geojson", geojson(rows))},
        data={"create": "true", "title": "用地"},
        headers={"Authorization": f"Bearer {ADMIN_KEY}", "Prefer": "wait=60"},
        timeout=60,
    )
    assert made.status_code == 201
    sign_in(page, base, "/collections/styled/style")
    settled(page)
    page.select_option("[name=kind]", "graduated")
    expect(page.locator(".legend-table tbody tr")).to_have_count(6, timeout=SLOW_MS)
    page.select_option("[name=kind]", "categories")
    page.select_option("[name=property]", "用地")
    page.select_option("[name=set]", "land-use")
    expect(page.locator(".legend-table input[type=color]").nth(2)).to_have_value(
        "#ffff2d", timeout=SLOW_MS
    )
    page.get_by_label("“R2”的图例文字").fill("居住")
    page.select_option("[name=label]", "=层数")
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("#save").click()
    expect(page.locator("#told")).to_contain_text("已保存", timeout=SLOW_MS)
    style = httpx.get(f"{base}/collections/styled").json()["style"]
    assert style["label"] == "层数"
    assert [each["title"] for each in style["categories"]] == ["B1", "G1", "居住"]
    page = visit().open("/map?collections=styled")
    expect(page.locator("[data-classes=styled] .key-row")).to_have_count(4)
    expect(page.locator("[data-classes=styled]")).to_contain_text("居住")
