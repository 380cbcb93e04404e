"""A running service and a real browser, which sees every request, fault and message of a page."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

from tests.paths import ROOT

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ADMIN_KEY = "browser-tests-admin-key-0123456789abcdef"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
]
EMPTY_TILE = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>'
WIDE, PHONE = (1440, 900), (390, 844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Visit:
    """A page and what went on in it.

    ``base`` is the service's address. Of the servers whose addresses begin with ``tile_servers``
    every request is answered with an empty picture: there is no internet here.
    """

    page: Page
    base: str
    foreign: list[str] = field(default_factory=list)
    tile_servers: tuple[str, ...] = ()
    foreign_tiles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of the service; of a map, wait until its layers are drawn."""
        self.page.goto(self.base + path)
        if path == "/" or path.startswith("/map"):
            self.page.wait_for_selector("body[data-ready]", timeout=20_000)
        return self.page


@contextmanager
def running_service(store: Path, **settings: str) -> Iterator[str]:
    """Run the service on a free port and give its address once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"store": f"sqlite:///{store}", "admin_key": ADMIN_KEY, **settings}
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
    log = store.with_suffix(".log")
    errors = log.open("w")
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env={**os.environ, **{f"ZONES_{name.upper()}": value for name, value in told.items()}},
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        yield wait_until_ready(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)
        errors.close()


def wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address when the service says that it is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{base}/health/ready").status_code == httpx.codes.OK:
                return base
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the service did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def service(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a service with the plan."""
    store = tmp_path_factory.mktemp("service") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with running_service(store) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one Chromium for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield started
        started.close()


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, service: str) -> Iterator[Visitor]:
    """Return a function that opens a window; the test fails if a page asked another server."""
    contexts = []
    visits: list[Visit] = []

    def begin(
        size: tuple[int, int] = WIDE,
        *,
        base: str = service,
        locale: str = "zh-CN",
        tile_servers: tuple[str, ...] = (),
    ) -> Visit:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, has_touch=size == PHONE
        )
        contexts.append(context)
        begun = watched(Visit(context.new_page(), base, tile_servers=tile_servers))
        visits.append(begun)
        return begun

    yield begin
    for context in contexts:
        context.close()
    assert [url for one in visits for url in one.foreign] == []
    assert [fault for one in visits for fault in one.faults] == []


def watched(visit: Visit) -> Visit:
    """Note every request, fault and warning of the page; no request leaves the service."""

    def on_request(request: Request) -> None:
        visit.requests.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visit.faults.append(message.text)

    def on_route(route: Route) -> None:
        url = route.request.url
        if url.startswith(visit.tile_servers):
            visit.foreign_tiles.append(url)
            route.fulfill(body=EMPTY_TILE, content_type="image/svg+xml")
        else:
            visit.foreign.append(url)
            route.abort()

    visit.page.on("request", on_request)
    visit.page.on("console", on_console)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    outside = lambda url: not url.startswith((visit.base, "data:", "blob:"))  # noqa: E731 - one line as an argument
    visit.page.route(outside, on_route)
    return visit
