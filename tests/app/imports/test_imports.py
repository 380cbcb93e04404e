"""Files on their way into a collection: sent, followed, stored."""

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.files import (
    HEPING,
    SHENYANG_NORTH,
    make_collection,
    points_geojson,
    points_shapefile,
    send,
)
from zones.crs.transform import CRS, from_storage_xy

OVER = {"applied", "ready", "rejected", "failed"}


def followed(client: TestClient, address: str) -> dict[str, Any]:
    """Return an import once it is over."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get(address).json()
        if state["state"] in OVER:
            return state
        time.sleep(0.05)
    raise AssertionError(f"still {state['state']}")


def count(client: TestClient, collection: str = "mine") -> int:
    matched: int = client.get(f"/collections/{collection}/items").json()["numberMatched"]
    return matched


def test_an_upload_is_accepted_at_once_and_can_be_followed(editor: TestClient) -> None:
    make_collection(editor)
    answer = send(editor, points_geojson(HEPING), wait=None)
    assert answer.status_code == 202
    assert answer.json()["state"] in {"queued", "reading"}
    state = followed(editor, answer.headers["location"])
    assert (state["state"], state["progress"], state["revision"]) == ("applied", 1.0, 3)
    assert state["problem"] is None
    assert count(editor) == 1


def test_who_prefers_to_wait_gets_the_result(editor: TestClient) -> None:
    make_collection(editor)
    answer = send(editor, points_geojson(HEPING), wait=30)
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait=30"
    assert answer.headers["etag"] == '"r3"'
    assert answer.json()["counts"]["added"] == 1
    assert count(editor) == 1


def test_a_zipped_shapefile_is_stored_with_its_chinese_names(editor: TestClient) -> None:
    make_collection(editor)
    answer = send(editor, points_shapefile(HEPING, SHENYANG_NORTH), name="点.zip")
    assert answer.status_code == 201, answer.text
    features = editor.get("/collections/mine/items").json()["features"]
    assert "甲1" in features[1]["properties"].values()
    assert features[0]["geometry"]["coordinates"] == pytest.approx(HEPING)


def test_a_shapefile_without_prj_is_stored_once_its_system_is_named(editor: TestClient) -> None:
    make_collection(editor)
    metres = from_storage_xy(*HEPING, CRS.EPSG_4550)
    file = points_shapefile(metres, prj=None)
    refused = send(editor, file, name="p.zip")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["hint"]
    asked = refused.json()["import"]
    assert (asked["state"], asked["revision"], count(editor)) == ("needs_decision", None, 0)
    answer = asked["question"]["candidates"][0]["options"]
    assert answer == {"crs": "EPSG:4550"}
    assert send(editor, file, name="p.zip", fields=answer).status_code == 201
    (feature,) = editor.get("/collections/mine/items").json()["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx(HEPING, abs=1e-7)


def test_shifted_coordinates_are_shifted_back_when_their_datum_is_named(editor: TestClient) -> None:
    make_collection(editor)
    shifted = from_storage_xy(*HEPING, CRS.GCJ02)
    assert send(editor, points_geojson(shifted), fields={"datum": "gcj02"}).status_code == 201
    (feature,) = editor.get("/collections/mine/items").json()["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx(HEPING, abs=1e-6)


def test_a_dry_run_tells_and_stores_nothing(editor: TestClient) -> None:
    make_collection(editor)
    answer = send(editor, points_geojson(HEPING), fields={"dry_run": "true"})
    assert answer.status_code == 200
    assert answer.json()["state"] == "ready"
    assert answer.json()["counts"]["added"] == 1
    assert count(editor) == 0


def test_ids_of_any_characters_can_be_fetched(editor: TestClient) -> None:
    make_collection(editor)
    content = points_geojson(HEPING).replace(b'"p0"', '"a/b 甲?#%"'.encode())
    assert send(editor, content).status_code == 201
    fetched = editor.get("/collections/mine/items/a%2Fb%20%E7%94%B2%3F%23%25")
    assert fetched.json()["id"] == "a/b 甲?#%"
    self_link = next(link for link in fetched.json()["links"] if link["rel"] == "self")
    assert editor.get(self_link["href"]).json()["id"] == "a/b 甲?#%"


def test_imports_are_listed_newest_first(editor: TestClient) -> None:
    make_collection(editor)
    ids = [send(editor, points_geojson(HEPING)).json()["id"] for _ in range(2)]
    assert [entry["id"] for entry in editor.get("/imports").json()["imports"]] == ids[::-1]
    assert len(editor.get("/imports?limit=1").json()["imports"]) == 1


def test_every_import_is_audited_with_its_file_and_outcome(editor: TestClient) -> None:
    make_collection(editor)
    sent = send(editor, points_geojson(HEPING), name="a\r\nb.geojson")
    send(editor, b"")
    refused, stored, _ = editor.get("/audit").json()["entries"]
    assert (stored["action"], stored["outcome"], stored["revision"]) == ("import", "ok", 3)
    assert stored["request_id"] == sent.headers["x-request-id"]
    assert "\n" not in stored["file_name"]
    assert (refused["outcome"], refused["reason"]) == ("failed", "source-empty")


@pytest.mark.parametrize("header", ["", "wait=soon", "respond-async", "wait=-1"])
def test_a_preference_that_is_not_understood_is_passed_over(
    editor: TestClient, header: str
) -> None:
    make_collection(editor)
    answer = editor.post(
        "/collections/mine/imports",
        files={"file": ("a.geojson", points_geojson(HEPING))},
        headers={"Prefer": header},
    )
    assert answer.status_code == 202
    followed(editor, answer.headers["location"])


def test_nothing_is_left_on_the_disk(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING))
    send(editor, b"nonsense")
    folder = services_in(editor.app).jobs.folder
    assert folder.waiting() == 0
