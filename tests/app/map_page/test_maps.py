"""The map page over HTTP: what the query changes, what is refused, what it may load."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import Serve
from tests.app.files import make_collection, points_geojson, send


def page_data(html: str) -> dict[str, Any]:
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.S)
    assert block
    found: dict[str, Any] = json.loads(block[1])
    return found


def visible(html: str) -> set[str]:
    groups = page_data(html)["groups"]
    return {layer["id"] for group in groups for layer in group["layers"] if layer["visible"]}


def test_page_states_its_revision_and_is_small(client: TestClient) -> None:
    answer = client.get("/map")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-revision"] == "1"
    assert len(answer.content) < 30_000


def test_nonce_of_the_page_is_that_of_its_policy_and_never_the_same_twice(
    client: TestClient,
) -> None:
    nonces = set()
    for _ in range(2):
        answer = client.get("/map")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert nonce
        assert f'nonce="{nonce[1]}"' in answer.text
        nonces.add(nonce[1])
    assert len(nonces) == 2


def test_browser_must_not_keep_a_page_whose_nonce_is_spent(client: TestClient) -> None:
    assert client.get("/map").headers["cache-control"] == "no-store"


def test_query_decides_layers_box_and_language(client: TestClient) -> None:
    query = {"collections": "zones,borders", "bbox": "123.38,41.75,123.42,41.78", "lang": "en"}
    html = client.get("/map", params=query).text
    assert visible(html) == {"zones", "borders"}
    assert page_data(html)["bbox"] == [123.38, 41.75, 123.42, 41.78]
    assert '<html lang="en">' in html


def test_pinned_revision_is_passed_on_to_the_layers(client: TestClient) -> None:
    assert page_data(client.get("/map?revision=1").text)["revision_pinned"] == 1
    assert page_data(client.get("/map").text)["revision_pinned"] is None


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("nope=1", 400, "parameter-unknown"),
        ("basemap=osm", 400, "parameter-choice"),
        ("lang=fr", 400, "parameter-choice"),
        ("bbox=1,2,3", 400, "bbox-count"),
        ("bbox=123.4,41.8,123.5,41.7", 400, "bbox-order"),
        ("bbox=123.4,nan,123.5,41.7", 400, "number-not-finite"),
        ("revision=0", 400, "integer-range"),
        ("revision=99", 404, "unknown-revision"),
        ("collections=zones,<script>", 404, "unknown-collection"),
    ],
)
def test_wrong_query_is_a_problem(client: TestClient, query: str, status: int, code: str) -> None:
    answer = client.get(f"/map?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(code)


def test_images_may_come_from_us_alone_by_default(client: TestClient) -> None:
    policy = client.get("/map").headers["content-security-policy"]
    assert "img-src 'self' data: blob:;" in policy
    assert page_data(client.get("/map").text)["basemaps"] == []


def test_offered_basemaps_extend_the_policy_by_their_hosts(serve: Serve) -> None:
    client = serve(online_basemaps=True, tianditu_key="the-key")
    answer = client.get("/map?basemap=amap")
    assert [one["id"] for one in page_data(answer.text)["basemaps"]] == ["tianditu", "amap", "osm"]
    assert page_data(answer.text)["basemap"] == "amap"
    images = re.search(r"img-src ([^;]+)", answer.headers["content-security-policy"])
    assert images
    assert "https://tile.openstreetmap.org" in images[1]
    assert "https://webrd01.is.autonavi.com" in images[1]
    assert "https://t0.tianditu.gov.cn" in images[1]


def test_page_behind_a_proxy_uses_the_public_path(serve: Serve) -> None:
    html = serve(public_url="https://example.org/zones").get("/map").text
    assert page_data(html)["urls"]["locate"] == "/zones/locate"
    assert 'src="/zones/assets/npm/leaflet@' in html


def test_without_packages_the_page_says_what_to_install(serve: Serve) -> None:
    answer = serve(assets_dir="/nonexistent").get("/map?lang=zh")
    assert answer.status_code == 503
    assert "npm ci" in answer.text
    assert "<code>leaflet</code>" in answer.text


def test_a_collection_of_ones_own_is_opened_where_it_lies(editor: TestClient) -> None:
    make_collection(editor, "spots")
    send(editor, points_geojson((123.41, 41.78), (123.42, 41.79)), "spots")
    whole = page_data(editor.get("/map?collections=zones").text)["bbox"]
    assert page_data(editor.get("/map").text)["bbox"] == whole
    opened = page_data(editor.get("/map?collections=zones,spots").text)["bbox"]
    assert opened == pytest.approx([123.408, 41.778, 123.422, 41.792])
