"""The way back to a former revision."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy, with_key
from tests.app.files import HEPING, SHENYANG_NORTH, make_collection, points_geojson, send

HISTORY = "/collections/mine/revisions"


@pytest.fixture(scope="module")
def stored(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store where r3 stored two points and r4 one."""
    folder = tmp_path_factory.mktemp("changed")
    with serving_copy(seeded_file, folder) as editor:
        make_collection(editor)
        send(editor, points_geojson(HEPING, SHENYANG_NORTH))
        send(editor, points_geojson(SHENYANG_NORTH))
    return folder / "zones.sqlite"


@pytest.fixture
def changed(stored: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a service of the test's own over a copy of that store."""
    with serving_copy(stored, tmp_path) as client:
        yield client


def items(client: TestClient, query: str = "") -> object:
    return client.get(f"/collections/mine/items{query}").json()["features"]


def test_a_restored_revision_is_a_new_one_that_everybody_sees(changed: TestClient) -> None:
    answer = changed.post(f"{HISTORY}/3/restore", json={"note": "误传"})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"r5"')
    told = answer.json()
    assert (told["revision"], told["version"], told["restored"]) == (5, 4, 3)
    assert told["why"] == "误传"
    assert told["counts"] == {"added": 1, "changed": 1, "removed": 0}
    assert items(changed) == items(changed, "?revision=3")
    assert changed.get(answer.headers["location"]).json()["who"] == "admin"


def test_without_a_note_it_says_what_was_done(changed: TestClient) -> None:
    told = changed.post(f"{HISTORY}/3/restore").json()
    assert told["why"] == "恢复到修订版 3 / Restore revision 3"


def test_nothing_is_stored_when_it_is_equal_already(changed: TestClient) -> None:
    answer = changed.post(f"{HISTORY}/4/restore")
    assert (answer.status_code, answer.json()["revision"]) == (200, None)
    assert len(changed.get(HISTORY).json()["revisions"]) == 3


def test_a_stale_tag_is_412_and_changes_nothing(changed: TestClient) -> None:
    answer = changed.post(f"{HISTORY}/3/restore", headers={"If-Match": '"r3"'})
    assert answer.status_code == 412
    assert answer.json()["type"].endswith("collection-moved-on")
    assert changed.get(HISTORY).json()["revisions"][0]["revision"] == 4


@pytest.mark.parametrize("tag", ['"r4"', "*", '"x", "r4"'])
def test_the_current_tag_lets_it_pass(changed: TestClient, tag: str) -> None:
    answer = changed.post(f"{HISTORY}/3/restore", headers={"If-Match": tag})
    assert answer.status_code == 201


@pytest.mark.parametrize("tag", ['W/"r4"', '"r99"', "nonsense"])
def test_a_tag_that_names_nothing_seen_does_not(changed: TestClient, tag: str) -> None:
    answer = changed.post(f"{HISTORY}/3/restore", headers={"If-Match": tag})
    assert answer.status_code == 412


def test_a_change_of_another_collection_makes_no_tag_stale(changed: TestClient) -> None:
    make_collection(changed, "other")
    answer = changed.post(f"{HISTORY}/3/restore", headers={"If-Match": '"r4"'})
    assert answer.status_code == 201


def test_only_an_editor_may_restore(changed: TestClient) -> None:
    del changed.headers["Authorization"]
    assert changed.post(f"{HISTORY}/3/restore").status_code == 401
    with_key(changed)
    reader = changed.post("/keys", json={"name": "r", "role": "reader"}).json()["secret"]
    assert with_key(changed, reader).post(f"{HISTORY}/3/restore").status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("mine/revisions/1", 404),
        ("mine/revisions/9", 404),
        ("mine/revisions/0", 400),
        ("mine/revisions/x", 400),
        ("none/revisions/1", 404),
    ],
)
def test_what_is_not_there_cannot_be_restored(changed: TestClient, path: str, status: int) -> None:
    assert changed.post(f"/collections/{path}/restore").status_code == status


def test_a_restore_is_in_the_audit_log(changed: TestClient) -> None:
    changed.post(f"{HISTORY}/3/restore")
    entry = changed.get("/audit?limit=1").json()["entries"][0]
    assert (entry["action"], entry["revision"], entry["reason"]) == ("restore", 5, "revision 3")
