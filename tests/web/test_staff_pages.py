"""The staff's pages: both languages, a phone, hostile text, the keyboard, and who may not."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import shapely
from playwright.sync_api import Locator, Page, expect

from tests.format_files import kml
from tests.source_files import geojson, polygon, shapefile, zipped
from tests.zones.formats.test_kml_coordinates import RING, area
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy
from zones.plan.seed import read_features

from .conftest import ADMIN_KEY, PHONE, WIDE, Visit, running_service
from .test_staff_story import HOSTILE, OVERFLOW, plot, settled

Visitor = Callable[..., Visit]
FILE_NAME = "<b onmouseover=alert(1)>坏.zip"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Desk:
    """A service with what staff have uploaded: one import waits, two are stored."""

    base: str
    reader: str
    waiting: str
    applied: str

    def path(self, name: str, lang: str) -> str:
        """Return the address of one of the pages."""
        paths = {
            "signin": "/signin?",
            "upload": "/upload?",
            "imports": "/imports?f=html&",
            "waiting": f"/imports/{self.waiting}?f=html&",
            "applied": f"/imports/{self.applied}?f=html&",
            "history": "/collections/desk/revisions?f=html&",
            "export": "/collections/desk/export?f=html&",
        }
        return f"{paths[name]}lang={lang}"


PAGES = ("signin", "upload", "imports", "waiting", "applied", "history", "export")
WITH_SCRIPTS = {"upload", "waiting", "applied", "history"}
"""Pages that say when their scripts have shown everything."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, seeded_file: Path) -> Iterator[Desk]:
    store = tmp_path_factory.mktemp("desk") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with running_service(store, min_free_mb="0") as base:
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        with httpx.Client(base_url=base, headers=headers, timeout=90) as client:
            made = client.post("/keys", json={"name": "读者", "role": "reader"})
            reader = made.raise_for_status().json()["secret"]
            send(client, 3, create="true", title=HOSTILE, crs="gcj02")
            applied = send(client, 4, crs="gcj02", east_deg=0.0002)
            waiting = send(client, 120, dry_run="true")
        assert (applied["state"], waiting["state"]) == ("applied", "needs_decision")
        yield Desk(base, reader, waiting["id"], applied["id"])


def send(
    client: httpx.Client, count: int, *, east_deg: float = 0.0, **options: str
) -> dict[str, Any]:
    """Upload plots whose first one has a hostile name, in a file that has one as well."""
    shapes = [plot(number, east_deg=east_deg) for number in range(count)]
    rows = [(f"{HOSTILE if number == 0 else '地块'}{number}",) for number in range(count)]
    return upload(client, zipped(shapefile(shapes, rows, prj=None, encoding="gbk")), **options)


def upload(
    client: httpx.Client, content: bytes, *, name: str = FILE_NAME, **options: str
) -> dict[str, Any]:
    """Send a file and wait for what becomes of it."""
    files = {"file": (name, content)}
    answer = client.post("/collections/desk/imports", data=options, files=files)
    told: dict[str, Any] = answer.raise_for_status().json()
    until = time.monotonic() + 60
    while told["state"] in {"queued", "reading", "applying"}:
        assert time.monotonic() < until, told
        time.sleep(0.1)
        told = client.get(f"/imports/{told['id']}").json()
    return told


def as_staff(one: Visit, key: str = ADMIN_KEY) -> Visit:
    """Sign the window in without the page for it."""
    assert one.page.request.post(f"{one.base}/session", data={"key": key}).status == 200
    return one


def opened(one: Visit, desk: Desk, name: str, lang: str) -> Page:
    page = one.open(desk.path(name, lang))
    if name in WITH_SCRIPTS:
        settled(page)
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_both_languages_wide_and_on_a_phone(
    visit: Visitor, desk: Desk, name: str, lang: str, size: tuple[int, int]
) -> None:
    page = opened(as_staff(visit(size, base=desk.base)), desk, name, lang)
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("img[src='x'], b[onmouseover]").count() == 0
    if size == PHONE:
        assert too_small(page) == []


def give_key(page: Page, key: str = ADMIN_KEY) -> None:
    """Type a key on the page to sign in and press Enter, once the page listens."""
    page.fill("#key", key)
    expect(page.locator("#send")).to_be_enabled()
    page.keyboard.press("Enter")


def too_small(page: Page) -> list[str]:
    """Return the controls that a finger would miss."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main .button, main select, main input")]
            .filter((node) => !["radio", "checkbox", "range", "file"].includes(node.type))
            .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 32)
            .map((node) => node.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("name", ["signin", "upload", "imports", "waiting", "history", "export"])
def test_an_english_page_speaks_english_whatever_the_browser_prefers(
    visit: Visitor, desk: Desk, name: str
) -> None:
    page = opened(as_staff(visit(base=desk.base)), desk, name, "en")
    ours = page.locator("h1, h2, legend, label > b, .button, .plain-button, summary, th[scope=col]")
    texts = [text.replace(FILE_NAME, "") for text in ours.all_inner_texts()]
    assert texts
    assert [text for text in texts if CHINESE.search(text)] == []


def test_hostile_names_are_text_on_every_page(visit: Visitor, desk: Desk) -> None:
    one = as_staff(visit(base=desk.base))
    expect(opened(one, desk, "imports", "zh").locator("main")).to_contain_text(FILE_NAME)
    page = opened(one, desk, "waiting", "zh")
    expect(page.locator("#name")).to_have_text(FILE_NAME)
    expect(page.locator(".preview td").first).to_have_text(f"{HOSTILE}0")
    page = opened(one, desk, "history", "zh")
    expect(page.locator("h1")).to_contain_text(HOSTILE)
    expect(page.locator("#revisions")).to_contain_text(FILE_NAME)
    expect(page.locator("#changes")).to_contain_text(f"{HOSTILE}0")
    page.get_by_role("button", name=f"{HOSTILE}0").first.click()
    expect(page.locator(".leaflet-tooltip", has_text=HOSTILE)).to_be_visible()
    expect(opened(one, desk, "export", "zh").locator("h1")).to_contain_text(HOSTILE)
    expect(opened(one, desk, "upload", "zh").locator("#collection")).to_contain_text(HOSTILE)


def district_in_bd09(seed_dir: Path) -> bytes:
    """Return a shapefile of the district whose numbers are those of Baidu's map."""
    (district,) = read_features(seed_dir, "district")
    rings = [
        shapely.get_coordinates(part.exterior) for part in shapely.get_parts(district.geometry)
    ]
    moved = [np.column_stack(from_storage_xy(*ring.T, CRS.BD09)).tolist() for ring in rings]
    return zipped(shapefile([polygon(ring) for ring in moved], prj=None))


def test_likeliest_is_said_only_where_something_speaks_for_it(
    visit: Visitor, desk: Desk, seed_dir: Path
) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        some = send(client, 3, dry_run="true")
        whole = upload(client, district_in_bd09(seed_dir), dry_run="true")
    assert whole["question"]["candidates"][0]["options"] == {"crs": "bd09"}
    for each, said in ((some, 0), (whole, 1)):
        page = as_staff(visit(base=desk.base)).open(f"/imports/{each['id']}?f=html&lang=zh")
        settled(page)
        expect(page.locator(".candidate em", has_text="最可能")).to_have_count(said)


def test_the_map_shows_the_first_candidate_large_and_not_the_far_ones(
    visit: Visitor, desk: Desk
) -> None:
    ring = [(532000, 4623000), (532000, 4629000), (536000, 4629000), (532000, 4623000)]
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        told = upload(client, zipped(shapefile([polygon(ring)], prj=None)), dry_run="true")
    places = [one["located"][0] for one in told["question"]["candidates"]]
    assert max(places) - min(places) > 2, "one candidate is degrees away"
    page = as_staff(visit(base=desk.base)).open(f"/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    labels = [page.locator("#map .zone-label", has_text=name) for name in ("北市场", "满融")]
    north, south = (label.bounding_box() for label in labels)
    assert north is not None
    assert south is not None
    assert south["y"] - north["y"] > 150
    page.locator('.candidate input[type="radio"]').nth(2).check()
    expect(labels[0]).to_have_count(0)


def test_rows_without_attributes_have_no_table(visit: Visitor, desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    place = {"type": "Feature", "properties": {}, "geometry": plot(1)}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        told = upload(client, geojson([place]), name="a.geojson", dry_run="true")
    page = as_staff(visit(base=desk.base)).open(f"/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    expect(page.locator(".commit")).to_be_visible()
    expect(page.locator(".preview")).to_have_count(0)


def test_on_a_phone_the_map_comes_before_what_is_asked_about_it(visit: Visitor, desk: Desk) -> None:
    page = opened(as_staff(visit(PHONE, base=desk.base)), desk, "waiting", "zh")
    tops = [page.locator(each).bounding_box() for each in ("#map", ".ask")]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] + tops[0]["height"] <= tops[1]["y"]
    assert tops[1]["y"] < PHONE[1], "the question is on the first screen"


def test_the_map_of_a_stored_import_goes_to_where_its_data_lie(visit: Visitor, desk: Desk) -> None:
    page = opened(as_staff(visit(base=desk.base)), desk, "applied", "zh")
    expect(page.locator("#map .zone-label")).not_to_have_count(0)
    expect(page.locator("#map .zone-label", has_text="满融")).to_have_count(0)  # far away


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, which it shows."""
    for _ in range(60):
        if target.evaluate("node => node === document.activeElement"):
            outline = "node => getComputedStyle(node).outlineStyle"
            assert target.evaluate(outline) != "none", "the focus cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def test_every_field_of_the_upload_form_is_reached_by_tab(visit: Visitor, desk: Desk) -> None:
    page = opened(as_staff(visit(base=desk.base)), desk, "upload", "zh")
    tab_to(page, page.locator("#collection"))
    page.keyboard.press("ArrowDown")
    assert page.locator("#collection").input_value() != ""
    tab_to(page, page.locator("#mode"))
    page.keyboard.press("ArrowDown")
    assert page.locator("#mode").input_value() == "append"
    tab_to(page, page.locator("#upload summary"))
    page.keyboard.press("Enter")
    for field in ("#crs", "#datum", "#angles", "#encoding", "#layer", "#send"):
        tab_to(page, page.locator(field))


def test_a_comparison_and_a_restoration_go_by_keyboard(visit: Visitor, desk: Desk) -> None:
    page = opened(as_staff(visit(base=desk.base)), desk, "history", "zh")
    tab_to(page, page.locator("#before"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#before-title")).to_contain_text("0")
    expect(page.locator("#changes")).to_contain_text("新增 4")
    page.locator("#swipe").focus()
    page.keyboard.press("Space")
    before, after = (page.locator(f"#map-{side}").bounding_box() for side in ("before", "after"))
    assert before == after, "one lies over the other, parted by the bar"
    page.locator("#swipe-at").focus()
    page.keyboard.press("Home")
    assert "0%" in page.evaluate("document.getElementById('maps').style.cssText")
    tab_to(page, page.get_by_role("button", name="恢复到此版").first)
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#restore")).to_be_hidden()
    expect(page.locator("#revisions li")).to_have_count(2)


def test_a_download_goes_by_keyboard(visit: Visitor, desk: Desk) -> None:
    page = opened(as_staff(visit(base=desk.base)), desk, "export", "zh")
    first = page.locator('input[name="f"]').first
    first.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator('input[name="f"]').nth(1).is_checked()
    tab_to(page, page.get_by_role("button", name="下载"))
    with page.expect_download() as begun:
        page.keyboard.press("Enter")
    assert begun.value.failure() is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reader_is_told_in_words_that_the_role_is_too_low(
    visit: Visitor, desk: Desk, tmp_path: Path, lang: str
) -> None:
    one = as_staff(visit(base=desk.base), desk.reader)
    page = opened(one, desk, "upload", lang)
    file = tmp_path / "a.zip"
    file.write_bytes(zipped(shapefile([plot(1)], [("地块",)], prj=None, encoding="gbk")))
    page.set_input_files("#file", str(file))
    page.fill("#new-id", "by_reader")
    page.locator("#send").click()
    expect(page.locator("#refused")).to_contain_text("reader")
    assert bool(CHINESE.search(page.locator("#refused").inner_text())) is (lang == "zh")
    assert httpx.get(f"{desk.base}/collections/by_reader").status_code == 404
    one.faults[:] = [fault for fault in one.faults if "403" not in fault]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_key_is_refused_in_the_language_of_the_page(
    visit: Visitor, desk: Desk, lang: str
) -> None:
    one = visit(base=desk.base)
    page = opened(one, desk, "signin", lang)
    give_key(page, "hz_wrong")
    expect(page.locator("#refused")).to_be_visible()
    assert bool(CHINESE.search(page.locator("#refused").inner_text())) is (lang == "zh")
    one.faults[:] = [fault for fault in one.faults if "401" not in fault]


@pytest.mark.parametrize(
    ("path", "script", "field"),
    [
        ("/signin?next=/imports", "sign-in.js", "#key"),
        ("/upload?", "import/upload.js", "#new-id"),
        ("/locate?f=html", "locate/main.js", "#place"),
    ],
)
def test_enter_before_the_script_has_come_loses_nothing(
    visit: Visitor, desk: Desk, path: str, script: str, field: str
) -> None:
    one = visit(base=desk.base)
    one.page.route(re.compile(script), lambda route: route.abort())
    page = one.open(path)
    page.fill(field, "typed")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.url == one.base + path
    assert page.locator(field).input_value() == "typed"
    one.faults[:] = [fault for fault in one.faults if "ERR_FAILED" not in fault]


def test_signing_in_says_so_when_the_service_does_not_answer(visit: Visitor, desk: Desk) -> None:
    one = visit(base=desk.base)
    page = opened(one, desk, "signin", "zh")
    page.context.set_offline(True)
    give_key(page)
    expect(page.locator("#refused")).to_contain_text("得不到服务的回应")
    page.context.set_offline(False)
    page.reload()
    page.route(
        re.compile("/session"), lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>")
    )
    give_key(page)
    expect(page.locator("#refused")).to_contain_text("得不到服务的回应")
    one.faults[:] = [fault for fault in one.faults if not re.search("DISCONNECTED|502", fault)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_is_not_signed_in_may_look_and_is_led_to_sign_in(
    visit: Visitor, desk: Desk, lang: str
) -> None:
    one = visit(base=desk.base)
    page = opened(one, desk, "waiting", lang)
    expect(page.locator(".candidate").first).to_be_visible()
    assert page.locator("#sections button[type=submit]").count() == 0
    page.locator(".note a").click()
    give_key(page)
    page.wait_for_url(f"**/imports/{desk.waiting}*")
    settled(page)
    assert page.locator("#sections button[type=submit]").count() == 1
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    page = opened(one, desk, "history", lang)
    page.locator(".sign-out:visible").click()
    expect(page.locator(".bar > a.who")).to_be_visible()
    settled(page)
    assert page.locator("#revisions button").count() == 2


def test_several_layers_of_a_file_are_ticked_and_taken_together(visit: Visitor, desk: Desk) -> None:
    areas = (
        f"<Folder><name>{name}</name>{area(RING.replace('41.78', f'41.7{at}'), name=name)}</Folder>"
        for at, name in enumerate(("甲", "乙", "丙"))
    )
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        told = upload(client, kml(*areas), name="图.kml", dry_run="true")
    page = as_staff(visit(base=desk.base)).open(f"/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    expect(page.locator(".question legend").first).to_contain_text("可以选几个")
    boxes = page.locator('.candidate input[type="checkbox"]')
    expect(boxes).to_have_count(4)
    expect(page.locator(".candidate").first).to_contain_text("全部图层")
    expect(page.locator(".candidate").nth(2).locator(".samples")).to_contain_text("乙")
    boxes.nth(3).check()
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible(timeout=30_000)
    expect(page.locator(".facts")).to_contain_text("甲, 丙（文件中有：甲, 乙, 丙）")


def test_all_layers_are_taken_by_one_tick(visit: Visitor, desk: Desk) -> None:
    areas = (f"<Folder><name>{name}</name>{area(RING, name=name)}</Folder>" for name in "甲乙")
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        told = upload(client, kml(*areas), name="图.kml", dry_run="true")
    page = as_staff(visit(base=desk.base)).open(f"/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    every, *others = page.locator('.candidate input[type="checkbox"]').all()
    every.check()
    for box in others:
        expect(box).to_be_checked()
    others[0].uncheck()
    expect(every).not_to_be_checked()
    others[0].check()
    expect(every).to_be_checked()
    page.get_by_role("button", name="按此继续检查").click()
    expect(page.locator(".state-ready")).to_be_visible(timeout=30_000)
    expect(page.locator(".facts")).to_contain_text("甲, 乙")


def test_layers_become_collections_of_their_own(visit: Visitor, desk: Desk) -> None:
    areas = (f"<Folder><name>{name}</name>{area(RING, name=name)}</Folder>" for name in "丁戊")
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=desk.base, headers=headers, timeout=90) as client:
        told = upload(client, kml(*areas), name="图.kml", dry_run="true")
    page = as_staff(visit(base=desk.base)).open(f"/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    page.get_by_label("每个图层（文件）一个集合").check()
    expect(page.get_by_label("丁 的集合标识")).to_have_value("ding")
    page.get_by_label("戊 的集合标识").fill("wu_di")
    page.get_by_role("button", name="按此继续检查").click()
    made = page.locator(".own-collections a")
    expect(made).to_have_count(2, timeout=30_000)
    expect(page.locator(".own-collections li").last).to_contain_text("戊 → wu_di: 检查通过")
    made.first.click()
    expect(page.locator(".state-line")).to_contain_text("→ ding")
