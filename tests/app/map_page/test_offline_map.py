"""What the map in one file holds, beside what the service answers."""

import json
import re
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from app.http.fault_status import MissingProgramError
from app.map_page.script_bundle import bundled_module, for_script_element
from tests.app.conftest import serving_copy
from zones.map_page import offline_values
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store


def held(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.S)
    assert found is not None
    document: dict[str, Any] = json.loads(found[1])
    return document


def test_answers_in_the_file_are_those_of_the_service(client: TestClient) -> None:
    answer = client.get("/export/map.html")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = held(answer.text)
    answers = page["offline"]["answers"]
    assert answers["/plan/zone-sanhaojie"] == client.get("/plan/zone-sanhaojie?lang=zh").json()
    rows = client.get("/plan/areas").json()["rows"]  # they are judged as well
    assert all(
        held <= told
        for held, told in zip(
            (row.items() for row in answers["/areas"]["rows"]),
            (row.items() for row in rows),
            strict=True,
        )
    )
    sites = client.get("/collections/sites/items?limit=1000").json()["features"]
    assert answers["/collections/sites/items"]["features"] == sites
    listed = {layer["url"] for group in page["groups"] for layer in group["layers"]}
    assert listed <= answers.keys()


def test_nothing_in_the_file_leads_outside(client: TestClient) -> None:
    html = client.get("/export/map.html").text
    assert "default-src &#39;none&#39;" in html
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!data:|#)', html)
    assert "url(http" not in html


def test_collections_that_are_too_large_are_left_out_and_named(
    seeded_file: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline_values, "LARGEST_OWN_BYTES", 150)
    with serving_copy(seeded_file, tmp_path) as client:
        store = open_store(f"sqlite:///{next(tmp_path.glob('*.sqlite'))}")
        for id_, note in (("small", "x"), ("large", "x" * 200)):
            feature = Feature("1", None, {"name": note})
            info = CollectionInfo(id_, f"集合{id_}", id_)
            store.apply([Change(id_, put=[feature], collection=info)], RevisionNote("t", "made"))
        store.close()
        page = held(client.get("/export/map.html").text)
    assert page["offline"]["left_out"] == ["集合large"]
    assert "/collections/small/items" in page["offline"]["answers"]
    ids = {layer["id"] for group in page["groups"] for layer in group["layers"]}
    assert "small" in ids
    assert "large" not in ids


def test_no_text_ends_the_script_element_that_it_stands_in() -> None:
    assert "</script" not in for_script_element("a = '</script><!--'")


def test_packages_that_are_missing_are_told(tmp_path: Any) -> None:
    with pytest.raises(MissingProgramError, match="esbuild"):
        bundled_module(tmp_path, "1")


@pytest.mark.parametrize(("query", "code"), [("collections=nothere", 404), ("bbox=1", 400)])
def test_wrong_parameters_are_told(client: TestClient, query: str, code: int) -> None:
    answer = client.get(f"/export/map.html?{query}", headers={"Accept": "application/json"})
    assert answer.status_code == code
    assert orjson.loads(answer.content)["detail"]
