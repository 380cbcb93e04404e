"""OGC API's resources as pages for people, and features as files."""

import html
import re
from pathlib import Path

import geopandas
import pytest
from starlette.testclient import TestClient

from app.features.html_table import cell
from tests.app.conftest import Serve, with_key
from tests.app.files import HEPING, make_collection, points_geojson, send

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = (
    "/collections",
    "/collections/zones",
    "/collections/sites/items",
    "/collections/zones/items/zone-manrong",
    "/collections/sites/queryables",
    "/collections/sites/schema",
    "/collections/zones/tiles",
    "/collections/zones/tiles/CGCS2000Quad",
    "/conformance",
    "/tileMatrixSets",
    "/tileMatrixSets/WebMercatorQuad",
)
HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_browser_gets_a_page_and_a_program_json(client: TestClient, path: str, lang: str) -> None:
    page = client.get(path, headers=HTML, params={"lang": lang})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}">' in page.text
    assert client.get(path, params={"f": "html"}).headers["content-type"].startswith("text/html")
    assert "json" in client.get(path).headers["content-type"]
    assert "json" in client.get(path, headers=HTML, params={"f": "json"}).headers["content-type"]


def test_every_resource_is_reached_by_links_from_the_list_of_collections(
    client: TestClient,
) -> None:
    seen, waiting = set[str](), ["/collections?f=html"]
    while waiting and len(seen) < 150:
        path = waiting.pop()
        seen.add(path)
        page = client.get(path, headers=HTML)
        assert page.status_code == 200, path
        links = re.findall(r'href="(/(?:collections|tileMatrixSets|conformance)[^"#]*)"', page.text)
        found = {link.replace("&amp;", "&") for link in links}
        waiting += sorted(
            link
            for link in found - seen - set(waiting)
            if not re.search(r"f=(?!html)|tilejson|sortby|offset|export|revisions", link)
        )
    for wanted in ("items/", "queryables", "schema", "tiles/", "tileMatrixSets/", "conformance"):
        assert any(wanted in path for path in seen), wanted


def test_a_filter_that_is_not_understood_is_told_on_the_page(client: TestClient) -> None:
    page = client.get("/collections/sites/items", headers=HTML, params={"filter": "name LIKE"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text


@pytest.mark.slow
@pytest.mark.parametrize(("field", "written"), [("地块名称", "地块名称"), ("DK MC", '"DK MC"')])
def test_the_example_of_a_filter_is_one_of_the_collections_own(
    serve: Serve, field: str, written: str
) -> None:
    client = with_key(serve())
    make_collection(client)
    told = points_geojson(HEPING).replace(b'"name"', f'"{field}"'.encode())
    send(client, told)
    page = client.get("/collections/mine/items", headers=HTML, params={"lang": "zh"})
    example = f"{written} LIKE '%公园%'"
    assert f"例如：{example}" in html.unescape(page.text)
    found = client.get("/collections/mine/items", params={"filter": example, "f": "json"})
    assert found.status_code == 200


def test_hostile_text_is_shown_as_text(serve: Serve) -> None:
    client = with_key(serve())
    make_collection(client, title=HOSTILE)
    send(client, points_geojson(HEPING, name=HOSTILE))
    for path in ("/collections", "/collections/mine/items", "/collections/mine/items/p0"):
        assert HOSTILE not in client.get(path, headers=HTML).text
    filtered = client.get("/collections/mine/items", headers=HTML, params={"filter": HOSTILE})
    assert HOSTILE not in filtered.text


def test_a_table_is_turned_sorted_and_filtered_by_links(client: TestClient) -> None:
    page = client.get("/collections/sites/items?sortby=-name&limit=25", headers=HTML).text
    following = re.search(r'href="([^"]*offset=25[^"]*)"', page)
    assert following is not None
    assert "sortby=-name" in following[1]
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("form", ["fgb", "parquet", "gpkg"])
def test_features_come_as_files_of_gis_programs(
    client: TestClient, tmp_path: Path, form: str
) -> None:
    query = {"f": form, "limit": "3", "offset": "2", "properties": "name", "crs": "EPSG:4550"}
    answer = client.get("/collections/zones/items", params=query)
    assert answer.status_code == 200
    read = geopandas.read_parquet if form == "parquet" else geopandas.read_file
    file = tmp_path / f"features.{form}"
    file.write_bytes(answer.content)
    frame = read(file)
    same = client.get("/collections/zones/items", params={**query, "f": "json"}).json()
    assert sorted(frame["name"]) == sorted(f["properties"]["name"] for f in same["features"])
    assert "order" not in frame
    assert frame.crs.to_epsg() == 4550
    # As these formats have it, x is the easting, some 500 km from the meridian's false origin.
    assert (frame.geometry.bounds["minx"] - 500_000).abs().max() < 60_000


def test_features_come_as_csv_page_by_page(client: TestClient) -> None:
    answer = client.get("/collections/sites/items?f=csv&limit=20&filter=category='park'")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["ogc-numberreturned"] == str(len(answer.text.splitlines()) - 1)
    assert not answer.text.startswith("\ufeff")
    page = client.get("/collections/sites/items?f=csv&limit=5")
    following = re.search(r'<([^>]*)>; rel="next"; type="text/csv"', page.headers["link"])
    assert following is not None
    second = client.get(following[1]).text.splitlines()
    assert second[0] == page.text.splitlines()[0]
    assert set(second[1:]).isdisjoint(page.text.splitlines()[1:])


def test_other_forms_are_linked_from_every_page(client: TestClient) -> None:
    told = client.get("/collections/zones/items?limit=2").json()["links"]
    others = {link["type"]: link["href"] for link in told if link["rel"] == "alternate"}
    for media_type, address in others.items():
        answer = client.get(address)
        assert answer.headers["content-type"].startswith(media_type)
        assert "limit=2" in address
    assert len(others) == 5
    one = client.get("/collections/zones/items/zone-manrong").json()["links"]
    assert "alternate" in {link["rel"] for link in one}


@pytest.mark.parametrize("form", ["csv", "fgb", "parquet", "gpkg", "html"])
def test_what_a_client_holds_in_one_form_is_not_taken_for_another(
    client: TestClient, form: str
) -> None:
    path = "/collections/zones/items"
    held = client.get(path).headers["etag"]
    fresh = client.get(path, params={"f": form}, headers={"If-None-Match": held})
    assert fresh.status_code == 200
    if form != "html":
        same = {"If-None-Match": fresh.headers["etag"]}
        assert client.get(path, params={"f": form}, headers=same).status_code == 304


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (210102001001000000.0, "210102001001000000"),
        (41533661.6123, "41533661.6123"),
        (123456789.987654, "123456789.987654"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_are_shown_with_all_their_digits(value: float, text: str) -> None:
    assert cell(value, "zh") == text


@pytest.mark.parametrize(
    ("lang", "first", "last"),
    [
        ("zh", "勾绘依据", "勾绘依据（英文）"),
        ("en", "Basis of the drawing, in English", "Basis of the drawing"),
    ],
)
def test_columns_in_another_language_come_last(
    client: TestClient, lang: str, first: str, last: str
) -> None:
    path = f"/collections/zones/items?f=html&lang={lang}"
    page = client.get(path, headers={"Accept": "text/html"}).text
    headings = re.findall(r"<th scope=\"col\".*?>([^<]+)</", page)
    assert headings.index(last) > headings.index(first)
    assert headings.index(last) > len(headings) / 2


def test_a_list_of_texts_is_read_without_brackets() -> None:
    assert cell(["北市场", "南市场"], "zh") == "北市场、南市场"
    assert cell(["a", "b"], "en") == "a, b"
    assert cell([1, "a"], "zh") == '[1,"a"]'
    assert cell([], "zh") == "[]"
