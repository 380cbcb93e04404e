"""The staff's pages when the service refuses or is gone: said in words, with a way to try again."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.foreign.endless import blocks_in_blocks
from tests.source_files import geojson, shapefile, squares, zipped

from .conftest import ADMIN_KEY, PHONE, WIDE, Visit, running_service
from .test_staff_pages import as_staff
from .test_staff_story import OVERFLOW, plot, settled

Visitor = Callable[..., Visit]
NO_ANSWER = {"zh": "暂时得不到服务的回应", "en": "The service does not answer just now"}
AGAIN = {"zh": "再试一次", "en": "Try again"}
EXPECTED_FAULTS = re.compile("DISCONNECTED|ERR_FAILED|409|502")
"""What the browser itself writes of requests that fail on purpose."""


@dataclass(frozen=True)
class Office:
    """A service and a client with the key; imports into its collections take what they take."""

    base: str
    client: httpx.Client

    def sent(self, name: str, content: bytes, into: str = "office", **options: str) -> str:
        """Upload a file and return the import's id at once."""
        files = {"file": (name, content)}
        answer = self.client.post(f"/collections/{into}/imports", data=options, files=files)
        return str(answer.raise_for_status().json()["id"])

    def state(self, import_id: str) -> str:
        return str(self.client.get(f"/imports/{import_id}").json()["state"])

    def over(self, import_id: str) -> str:
        """Return the state of an import once it no longer runs."""
        until = time.monotonic() + 60
        while (state := self.state(import_id)) in {"queued", "reading", "applying"}:
            assert time.monotonic() < until
            time.sleep(0.1)
        return state

    def waiting(self) -> str:
        """Return an import that waits for a decision."""
        content = zipped(shapefile([plot(0)], [("地块",)], prj=None, encoding="gbk"))
        found = self.sent("地块.zip", content, dry_run="true")
        assert self.over(found) == "needs_decision"
        return found

    def endless(self) -> str:
        """Return an import that is read until it is cancelled."""
        return self.sent("图.dxf", blocks_in_blocks(9, 10), crs="EPSG:4529", dry_run="true")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, seeded_file: Path) -> Iterator[Office]:
    store = tmp_path_factory.mktemp("office") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with running_service(store, min_free_mb="0") as base:
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        with httpx.Client(base_url=base, headers=headers, timeout=90) as client:
            office = Office(base, client)
            for count, options in ((2, {"create": "true"}), (3, {})):
                assert office.over(office.sent("a.geojson", geojson(squares(count)), **options))
            yield office


@pytest.fixture
def window(visit: Visitor, office: Office) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of an import or of the history, signed in."""
    opened: list[Visit] = []

    def open_page(path: str, *, lang: str = "zh", size: tuple[int, int] = WIDE) -> Page:
        one = as_staff(visit(size, base=office.base))
        opened.append(one)
        return one.open(f"{path}?f=html&lang={lang}")

    yield open_page
    for one in opened:
        one.faults[:] = [fault for fault in one.faults if not EXPECTED_FAULTS.search(fault)]


def try_again(page: Page, lang: str = "zh") -> None:
    """Press the button of the notice by keyboard, as a person without a mouse does."""
    button = page.get_by_role("button", name=AGAIN[lang]).first
    button.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_import_whose_service_is_gone_says_so_and_goes_on_when_it_is_back(
    window: Any, office: Office, lang: str
) -> None:
    running = office.endless()
    page = window(f"/imports/{running}", lang=lang)
    expect(page.locator(".progress")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#refused")).to_contain_text(NO_ANSWER[lang])
    expect(page.locator(".progress")).to_have_count(0)
    settled(page)
    try_again(page, lang)
    expect(page.locator("#refused")).to_contain_text(NO_ANSWER[lang])
    page.context.set_offline(False)
    try_again(page, lang)
    expect(page.locator("#refused")).to_be_empty()
    expect(page.locator(".progress")).to_be_visible()
    page.locator(".progress button").click()
    expect(page.locator(".state-failed")).to_be_visible()
    settled(page)
    assert office.over(running) == "failed"


def test_a_cancellation_that_does_not_arrive_is_told_and_can_be_repeated(
    window: Any, office: Office
) -> None:
    running = office.endless()
    page = window(f"/imports/{running}")
    delete = re.compile(f"/imports/{running}$")
    page.route(
        delete,
        lambda route: route.abort() if route.request.method == "DELETE" else route.fallback(),
    )
    page.locator(".progress button").click()
    expect(page.locator("#refused")).to_contain_text(NO_ANSWER["zh"])
    expect(page.locator(".progress")).to_be_visible()
    assert office.state(running) == "reading"
    page.unroute(delete)
    try_again(page)
    expect(page.locator(".state-failed")).to_be_visible()
    expect(page.locator("#refused")).to_be_empty()
    assert office.over(running) == "failed"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_giving_up_what_somebody_else_gave_up_is_told_in_the_words_of_the_service(
    window: Any, office: Office, size: tuple[int, int]
) -> None:
    waiting = office.waiting()
    page = window(f"/imports/{waiting}", size=size)
    settled(page)
    office.client.delete(f"/imports/{waiting}").raise_for_status()
    page.locator(".commit button").last.click()
    expect(page.locator("#refused")).to_contain_text(waiting)
    expect(page.locator(".state-needs_decision")).to_have_count(0)
    settled(page)
    assert page.evaluate(OVERFLOW) <= 0


def test_a_decision_that_does_not_arrive_can_be_sent_again(window: Any, office: Office) -> None:
    waiting = office.waiting()
    page = window(f"/imports/{waiting}")
    settled(page)
    page.context.set_offline(True)
    page.locator(".question button[type=submit]").click()
    expect(page.locator("#refused")).to_contain_text(NO_ANSWER["zh"])
    page.context.set_offline(False)
    try_again(page)
    expect(page.locator(".state-ready")).to_be_visible()
    expect(page.locator("#refused")).to_be_empty()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_history_that_is_not_answered_says_so_and_can_be_asked_for_again(
    window: Any, office: Office, lang: str
) -> None:
    page = window("/collections/office/revisions", lang=lang)
    settled(page)
    revisions = re.compile(r"/revisions\?.*limit=1000")
    page.route(revisions, lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    page.reload()
    expect(page.locator("#refused")).to_contain_text(NO_ANSWER[lang])
    settled(page)
    page.unroute(revisions)
    try_again(page, lang)
    expect(page.locator("#refused")).to_be_empty()
    expect(page.locator("#revisions li")).to_have_count(2)
    settled(page)
    page.locator("#before").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#before-title")).to_contain_text("0")


def test_a_comparison_that_is_not_answered_can_be_asked_for_again(
    window: Any, office: Office
) -> None:
    page = window("/collections/office/revisions")
    settled(page)
    page.context.set_offline(True)
    page.locator("#before").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#changes")).to_contain_text(NO_ANSWER["zh"])
    page.context.set_offline(False)
    try_again(page)
    expect(page.locator("#changes")).to_contain_text("新增 3")


def test_a_map_without_its_plan_says_so_and_draws_it_when_it_is_asked_for(
    window: Any, office: Office
) -> None:
    page = window("/collections/office/revisions")
    settled(page)
    zones = re.compile("/collections/zones/items")
    page.route(zones, lambda route: route.abort())
    page.reload()
    expect(page.locator("#refused .refusal")).to_have_count(2)
    settled(page)
    assert page.locator(".zone-label").count() == 0
    page.unroute(zones)
    for left in (1, 0):
        try_again(page)
        expect(page.locator("#refused .refusal")).to_have_count(left)
    for which in ("before", "after"):
        for _ in range(4):  # until the zones, which lie beside the data, are in view
            page.locator(f"#map-{which} .leaflet-control-zoom-out").click()
            page.wait_for_timeout(400)
        expect(page.locator(f"#map-{which} .zone-label")).not_to_have_count(0)
