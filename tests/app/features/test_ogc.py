"""The landing page, conformance and collections of OGC API Features."""

import pytest
from starlette.testclient import TestClient

from app.features.items_as_geojson import FORMS
from app.features.ogc_documents import CONFORMS_TO
from app.http.negotiation import MEDIA_TYPES
from tests.app.conftest import Serve
from zones.crs.transform import CRS
from zones.export.export_options import ExportFormat
from zones.plan.seed import SEED_COLLECTIONS

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def test_the_landing_page_links_to_everything_and_every_link_answers(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept": "application/json"})
    links = {link["rel"]: link for link in answer.json()["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= links.keys()
    for link in links.values():
        assert link["href"].startswith("http://testserver/")
        followed = client.get(link["href"])
        assert followed.status_code == 200
        assert followed.headers["content-type"].startswith(link["type"])


def test_a_browser_gets_the_map_and_a_program_the_landing_page(client: TestClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    html = client.get("/", headers={"Accept": browser})
    assert html.headers["content-type"].startswith("text/html")
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
        assert client.get("/", headers={"Accept": accept}).headers["content-type"] == (
            "application/json"
        )


def test_f_decides_before_accept(client: TestClient) -> None:
    answer = client.get("/?f=json", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/json"
    assert client.get("/?f=html").headers["content-type"].startswith("text/html")
    assert client.get("/?f=xml").status_code == 400


def test_conformance_names_the_classes(client: TestClient) -> None:
    declared = client.get("/conformance").json()["conformsTo"]
    assert declared == list(CONFORMS_TO)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in declared


def test_every_collection_of_the_plan_is_listed_in_order(client: TestClient) -> None:
    listed = client.get("/collections").json()["collections"]
    assert [collection["id"] for collection in listed] == [info.id for info in SEED_COLLECTIONS]


def test_a_collection_tells_its_extent_and_reference_systems(client: TestClient) -> None:
    zones = client.get("/collections/zones").json()
    west, south, east, north = zones["extent"]["spatial"]["bbox"][0]
    assert 123.3 < west < east < 123.6
    assert 41.6 < south < north < 41.9
    assert zones["crs"][0] == CRS84
    assert zones["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert zones["storageCrs"] in zones["crs"]
    assert len(zones["crs"]) == len(CRS)


def test_titles_are_chinese_unless_english_is_asked_for(client: TestClient) -> None:
    assert client.get("/collections/zones").json()["title"] == "六区"
    assert client.get("/collections/zones?lang=en").json()["title"] == "Six zones"
    english = client.get("/collections/zones", headers={"Accept-Language": "en-GB,zh;q=0.5"})
    assert english.json()["title"] == "Six zones"


def test_links_begin_with_the_public_address(serve: Serve) -> None:
    client = serve(public_url="https://maps.example.cn/heping/")
    links = client.get("/?f=json").json()["links"]
    assert all(link["href"].startswith("https://maps.example.cn/heping/") for link in links)


@pytest.mark.parametrize("host", ["evil.example/<script>", "a b", "x" * 300, 'a"b'])
def test_a_host_that_is_none_is_not_repeated(client: TestClient, host: str) -> None:
    answer = client.get("/?f=json", headers={"Host": host})
    assert host not in answer.text


@pytest.mark.parametrize("path", ["/collections/none", "/collections/none/items"])
def test_an_unknown_collection_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/collections" in answer.json()["detail"]


def test_a_collection_links_to_its_items_in_each_form_and_to_itself_as_files(
    client: TestClient,
) -> None:
    """Part 1, /req/core/fc-md-items-links: a link for each encoding, with its type."""
    links = client.get("/collections/zones").json()["links"]
    items = [link for link in links if link["rel"] == "items"]
    files = [link for link in links if link["rel"] == "enclosure"]
    assert [link["type"] for link in items] == [MEDIA_TYPES[form] for form in FORMS]
    assert len(files) == len(ExportFormat)
    for link in [*items, *files]:
        answer = client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == link["type"]
