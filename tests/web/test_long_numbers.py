"""Parcel codes of 18 digits and more are shown to the last digit on every page."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely
from playwright.sync_api import Page, expect

from .conftest import ADMIN_KEY, Visit, running_service
from .test_map_tiles import settle, spot
from .test_staff_story import settled, sign_in

Visitor = Callable[..., Visit]
FIRST = 210102001001000001
LONGEST = 2**63 - 1
MIDDLE = (123.41, 41.77)
SIDE = 0.0004
MANY, FEW = 2_500, 12


def plots(count: int, *, add: int = 0, only: int | None = None) -> bytes:
    """Return squares about the middle whose codes differ in their last digits."""
    features = []
    for number in range(count):
        west = MIDDLE[0] + (number % 50 - 25) * SIDE
        south = MIDDLE[1] + (number // 50 - 25) * SIDE
        changed = add if only in (None, number) else 0
        told = {"bsm": FIRST + number + changed, "codes": [FIRST + number, {"a": LONGEST}]}
        geometry = json.loads(
            shapely.to_geojson(shapely.box(west, south, west + SIDE, south + SIDE))
        )
        feature = {"type": "Feature", "id": f"p{number}", "geometry": geometry}
        features.append({**feature, "properties": {**told, "ok": True}})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture(scope="module")
def base(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = tmp_path_factory.mktemp("long") / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with running_service(store, min_free_mb="0") as address:
        send(address, "few", plots(FEW), create="true", title="少")
        send(address, "few", plots(FEW, add=1, only=3))
        send(address, "many", plots(MANY), create="true", title="多")
        yield address


def send(base: str, collection: str, content: bytes, **options: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "Prefer": "wait=60"}
    files = {"file": ("plots.geojson", content)}
    url = f"{base}/collections/{collection}/imports"
    answer = httpx.post(url, headers=headers, files=files, data=options, timeout=90)
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


def chosen(page: Page, place: tuple[float, float]) -> None:
    page.locator(".folium-map").click(position=spot(page, place))  # type: ignore[arg-type]  # a dict of x and y


@pytest.mark.parametrize(("collection", "count"), [("few", FEW), ("many", MANY)])
def test_the_map_tells_the_code_of_what_is_chosen(
    visit: Visitor, base: str, collection: str, count: int
) -> None:
    number = count // 2 + 3
    place = (
        MIDDLE[0] + (number % 50 - 24.5) * SIDE,
        MIDDLE[1] + (number // 50 - 24.5) * SIDE,
    )
    page = visit(base=base).open(f"/map?lang=zh#on={collection}&view={place[1]},{place[0]},18")
    if collection == "many":
        settle(page)
    else:
        page.wait_for_load_state("networkidle")
    chosen(page, place)
    table = page.locator(".attributes")
    expect(table.locator("tr", has_text="bsm")).to_contain_text(str(FIRST + number))
    codes = f'[{FIRST + number},{{"a":{LONGEST}}}]'
    expect(table.locator("tr", has_text="codes")).to_contain_text(codes)
    expect(table.locator("tr", has_text="ok")).to_contain_text("true")


def test_a_comparison_shows_that_the_last_digit_has_changed(visit: Visitor, base: str) -> None:
    page = visit(base=base).open("/collections/few/revisions?f=html&lang=zh")
    settled(page)
    expect(page.locator(".field-changes del")).to_have_text(str(FIRST + 3))
    expect(page.locator(".field-changes ins")).to_have_text(str(FIRST + 4))


def test_the_preview_of_an_import_shows_the_rows_and_the_change(visit: Visitor, base: str) -> None:
    told = send(base, "few", plots(FEW, add=1, only=5), dry_run="true")
    page = visit(base=base).page
    sign_in(page, base, f"/imports/{told['id']}?f=html%26lang=zh")
    page.goto(f"{base}/imports/{told['id']}?f=html&lang=zh")
    settled(page)
    expect(page.locator("table.preview")).to_contain_text(str(FIRST + 1))
    changes = page.locator(".field-changes", has_text=str(FIRST + 5))
    expect(changes.locator("del")).to_have_text(str(FIRST + 5))
    expect(changes.locator("ins")).to_have_text(str(FIRST + 6))


def test_the_pages_of_features_show_the_code(visit: Visitor, base: str) -> None:
    page = visit(base=base).page
    for path in ("/collections/few/items", "/collections/few/items/p5"):
        page.goto(f"{base}{path}?f=html&lang=zh")
        expect(page.locator("body")).to_contain_text(str(FIRST + 5))
