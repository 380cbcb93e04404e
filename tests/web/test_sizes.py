"""Every main page on a phone, a laptop, a wide screen and at 200 % zoom: all of it can be read."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page

from .conftest import ADMIN_KEY, Visit

Visitor = Callable[..., Visit]

SIZES: Final = {
    "390": (390, 844),
    "1366": (1366, 768),
    "1920": (1920, 1080),
    "200 % of 1366": (683, 384),  # a page zoomed twice has half the pixels of CSS
}
PAGES: Final = (
    "/",
    "/locate",
    "/sketch",
    "/plan",
    "/plan/areas",
    "/plan/indicators",
    "/plan/conflicts",
    "/plan/compare?zones=zone-beishichang,zone-manrong,belt-hunhe",
    "/plan/zone-manrong",
    "/plan/zone-manrong/brief",
    "/collections",
    "/collections/zones",
    "/collections/sites/items",
    "/collections/zones/revisions",
    "/collections/zones/edit",
    "/collections/zones/settings",
    "/upload",
    "/people",
    "/audit",
    "/help/edit-borders",
)
SETTLED: Final = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
)
CUT: Final = """() => {
    const found = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) found.push(`page: ${wide} px too wide`);
    const isClipped = (node) =>
        node && (getComputedStyle(node).clipPath !== "none" || isClipped(node.parentElement));
    const hides = (style) => /hidden|clip/.test(style.overflowX);
    const scrolls = (style) => /auto|scroll|hidden|clip/.test(style.overflowX);
    for (const each of document.querySelectorAll("body *")) {
        if (each.closest(".leaflet-container, svg, .swagger-ui, .skip")) continue;
        const [style, box] = [getComputedStyle(each), each.getBoundingClientRect()];
        const isThere = style.visibility === "visible" && box.width > 1 && box.height > 1;
        if (!isThere || isClipped(each)) continue;
        const name = `${each.tagName}.${each.className}`;
        const isCut = hides(style) && style.textOverflow !== "ellipsis";
        if (isCut && each.scrollWidth > each.clientWidth + 2) found.push(`cut: ${name}`);
        let around = each.parentElement;
        while (around && !scrolls(getComputedStyle(around))) around = around.parentElement;
        if (!around && (box.right > innerWidth + 2 || box.left < -2)) found.push(`out: ${name}`);
        for (const text of [...each.childNodes].filter(({ nodeType }) => nodeType === 3)) {
            const range = document.createRange();
            range.selectNode(text);
            const letters = text.data.trim().length;
            const isColumn = letters > 2 && range.getClientRects().length >= letters;
            if (isColumn) found.push(`one letter a line: ${name} ${text.data.trim()}`);
        }
    }
    return found;
}"""


def signed_in(one: Visit) -> Page:
    page = one.open("/signin?lang=zh&next=/plan")
    page.fill("#key", ADMIN_KEY)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


@pytest.mark.slow
def test_no_page_is_cut_off_at_any_size(visit: Visitor) -> None:
    """Each page is loaded once and then resized; the console stays clean, as of every visit."""
    one = visit(SIZES["1366"])
    page = signed_in(one)
    found = {}
    for path in PAGES:
        one.open(path)
        page.wait_for_load_state("networkidle")
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(SETTLED)
            if cut := page.evaluate(CUT):
                found[path, name] = cut[:5]
    assert found == {}


def test_the_search_box_shows_all_of_what_it_is_for_on_a_laptop(visit: Visitor) -> None:
    one = visit(SIZES["1366"])
    signed_in(one)
    page = one.open("/?lang=zh")
    needed, there = page.evaluate("""() => {
        const box = document.getElementById("search");
        const [style, ruler] = [getComputedStyle(box), document.createElement("canvas")];
        const pen = ruler.getContext("2d");
        pen.font = style.font;
        const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
        return [pen.measureText(box.placeholder).width, box.clientWidth - sides];
    }""")
    assert 0 < needed <= there
