"""What a browser takes to show the map: bytes, times, tasks and memory, beside their budgets.

Run ``python -m tests.bench.screen [--rounds 3] [--keep FOLDER]``. It fills a store of its own with
the plan and 220,000 parcels in the district, starts a server and opens the map in Chromium: with
all parcels off, with 200,000 of them on, and as a phone on a slow network. Each page is opened in a
browser context without anything cached; times are medians.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from app.map_page.script_bundle import write_modules
from app.settings import Settings
from tests.app.processes import server
from tests.bench.import_http import parcels
from tests.web.conftest import CHROMIUM, CHROMIUM_OPTIONS
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

COUNTS: Final = {"parcels": 200_000, "plots": 20_000}
VERTICES: Final = 24
AT_ONCE: Final = 50_000
WIDE: Final = {"width": 1366, "height": 768}
PHONE: Final = {"width": 390, "height": 844}
SLOW: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 96_000,
}
"""1.6 Mbit/s down, 150 ms."""
SWITCHED_ON: Final = "/map?lang=zh&collections=zones,parcels"
WARMING: Final = 8
"""Connections for each address: with two workers, both will have answered."""
KILOBYTE: Final = 1000
WATCH: Final = """
window.seen = { tasks: [], drawn: null };
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.seen.tasks.push([each.startTime, each.duration]);
}).observe({ type: "longtask", buffered: true });
const timer = setInterval(() => {
  if (document.querySelectorAll(".leaflet-zones-pane path").length < 6) return;
  window.seen.drawn = performance.now();
  clearInterval(timer);
}, 10);
"""


@dataclass
class Opened:
    """One opening of the map: kilobytes until it was ready, milliseconds, megabytes."""

    drawn_ms: float = 0.0
    ready_ms: float = 0.0
    kilobytes: float = 0.0
    task_ms: float = 0.0
    heaps_mb: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A line of the table: what is measured, in what, and how much it may be at most."""

    title: str
    unit: str
    measured: float
    budget: float

    def __str__(self) -> str:
        verdict = "" if self.measured <= self.budget else "**no**"
        return (
            f"| {self.title} | {self.measured:,.0f} {self.unit} | {self.budget:,.0f} | {verdict} |"
        )


def fill(path: Path) -> None:
    """Put the parcels beside the plan's own collections into a new store."""
    with server(path):
        pass
    store = open_store(f"sqlite:///{path}")
    for id_, count in COUNTS.items():
        shapes = parcels(count, VERTICES)
        features = [
            Feature(f"{n}", shape, {"name": f"地块{n:06d}", "use": n % 5})
            for n, shape in enumerate(shapes)
        ]
        made: CollectionInfo | None = CollectionInfo(id_, id_, id_, kinds=frozenset({"polygon"}))
        for begin in range(0, count, AT_ONCE):
            change = Change(id_, put=features[begin : begin + AT_ONCE], collection=made)
            store.apply([change], RevisionNote("bench", "fill"))
            made = None
    store.close()


@contextmanager
def page_of(browser: Browser, viewport: dict[str, int]) -> Iterator[tuple[Page, CDPSession]]:
    """Give a page that has nothing cached, and what speaks with the browser about it."""
    context = browser.new_context(viewport=viewport, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    for domain in ("Network", "Performance", "HeapProfiler"):
        session.send(f"{domain}.enable")
    yield page, session
    context.close()


def opened(page: Page, session: CDPSession, url: str) -> Opened:
    """Open the map and return what that took."""
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(url)
    page.wait_for_selector("body[data-ready]", timeout=120_000)
    ready = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle", timeout=180_000)
    seen = page.evaluate("window.seen")
    longest = max((duration for _, duration in seen["tasks"]), default=0.0)
    return Opened(seen["drawn"] or ready, ready, sum(sizes) / KILOBYTE, longest)


def panned(page: Page, session: CDPSession, found: Opened) -> Opened:
    """Drag the map about, at two zooms, and add what was seen meanwhile."""
    for _ in range(2):
        page.mouse.move(683, 400)
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(1500)
        for step in range(8):
            page.mouse.move(600, 400)
            page.mouse.down()
            page.mouse.move(600 + (-1) ** step * 220, 400 + (step % 3 - 1) * 120, steps=12)
            page.mouse.up()
            page.wait_for_timeout(250)
            found.heaps_mb.append(heap_mb(session))
    tasks = page.evaluate("window.seen.tasks")
    found.task_ms = max((duration for _, duration in tasks), default=0.0)
    session.send("HeapProfiler.collectGarbage")  # itself a task of 130 ms
    found.heaps_mb.append(heap_mb(session))
    return found


def heap_mb(session: CDPSession) -> float:
    """Return the megabytes of scripts' objects, with what is not collected yet."""
    told = session.send("Performance.getMetrics")["metrics"]
    used: float = {each["name"]: each["value"] for each in told}["JSHeapUsedSize"]
    return used / KILOBYTE**2


def measure(browser: Browser, base: str, rounds: int) -> Iterator[Row]:
    """Yield the table's rows."""
    off, on, slow = [], [], []
    for _ in range(rounds):
        with page_of(browser, WIDE) as (page, session):
            off.append(opened(page, session, f"{base}/?lang=zh"))
        with page_of(browser, WIDE) as (page, session):
            on.append(panned(page, session, opened(page, session, base + SWITCHED_ON)))
        with page_of(browser, PHONE) as (page, session):
            session.send("Network.emulateNetworkConditions", dict(SLOW))
            slow.append(opened(page, session, f"{base}/?lang=zh"))
    yield Row("all off: bytes of `/`", "kB", middle(each.kilobytes for each in off), 300)
    yield Row("all off: zones drawn", "ms", middle(each.drawn_ms for each in off), 800)
    yield Row("200,000 on: bytes to a ready map", "kB", middle(o.kilobytes for o in on), 1500)
    yield Row("200,000 on: longest task, panning too", "ms", middle(o.task_ms for o in on), 100)
    yield Row(
        "200,000 on: largest heap while panning", "MB", middle(max(o.heaps_mb) for o in on), 60
    )
    yield Row(
        "200,000 on: heap after that, collected", "MB", middle(o.heaps_mb[-1] for o in on), 60
    )
    yield Row(
        "phone, 1.6 Mbit/s, 150 ms: zones drawn", "ms", middle(o.drawn_ms for o in slow), 2000
    )


middle = statistics.median


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the store, used again next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        path = (options.keep or Path(temporary)) / "zones.sqlite"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fill(path)
        write_modules(Settings().assets_dir)  # as setting up does
        with server(path, workers=2) as running, sync_playwright() as playwright:
            base = str(running.client.base_url).rstrip("/")
            # What each worker works out once after a start is not measured.
            for path in ["/", "/collections/parcels/tiles/WebMercatorQuad/12/1531/3450"] * WARMING:
                httpx.get(base + path, headers={"Accept": "text/html, */*"}, timeout=900)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
            print("| with 220,000 parcels stored | measured | budget | within |\n|---|--:|--:|---|")
            for row in measure(browser, base, options.rounds):
                print(row, flush=True)
            browser.close()


if __name__ == "__main__":
    main()
