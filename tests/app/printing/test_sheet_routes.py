"""Sheets over HTTP: forms, what is refused and how, and what is remembered."""

import pytest
from starlette.testclient import TestClient

SMALL = {"size": "a4", "collections": "zones,district"}


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("png", "image/png", b"\x89PNG"),
        ("svg", "image/svg+xml", b"<svg"),
        ("geo", "application/zip", b"PK"),
    ],
)
def test_each_form_is_made(client: TestClient, form: str, media_type: str, begins: bytes) -> None:
    answer = client.get("/map/sheet", params={**SMALL, "f": form, "dpi": "40"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.content.startswith(begins)
    assert answer.headers["x-revision"] == "1"
    assert answer.headers["x-scale"] == "75000"


def test_sheet_is_made_once(client: TestClient) -> None:
    query = {**SMALL, "f": "png", "dpi": "41"}
    first = client.get("/map/sheet", params=query)
    services = client.app.state.services  # type: ignore[attr-defined]  # Starlette's application
    kept = len(services.sheets.cache)
    again = client.get("/map/sheet", params=query)
    assert again.content == first.content
    assert len(services.sheets.cache) == kept
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/map/sheet", params=query, headers=tag).status_code == 304


def test_scale_is_taken_as_people_write_it(client: TestClient) -> None:
    query = {**SMALL, "f": "png", "dpi": "40", "scale": "1:25 000"}
    assert client.get("/map/sheet", params=query).headers["x-scale"] == "25000"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"size": "a9"}, 400, "parameter-choice"),
        ({"f": "docx"}, 400, "parameter-choice"),
        ({"tables": "all"}, 400, "parameter-choice"),
        ({"scale": "3"}, 400, "integer-range"),
        ({"scale": "1e5"}, 400, "integer-invalid"),
        ({"dpi": "5000"}, 400, "integer-range"),
        ({"f": "png", "size": "a0", "dpi": "600"}, 400, "print-pixels"),
        ({"title": "长" * 100}, 400, "print-title-long"),
        ({"title": "a\nb"}, 400, "print-title-letters"),
        ({"bbox": "1,2,3"}, 400, "bbox-count"),
        ({"bbox": "-30,1,-29,2"}, 400, "print-far"),
        ({"element": "zone-manrong", "bbox": "123,41,124,42"}, 400, "print-place"),
        ({"element": "nowhere"}, 404, "unknown-element"),
        ({"collections": "nowhere"}, 404, "unknown-collection"),
        ({"collections": ",".join(f"c{n}" for n in range(99))}, 400, "print-collections"),
        ({"revision": "99"}, 404, "unknown-revision"),
        ({"paper": "a4"}, 400, "parameter-unknown"),
    ],
)
def test_fault_is_named(client: TestClient, query: dict[str, str], status: int, code: str) -> None:
    answer = client.get("/map/sheet", params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert code in answer.text


def test_words_of_a_fault_come_in_both_languages(client: TestClient) -> None:
    query = {"element": "zone-manrong", "bbox": "123,41,124,42"}
    said = {
        client.get("/map/sheet", params={**query, "lang": lang}).json()["detail"]
        for lang in ("zh", "en")
    }
    assert len(said) == 2
