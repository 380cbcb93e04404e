"""What the manual's pictures show, acted out on the running product; nothing here is drawn."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.sync_api import Page

from tests.source_files import shapefile, write, zipped

from .conftest import ADMIN_KEY
from .test_staff_story import plot

SIZE: Final = (1000, 640)
COLLECTION: Final = "parcels"
NEUTRAL: Final = """() => {
    const moment = /\\d{4}[-/]\\d+[-/]\\d+[T ,]+\\d+:\\d\\d(:\\d\\d)?/g;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (moment.test(node.data)) node.data = node.data.replace(moment, "2026-11-29 10:00");
    }
}"""
"""Moments change from run to run; in pictures it is always the same one."""

Act = Callable[[Page, "Stage"], None]


@dataclass(frozen=True)
class Stage:
    """A service with parcels in two revisions, and an import that waits for a decision."""

    base: str
    lang: str
    waiting: str
    ready: str
    folder: Path

    def open(self, page: Page, path: str) -> None:
        """Open a page in the picture's language and wait for its scripts."""
        path, hash_, rest = path.partition("#")
        joined = "&" if "?" in path else "?"
        page.goto(f"{self.base}{path}{joined}lang={self.lang}{hash_}{rest}")
        page.wait_for_load_state("networkidle")


def prepared(base: str, lang: str, folder: Path) -> Stage:
    """Upload what the pictures show."""
    word = {"zh": "地块", "en": "Parcel "}[lang]
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "Accept-Language": lang}
    with httpx.Client(base_url=base, headers=headers, timeout=90) as client:
        title = {"zh": "地块", "en": "Parcels"}[lang]
        first = {"note": {"zh": "首次导入", "en": "first import"}[lang]}
        _send(client, _plots(48, word), create="true", title=title, crs="gcj02", **first)
        second = {"note": {"zh": "按复测更新", "en": "surveyed again"}[lang]}
        _send(client, _plots(50, word, east_deg=0.0002), crs="gcj02", **second)
        waiting = _send(client, _plots(50, word), dry_run="true")
        ready = _send(client, _plots(52, word), dry_run="true", crs="gcj02")
    assert (waiting["state"], ready["state"]) == ("needs_decision", "ready"), (waiting, ready)
    return Stage(base, lang, waiting["id"], ready["id"], folder)


def _plots(count: int, word: str, *, east_deg: float = 0.0) -> bytes:
    """Return a zipped shapefile with text in GBK and no .prj."""
    shapes = [plot(number, east_deg=east_deg) for number in range(count)]
    rows = [(f"{word}{number + 1}",) for number in range(count)]
    return zipped(shapefile(shapes, rows, prj=None, encoding="gbk"))


def _send(client: httpx.Client, content: bytes, **options: str) -> dict[str, Any]:
    answer = client.post(
        f"/collections/{COLLECTION}/imports",
        data=options,
        files={"file": ("parcels.zip", content)},
    )
    told: dict[str, Any] = answer.raise_for_status().json()
    until = time.monotonic() + 60
    while told["state"] in {"queued", "reading", "applying"}:
        assert time.monotonic() < until, told
        time.sleep(0.1)
        told = client.get(f"/imports/{told['id']}").json()
    return told


def signed_in(page: Page, stage: Stage) -> None:
    """Sign the window in."""
    assert page.request.post(f"{stage.base}/session", data={"key": ADMIN_KEY}).status == 200


def _map(page: Page, stage: Stage) -> None:
    stage.open(
        page, "/map#at=123.412,41.79&view=41.7840,123.4100,13&on=zones,axes,belts,sites,district"
    )
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    page.wait_for_selector(".verdict")


def _uncertain(page: Page, stage: Stage) -> None:
    stage.open(
        page,
        "/map#at=123.388,41.738&view=41.7380,123.3900,13&on=zones,axes,belts,district,disputes",
    )
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    page.wait_for_selector(".verdict-unsure")


def _conflicts(page: Page, stage: Stage) -> None:
    stage.open(page, "/plan/zone-nanshichang")
    page.locator(".conflict").first.evaluate("node => node.scrollIntoView({block: 'center'})")


def _areas(page: Page, stage: Stage) -> None:
    stage.open(page, "/plan/areas")


def _sign_in(page: Page, stage: Stage) -> None:
    stage.open(page, "/signin")


def _upload(page: Page, stage: Stage) -> None:
    signed_in(page, stage)
    stage.open(page, "/upload")
    page.wait_for_selector('body[data-ready="true"]')
    page.set_input_files("#file", write(stage.folder, _plots(50, "a"), "parcels_2026.zip"))
    page.fill("#new-id", "parcels_2026")
    page.fill("#title", {"zh": "2026 年地块", "en": "Parcels of 2026"}[stage.lang])


def _decide(page: Page, stage: Stage) -> None:
    signed_in(page, stage)
    stage.open(page, f"/imports/{stage.waiting}?f=html")
    page.wait_for_selector('body[data-ready="true"]')
    page.locator(".candidate").first.evaluate("node => node.scrollIntoView({block: 'center'})")


def _ready(page: Page, stage: Stage) -> None:
    signed_in(page, stage)
    stage.open(page, f"/imports/{stage.ready}?f=html")
    page.wait_for_selector('body[data-ready="true"]')
    page.wait_for_selector(".state-ready")


def _history(page: Page, stage: Stage) -> None:
    signed_in(page, stage)
    stage.open(page, f"/collections/{COLLECTION}/revisions?f=html")
    page.wait_for_selector('body[data-ready="true"]')
    page.wait_for_selector("#changes")


def _export(page: Page, stage: Stage) -> None:
    stage.open(page, f"/collections/{COLLECTION}/export?f=html")


def _many(page: Page, stage: Stage) -> None:
    stage.open(page, "/locate")
    page.wait_for_selector("body[data-ready]")
    head = {"zh": "编号,名称,经度,纬度\n", "en": "id,name,lon,lat\n"}[stage.lang]
    word = {"zh": "店", "en": "Shop "}[stage.lang]
    rows = [
        f"{row},{word}{row},{123.37 + row % 20 * 0.004:.4f},{41.75 + row // 20 * 0.008:.4f}\n"
        for row in range(160)
    ]
    table = write(stage.folder, (head + "".join(rows)).encode(), "shops.csv")
    page.set_input_files("#file", table)
    page.wait_for_selector("#preview tbody tr")
    page.select_option("#many-crs", "EPSG:4490")
    page.locator("#many button[type=submit]").click()
    page.wait_for_selector(".result-done", timeout=20_000)
    page.locator("#result").evaluate("node => node.scrollIntoView()")


def _items(page: Page, stage: Stage) -> None:
    stage.open(page, "/collections/sites/items?f=html&limit=10")


def _sketch(page: Page, stage: Stage) -> None:
    corners = "123.39,41.772;123.412,41.776;123.415,41.79;123.4,41.797;123.388,41.785"
    stage.open(page, f"/sketch#area={corners}")
    page.wait_for_selector("body[data-told]", timeout=20_000)
    page.locator("#paste").evaluate("node => node.closest('section').remove()")
    page.evaluate("() => window.scrollTo(0, 90)")


def _edit(page: Page, stage: Stage) -> None:
    corners = [[123.4012, 41.7801], [123.4019, 41.785], [123.4011, 41.7902]]
    west, east = (
        [[123.3912, 41.7903], [123.3912, 41.7804]],
        [[123.4112, 41.7805], [123.4112, 41.7906]],
    )
    rings = {"1": [*corners, *west], "2": [*reversed(corners), *east]}
    names = {"zh": ("西地块", "东地块"), "en": ("West", "East")}[stage.lang]
    put = [
        {
            "type": "Feature",
            "id": fid,
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            "properties": {"name": name},
        }
        for (fid, ring), name in zip(rings.items(), names, strict=True)
    ]
    with httpx.Client(base_url=stage.base, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {ADMIN_KEY}"
        client.post("/collections", json={"id": "blocks", "title": names[0], "kinds": "polygon"})
        tag = client.get("/edits?collections=blocks").headers["etag"]
        body = {"changes": [{"collection": "blocks", "put": put}]}
        client.post("/edits", json=body, headers={"If-Match": tag}).raise_for_status()
    signed_in(page, stage)
    stage.open(page, "/collections/blocks/edit")
    page.wait_for_selector('body[data-ready="true"]')
    page.locator("path.leaflet-interactive").first.click()
    page.locator(".vertex-shared").nth(1).drag_to(page.locator("#map"), force=True)
    page.wait_for_selector('body[data-checked="true"]')
    page.evaluate("() => window.scrollTo(0, 150)")


SCENES: Final[Mapping[str, Act]] = {
    "map": _map,
    "uncertain": _uncertain,
    "conflicts": _conflicts,
    "areas": _areas,
    "sign-in": _sign_in,
    "upload": _upload,
    "decide": _decide,
    "ready": _ready,
    "history": _history,
    "export": _export,
    "many-points": _many,
    "items": _items,
    "sketch": _sketch,
    "edit": _edit,
}


def shot(page: Page, stage: Stage, name: str) -> bytes:
    """Act a scene out and return its picture as PNG."""
    SCENES[name](page, stage)
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.evaluate(NEUTRAL)
    page.wait_for_timeout(600)  # leaflet fades what it draws in
    return page.screenshot(animations="disabled", caret="hide")
