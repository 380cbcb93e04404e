"""OWSLib as a client of OGC API Features, Parts 1, 3 and 4, against a server in its own process."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import orjson
import pytest
from owslib.ogcapi import REQUEST_HEADERS
from owslib.ogcapi.features import Features

from tests.app.conftest import ADMIN_KEY
from tests.app.processes import Server, server
from zones.model import BBox
from zones.snapshot.model import Snapshot

PLACE: dict[str, Any] = {
    "type": "Feature",
    "id": "owslib-1",
    "geometry": {"type": "Point", "coordinates": [123.4, 41.79]},
    "properties": {"name": "测试点", "order": 1},
}


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of this module's own, which may be written to."""
    store = tmp_path_factory.mktemp("owslib") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as started:
        yield started


@pytest.fixture(autouse=True)
def headers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep one client's key from the next: OWSLib writes headers into a dictionary of all."""
    monkeypatch.setattr("owslib.ogcapi.REQUEST_HEADERS", dict(REQUEST_HEADERS))


@pytest.fixture
def reader(running: Server) -> Features:
    """Return a client without a key."""
    return Features(str(running.client.base_url))


@pytest.fixture
def writer(running: Server) -> Features:
    """Return a client with the admin key."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    return Features(str(running.client.base_url), headers=headers)


def names(page: dict[str, Any]) -> list[str]:
    """Return the ids of a page's features."""
    return [feature["id"] for feature in page["features"]]


def test_owslib_reads_landing_page_conformance_and_api(reader: Features) -> None:
    assert {link["rel"] for link in reader.links} >= {"service-desc", "conformance", "data"}
    assert any(
        uri.endswith("features-1/1.0/conf/core") for uri in reader.conformance()["conformsTo"]
    )
    assert reader.api()["openapi"].startswith("3.0")


def test_owslib_lists_every_collection(reader: Features, seeded_snapshot: Snapshot) -> None:
    assert set(reader.feature_collections()) == set(seeded_snapshot.collections)
    assert reader.collection("zones")["itemType"] == "feature"


def test_owslib_reads_queryables_with_chinese_titles(reader: Features) -> None:
    told = reader.collection_queryables("zones")["properties"]
    assert told["name"]["type"] == "string"
    assert any(not each.get("title", "").isascii() for each in told.values())


def test_owslib_hands_a_box_to_the_server(reader: Features, seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    box = zones.geometries[0].bounds
    found = reader.collection_items("zones", bbox=list(box), limit=100)
    assert names(found) == [zones.fids[i] for i in zones.select(BBox(*box))]


def test_owslib_filters_sorts_and_pages(reader: Features, seeded_snapshot: Snapshot) -> None:
    sites = seeded_snapshot.collection("sites")
    parks = [f.fid for f in sites if f.properties.get("category") == "park"]
    asked = {"filter": "category = 'park'", "sortby": ("name_en", "desc")}
    found: list[str] = []
    for offset in range(0, len(parks), 2):
        page = reader.collection_items("sites", **asked, limit=2, offset=offset)
        assert page["numberMatched"] == len(parks)
        found += names(page)
    assert sorted(found) == sorted(parks)
    assert reader.collection_item("sites", found[0])["id"] == found[0]


@pytest.mark.slow
def test_owslib_makes_replaces_and_deletes_a_feature(reader: Features, writer: Features) -> None:
    assert writer.collection_create('{"id": "owned", "title": "自有"}')
    assert writer.collection_item_create("owned", PLACE)
    assert reader.collection_item("owned", "owslib-1")["properties"]["name"] == "测试点"
    changed = {**PLACE, "properties": {"name": "改名", "order": 2}}
    assert writer.collection_item_update("owned", "owslib-1", orjson.dumps(changed))
    assert reader.collection_item("owned", "owslib-1")["properties"]["name"] == "改名"
    assert writer.collection_item_delete("owned", "owslib-1")
    assert names(reader.collection_items("owned")) == []
    assert writer.collection_delete("owned")


def test_owslib_without_a_key_is_told_to_bring_one(reader: Features) -> None:
    with pytest.raises(RuntimeError, match="key-missing"):
        reader.collection_item_create("zones", PLACE)


def test_a_filter_that_owslib_posts_is_told_where_it_belongs(
    reader: Features, writer: Features, running: Server
) -> None:
    cql = {"op": "=", "args": [{"property": "name"}, "x"]}
    for client in (reader, writer):
        with pytest.raises(RuntimeError, match="filter-lang=cql2-json"):
            client.collection_items("zones", cql=cql)
    with httpx.Client(base_url=running.client.base_url) as anybody:
        path = "/collections/zones/items"
        for headers in ({}, {"Content-Type": "application/cql2-json"}):
            answer = anybody.post(path, content=orjson.dumps(cql), headers=headers)
            assert answer.status_code == 400
            assert answer.json()["type"].endswith("/filter-in-body")
        assert anybody.post(path, json=PLACE).status_code == 401
        assert anybody.post(path, content=b"\xff").status_code == 401
