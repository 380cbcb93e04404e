"""Names, titles and the texts of codes as people see them on the map and on staff's pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.format_files import boxes
from tests.geodatabase_items import domain, geodatabase

from .conftest import ADMIN_KEY, PHONE, WIDE, Visit, running_service
from .test_staff_story import OVERFLOW, settled

Visitor = Callable[..., Visit]
USES = {"R2": "二类居住用地", "G1": "公园绿地"}


def _parcels() -> bytes:
    return geodatabase(
        boxes(3),
        {"YDXZ": ["R2", "G1", "X9"], "BH": ["B-1", "B-2", "B-3"], "DKMC": ["甲块", "乙块", "丙块"]},
        aliases={"YDXZ": "用地性质", "DKMC": "地块名称"},
        domains={"YDXZ": "uses"},
        definitions=[domain("uses", USES)],
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, seeded_file: Path) -> Iterator[str]:
    """Return the address of a service that has parcels with aliases and coded values."""
    store = tmp_path_factory.mktemp("titles") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with running_service(store, min_free_mb="0") as address:
        _send(address, "parcels", title="地块图斑", create="true")
        yield address


def _send(base: str, collection: str, **fields: str) -> str:
    """Upload the parcels and return the number of the import."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "Prefer": "wait=60"}
    answer = httpx.post(
        f"{base}/collections/{collection}/imports",
        files={"file": ("parcels.gdb.zip", _parcels())},
        data=fields,
        headers=headers,
        timeout=90,
    )
    told: str = answer.raise_for_status().json()["id"]
    return told


def _signed_in(one: Visit) -> Visit:
    assert one.page.request.post(f"{one.base}/session", data={"key": ADMIN_KEY}).status == 200
    return one


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_panel_shows_the_name_the_title_and_what_the_code_stands_for(
    visit: Visitor, base: str, size: tuple[int, int]
) -> None:
    page = visit(size, base=base).open("/map?collections=parcels&lang=zh#sel=parcels/B-2")
    expect(page.locator("#panel-title")).to_have_text("乙块")
    row = page.locator(".attributes tr", has=page.locator("code", has_text="YDXZ"))
    expect(row.locator("th")).to_have_text("用地性质YDXZ")
    expect(row.locator("td")).to_have_text("G1公园绿地")
    plain = page.locator(".attributes tr", has_text="BH")
    expect(plain).to_have_text("BHB-2")
    assert page.evaluate(OVERFLOW) <= 0


def test_the_map_names_the_parcels_and_search_finds_them(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/map?collections=parcels&lang=zh&bbox=123.39,41.77,123.46,41.80")
    expect(page.locator(".label", has_text="丙块")).to_be_visible()
    page.fill("#search", "yikuai")
    expect(page.locator(".hit-name")).to_have_text(["乙块"])
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("乙块")


def test_a_click_tells_the_name_of_what_was_hit(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/map?collections=parcels&lang=zh#at=123.405,41.785")
    page.locator('path[data-collection="parcels"][data-feature="B-1"]').click(
        position={"x": 4, "y": 4}
    )
    expect(page.locator(".feature-name")).to_have_text("甲块")
    expect(page.locator(".code-text")).to_have_text("二类居住用地")


def test_the_small_map_names_features_and_speaks_chinese(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/collections/parcels/items/B-2?f=html&lang=zh")
    page.locator("#data-map[data-ready]").wait_for()
    page.locator("#data-map path.leaflet-interactive").click()
    expect(page.locator(".leaflet-popup-content")).to_have_text("乙块")
    expect(page.get_by_role("button", name="放大")).to_be_visible()
    expect(page.get_by_role("button", name="缩小")).to_be_visible()


def test_the_maps_beside_forms_speak_chinese(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/locate?lang=zh")
    expect(page.get_by_role("button", name="放大")).to_be_visible()
    expect(page.get_by_role("button", name="缩小")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_naming_field_is_chosen_while_importing(
    visit: Visitor, base: str, size: tuple[int, int]
) -> None:
    import_id = _send(base, "parcels", dry_run="true")
    page = _signed_in(visit(size, base=base)).open(f"/imports/{import_id}?f=html&lang=zh")
    settled(page)
    choice = page.locator(".title-field select")
    expect(choice.locator("option:checked")).to_have_text("地块名称 (DKMC)")
    expect(page.locator(".title-field button")).to_be_disabled()
    choice.select_option("BH")
    with page.expect_response("**/decision"):
        page.locator(".title-field button").click()
    settled(page)
    expect(page.locator(".title-field option:checked")).to_have_text("BH")
    expect(page.locator(".title-field button")).to_be_disabled()
    assert page.evaluate(OVERFLOW) <= 0


def test_the_naming_field_is_changed_later(visit: Visitor, base: str) -> None:
    _send(base, "others", create="true")
    page = _signed_in(visit(base=base)).open("/collections/others/revisions?f=html&lang=zh")
    settled(page)
    expect(page.locator("#title-field option:checked")).to_have_text("地块名称 (DKMC)")
    page.locator("#title-field select").select_option("BH")
    page.locator("#title-field button").click()
    expect(page.locator("#revisions li")).to_have_count(2)
    expect(page.locator("#title-field option:checked")).to_have_text("BH")
    assert _title_field(page, base) == "BH"


def _title_field(page: Page, base: str) -> str:
    told: str = page.request.get(f"{base}/collections/others").json()["titleField"]
    return told


def test_who_only_reads_is_offered_no_change(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/collections/parcels/revisions?f=html&lang=zh")
    settled(page)
    expect(page.locator("#title-field select")).to_have_count(0)
