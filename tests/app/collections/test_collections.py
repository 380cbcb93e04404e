"""Making and dropping collections of one's own."""

import pytest
from starlette.testclient import TestClient

from tests.app.files import HEPING, make_collection, points_geojson, send


def test_a_collection_is_made_empty_and_listed(editor: TestClient) -> None:
    answer = editor.post("/collections", json={"id": "shops", "title": "商店", "kinds": ["point"]})
    assert answer.status_code == 201
    assert answer.headers["location"].endswith("/collections/shops")
    made = editor.get(answer.headers["location"]).json()
    assert (made["title"], made["kinds"], made["featureCount"]) == ("商店", ["point"], 0)
    assert made["partOfPlan"] is False
    assert "extent" not in made
    assert editor.get("/collections/shops/items").json()["features"] == []
    assert editor.get("/collections/shops/items?bbox=123,41,124,42").json()["features"] == []


def test_a_collection_is_made_once(editor: TestClient) -> None:
    make_collection(editor, "shops")
    again = editor.post("/collections", json={"id": "shops"})
    assert again.status_code == 409
    assert again.json()["type"].endswith("/problems/collection-exists")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "parameter-missing"),
        ({"id": 7}, "text-expected"),
        ({"id": "Shops"}, "collection-name-invalid"),
        ({"id": "sqlite_x"}, "collection-name-invalid"),
        ({"id": "a" * 64}, "collection-name-invalid"),
        ({"id": "a" * 101}, "text-too-long"),
        ({"id": "shops", "kinds": ["circle"]}, "parameter-choice"),
        ({"id": "shops", "kinds": 3}, "parameter-choice"),
        ({"id": "shops", "kinds": [["point"]]}, "parameter-choice"),
        ({"id": "shops", "owner": "me"}, "body-member-unknown"),
        (["shops"], "body-shape"),
    ],
)
def test_a_collection_that_cannot_be_is_not_made(
    editor: TestClient, body: object, code: str
) -> None:
    answer = editor.post("/collections", json=body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(f"/problems/{code}")
    assert editor.get("/collections").headers["x-revision"] == "1"


def test_a_dropped_collection_is_gone_but_not_from_the_past(editor: TestClient) -> None:
    make_collection(editor, "shops")
    revision = send(editor, points_geojson(HEPING), "shops").json()["revision"]
    assert editor.delete("/collections/shops").status_code == 204
    assert editor.get("/collections/shops").status_code == 404
    past = editor.get(f"/collections/shops/items?revision={revision}")
    assert past.json()["numberMatched"] == 1


def test_collections_of_the_plan_stay(editor: TestClient) -> None:
    answer = editor.delete("/collections/zones")
    assert answer.status_code == 409
    assert editor.get("/collections/zones").status_code == 200


def test_what_is_not_there_cannot_be_dropped(editor: TestClient) -> None:
    assert editor.delete("/collections/shops").status_code == 404
