"""Pages of text, and the files that pages load."""

import re

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import Serve
from zones.formats.supported_formats import SUFFIXES

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = ["/plan", "/plan/areas", "/plan/zone-manrong", "/plan/axis-sanhaojie", "/plan/belt-hunhe"]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/map", "/docs", *PAGES])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_address_that_a_page_names_is_ours_and_answers(
    client: TestClient, path: str, lang: str
) -> None:
    html = client.get(f"{path}?lang={lang}", headers=BROWSER).text
    named = {url.split("#")[0] for url in re.findall(r"""(?:src|href)=["']([^"']+)""", html)}
    assert len(named) > 5
    for url in named - {""}:
        assert url.startswith("/"), url
        assert client.get(url.replace("&amp;", "&"), headers=BROWSER).status_code == 200, url


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_script_and_no_handler(client: TestClient, path: str) -> None:
    html = client.get(path, headers=BROWSER).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son\w+=", html)


def test_programs_get_json_where_browsers_get_pages(client: TestClient) -> None:
    assert client.get("/plan/zone-manrong").headers["content-type"] == "application/json"
    page = client.get("/plan/zone-manrong", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert "满融国际化生态科技示范区" in page.text


def test_profile_page_quotes_the_bounds_as_written(client: TestClient) -> None:
    html = client.get("/plan/zone-beishichang?lang=zh", headers=BROWSER).text
    assert "西北至铁路、南至市府大路、东至青年大街和北三经街" in html


def test_area_page_shows_planned_and_measured_of_all_nine(client: TestClient) -> None:
    html = client.get("/plan/areas?lang=zh", headers=BROWSER).text
    rows = re.findall(r"<tr.*?</tr>", html, re.S)[1:]
    assert len(rows) == 9
    for planned, row in zip(["2.6", "7.0", "9.0", "7.1", "10.7", "23.5"], rows, strict=False):
        assert re.search(rf"<td[^>]*>{planned}</td>", row)


def test_scripts_may_be_kept_for_ever_and_are_what_they_say(client: TestClient) -> None:
    html = client.get("/map").text
    module = re.search(r'<script type="module" src="([^"]+)"', html)
    assert module
    answer = client.get(module[1])
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "npm/leaflet@1.9.4/package.json",
        "own/x/../../../settings.py",
        "..%2f..%2fsettings.py",
        "%00",
        "npm",
    ],
)
def test_no_other_file_is_served(client: TestClient, address: str) -> None:
    answer = client.get(f"/assets/{address}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_icon_is_ours(client: TestClient) -> None:
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_documentation_needs_its_package(serve: Serve) -> None:
    answer = serve(assets_dir="/nonexistent").get("/docs?lang=en")
    assert answer.status_code == 503
    assert "swagger-ui-dist" in answer.text


def test_files_of_every_format_that_is_read_can_be_chosen_for_upload(client: TestClient) -> None:
    page = client.get("/upload", headers=BROWSER).text
    (accepted,) = re.findall(r'id="file" required accept="([^"]+)"', page)
    assert set(accepted.split(",")) == set(SUFFIXES) >= {".wp", ".ods", ".zip"}
