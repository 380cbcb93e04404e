"""Finding things by name."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize("query", ["西塔", "xita", "满融", "manrong", "mr"])
def test_names_pinyin_and_initials_find_features(client: TestClient, query: str) -> None:
    found = client.get("/search", params={"q": query}).json()
    assert found["count"] == len(found["results"]) > 0
    assert {"collection", "id", "name"} <= found["results"][0].keys()


def test_what_is_nowhere_finds_nothing(client: TestClient) -> None:
    assert client.get("/search?q=%E9%BE%98%E9%BE%98").json()["results"] == []


def test_no_more_hits_than_asked_for(client: TestClient) -> None:
    assert len(client.get("/search", params={"q": "路", "limit": 2}).json()["results"]) == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "parameter-missing"),
        ("q=" + "x" * 101, "parameter-too-long"),
        ("q=a&limit=none", "integer-invalid"),
    ],
)
def test_a_search_that_cannot_be_made_is_refused(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("query", ["", " ", "%00", "(", "*", "\\", "'; drop table", "😀"])
def test_odd_text_is_searched_like_any_other(client: TestClient, query: str) -> None:
    assert client.get("/search", params={"q": query}).status_code == 200
