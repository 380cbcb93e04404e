"""The map page: what stands in it, what cannot, and that its words and colours hold."""

import json
import re
from dataclasses import replace

import folium
import pytest
from shapely import Point

from tests.paths import ROOT
from zones.errors import UnknownCollectionError
from zones.map_page.basemaps import offered_basemaps
from zones.map_page.html import render_map
from zones.map_page.layer_list import (
    MOST_AS_GEOJSON,
    ListedLayer,
    district_bbox,
    layer_groups,
    map_elements,
    place_names,
)
from zones.map_page.values import MapPage, PageAssets, json_block, page_words
from zones.messages import catalogue
from zones.model import BBox, Change, CollectionInfo, Feature, RevisionNote
from zones.plan.seed import SEED_COLLECTIONS, seed_store
from zones.plan_text import load_plan
from zones.snapshot.collection import Collection
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.store.open_store import open_store

SEED = ROOT / "geodata" / "seed"
SCRIPTS = ROOT / "app" / "web" / "static" / "js"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>${1}`\"'&"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('maps')}/zones.sqlite")
    seed_store(store, SEED)
    info = CollectionInfo("hostile", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    change = Change("hostile", put=[Feature("f1", None, {"name": HOSTILE})], collection=info)
    store.apply([change], RevisionNote("test", "a hostile title"))
    found = SnapshotFollower(store, load_plan(SEED)).current()
    store.close()
    return found


@pytest.fixture(scope="module")
def page(snapshot: Snapshot) -> MapPage:
    return MapPage(
        title="title",
        lang="zh",
        nonce="n0nce==",
        revision=2,
        bbox=district_bbox(snapshot),
        groups=layer_groups(snapshot, lambda id_: f"/collections/{id_}/items", str, lang="zh"),
        elements=map_elements(snapshot, "zh"),
        names=place_names(snapshot, "zh"),
        status="非官方界线",
        urls={"locate": "/locate", "plan": "/plan", "areas": "/plan/areas", "search": "/search"},
        assets=PageAssets(
            scripts=("/assets/leaflet.js",),
            modules=("/assets/main.js",),
            styles=("/assets/leaflet.css",),
            icon="/assets/icon.svg",
            import_map={"polylabel": "/assets/polylabel.js"},
        ),
    )


def data_of(html: str) -> dict[str, object]:
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.S)
    assert block
    found: dict[str, object] = json.loads(block[1])
    return found


def layers_of(page: MapPage) -> dict[str, ListedLayer]:
    return {layer.id: layer for group in page.groups for layer in group.layers}


def test_page_of_the_whole_plan_is_smaller_than_30_kb(page: MapPage) -> None:
    assert len(render_map(page).encode()) < 30_000


def test_every_inline_script_that_runs_carries_the_nonce(page: MapPage) -> None:
    tags = re.findall(r"<script\b([^>]*)>", render_map(page))
    running = [tag for tag in tags if "application/json" not in tag and "src=" not in tag]
    assert len(running) == 2
    assert all('nonce="n0nce=="' in tag for tag in running)


def test_page_names_no_address_of_another_server(page: MapPage) -> None:
    html = render_map(page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert "cdn" not in html


def test_page_has_neither_inline_handlers_nor_inline_styles(page: MapPage) -> None:
    markup = re.sub(r"<script\b.*?</script>", "", render_map(page), flags=re.S)
    assert not re.search(r"\son\w+=|\sstyle=|<style", markup)


def test_folium_keeps_its_own_addresses_for_other_maps(page: MapPage) -> None:
    render_map(page)
    assert any("cdn" in url for _, url in folium.Map.default_js)


def test_hostile_title_cannot_leave_the_data_block(page: MapPage) -> None:
    html = render_map(page)
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert HOSTILE in json.dumps(data_of(html), ensure_ascii=False).replace('\\"', '"')


def test_hostile_page_title_is_text(page: MapPage) -> None:
    html = render_map(replace(page, title=HOSTILE))
    assert "<title>&lt;/script&gt;&lt;script&gt;" in html


def test_json_block_reads_back_as_it_was() -> None:
    value = {"text": HOSTILE + "\u2028", "number": 1.5}
    assert json.loads(json_block(value)) == value
    assert not {"<", ">", "&"} & set(json_block(value))


@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_page_states_its_language(page: MapPage, lang: str, tag: str) -> None:
    asked = replace(page, lang="en" if lang == "en" else "zh")
    assert f'<html lang="{tag}">' in render_map(asked)


def test_map_begins_at_the_district(page: MapPage) -> None:
    west, south, east, north = page.bbox
    assert 123.2 < west < east < 123.6
    assert 41.5 < south < north < 41.9
    assert data_of(render_map(page))["bbox"] == list(page.bbox)


def test_layers_stand_in_the_groups_of_the_plan(page: MapPage) -> None:
    groups = {group.id: [layer.id for layer in group.layers] for group in page.groups}
    assert groups["zones"] == ["zones"]
    assert groups["axes"] == ["axes"]
    assert groups["belts"] == ["belts", "belt_lines"]
    assert groups["evidence"] == ["disputes", "borders"]
    assert groups["own"] == ["hostile"]
    assert list(groups) == [
        "zones", "axes", "belts", "subdistricts", "sites", "evidence", "own", "base",
    ]  # fmt: skip


def test_layers_carry_count_and_address_but_no_feature(page: MapPage) -> None:
    zones = layers_of(page)["zones"]
    assert (zones.count, zones.url) == (6, "/collections/zones/items")
    assert 'coordinates":[' not in render_map(page)


def test_evidence_is_listed_but_not_shown_at_first(page: MapPage) -> None:
    hidden = {id_ for id_, layer in layers_of(page).items() if not layer.visible}
    assert hidden == {"borders", "disputes", "hostile"}


def test_collections_of_ones_own_are_shown_when_they_are_to_be(snapshot: Snapshot) -> None:
    plain, shown = (
        Collection(CollectionInfo(id_, id_, id_, visible=visible), 1, ())
        for id_, visible in (("plain", None), ("shown", True))
    )
    both = Snapshot(1, {"plain": plain, "shown": shown}, snapshot.plan)
    (group,) = layer_groups(both, str, str, lang="zh")
    assert [(layer.id, layer.visible) for layer in group.layers] == [
        ("plain", False),
        ("shown", True),
    ]


def test_asked_collections_alone_are_shown(snapshot: Snapshot) -> None:
    groups = layer_groups(snapshot, str, str, lang="zh", visible={"sites", "borders"})
    shown = {layer.id for group in groups for layer in group.layers if layer.visible}
    assert shown == {"sites", "borders"}


def test_showing_an_unknown_collection_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownCollectionError):
        layer_groups(snapshot, str, str, lang="zh", visible={"nope"})


def test_collection_of_an_unknown_group_is_listed_with_the_own_ones() -> None:
    info = CollectionInfo("new", "新", "New", group="something-else")
    empty = Snapshot(1, {}, load_plan(SEED))
    groups = layer_groups(
        Snapshot(1, {"new": Collection(info, 1, ())}, empty.plan), str, str, lang="en"
    )
    assert [group.id for group in groups] == ["own"]


def test_empty_store_still_makes_a_page(page: MapPage) -> None:
    empty = Snapshot(0, {}, load_plan(SEED))
    bare = replace(page, groups=layer_groups(empty, str, str, lang="zh"), bbox=district_bbox(empty))
    assert data_of(render_map(bare))["groups"] == []


def test_english_page_has_english_names(snapshot: Snapshot) -> None:
    assert map_elements(snapshot, "en")[0].name.startswith("Beishichang")
    assert place_names(snapshot, "en")["sd-210102021"] == "Changbai Subdistrict"


def test_every_group_of_the_seed_has_a_title() -> None:
    codes = catalogue()
    assert all(f"map-group-{info.group}" in codes for info in SEED_COLLECTIONS)


def test_scripts_use_only_words_that_the_catalogue_has() -> None:
    # A script knows the map's words without their prefix, its own page's words with it.
    own = ("points-", "staff-", "indicator-js-", "sketch-", "printing-", "edit-")
    own += ("style-", "place-", "people-")
    pages = {code for code in catalogue() if code.startswith(own)}
    known = page_words("zh").keys() | pages
    sources = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js"))
    used = set(re.findall(r'\bword\("([a-z0-9-]+)"', sources))
    assert len(used) > 60
    assert used <= known


def test_words_in_both_languages_take_the_same_values() -> None:
    chinese, english = page_words("zh"), page_words("en")
    for key, words in chinese.items():
        assert set(re.findall(r"{(\w+)}", words)) == set(re.findall(r"{(\w+)}", english[key])), key


def test_asked_basemap_and_pinned_revision_reach_the_page(page: MapPage) -> None:
    offered = offered_basemaps("zh", tianditu_key="", online=True)
    data = data_of(render_map(replace(page, basemaps=offered, basemap="amap", pinned=1)))
    assert data["basemap"] == "amap"
    assert data["revision_pinned"] == 1


def test_asked_box_is_what_the_map_opens_with(page: MapPage) -> None:
    box = BBox(123.38, 41.75, 123.42, 41.78)
    assert data_of(render_map(replace(page, bbox=box)))["bbox"] == list(box)


@pytest.mark.parametrize(
    ("count", "group", "fid", "tiles", "fid_key"),
    [
        (MOST_AS_GEOJSON, "own", "p{}", None, None),
        (MOST_AS_GEOJSON + 1, "own", "p{}", "tiles of many", "fid"),
        (MOST_AS_GEOJSON + 1, "own", "{}", "tiles of many", None),
        (MOST_AS_GEOJSON + 1, "sites", "p{}", None, None),
    ],
)
def test_only_a_large_collection_of_staff_is_drawn_from_tiles(
    page: MapPage, count: int, group: str, fid: str, tiles: str | None, fid_key: str | None
) -> None:
    features = [Feature(fid.format(n), Point(123.4, 41.7), {}) for n in range(count)]
    many = Collection(CollectionInfo("many", "多", "Many", group=group), 1, features)
    snapshot = Snapshot(1, {"many": many}, load_plan(SEED))
    groups = layer_groups(snapshot, str, lambda id_: f"tiles of {id_}", lang="zh")
    layer = layers_of(replace(page, groups=groups))["many"]
    assert (layer.tiles, layer.fid_key) == (tiles, fid_key)
    assert layer.extent == (many.extent if tiles else None)
