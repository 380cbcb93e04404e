"""Imports beside each other, cancelled, interrupted, and told of by every process."""

import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import Serve, settings_for, with_key
from tests.app.files import HEPING, make_collection, points_geojson, send
from tests.app.imports.test_imports import count, followed
from zones.errors import StoreError
from zones.store.sql.audit import AuditFilter


@cache
def many() -> bytes:
    """Return a file that takes a while to read."""
    return points_geojson(*[(123.4 + i * 1e-6, 41.79) for i in range(50_000)])


def test_one_import_at_a_time_goes_into_a_collection(editor: TestClient) -> None:
    make_collection(editor)
    first = send(editor, points_geojson(HEPING), wait=None)
    second = send(editor, points_geojson(HEPING), wait=None)
    assert (first.status_code, second.status_code) == (202, 409)
    assert second.json()["type"].endswith("/problems/import-busy")
    followed(editor, first.headers["location"])
    assert send(editor, points_geojson(HEPING)).status_code == 201


def test_imports_into_two_collections_go_on_beside_each_other(editor: TestClient) -> None:
    make_collection(editor, "one")
    make_collection(editor, "two")
    answers = [send(editor, points_geojson(HEPING), id_, wait=None) for id_ in ("one", "two")]
    assert [answer.status_code for answer in answers] == [202, 202]
    states = [followed(editor, answer.headers["location"]) for answer in answers]
    assert [state["state"] for state in states] == ["applied"] * 2


def test_past_the_queue_a_file_is_refused_and_told_when_to_return(serve: Serve) -> None:
    client = with_key(serve(max_imports=1, import_queue=1))
    for id_ in ("one", "two", "three"):
        make_collection(client, id_)
    first, second, third = (
        send(client, points_geojson(HEPING), id_, wait=None) for id_ in ("one", "two", "three")
    )
    assert (first.status_code, second.status_code, third.status_code) == (202, 202, 429)
    assert int(third.headers["retry-after"]) > 0
    for answer in (first, second):
        assert followed(client, answer.headers["location"])["state"] == "applied"


@pytest.mark.slow
def test_a_running_import_can_be_cancelled(editor: TestClient) -> None:
    make_collection(editor)
    address = send(editor, many(), wait=None).headers["location"]
    answer = editor.delete(address)
    assert answer.status_code == 200
    assert answer.json()["state"] == "failed"
    assert answer.json()["problem"]["type"].endswith("/problems/import-cancelled")
    assert count(editor) == 0
    assert send(editor, points_geojson(HEPING)).status_code == 201


@pytest.mark.slow
def test_whoever_has_seen_an_import_end_can_begin_the_next(editor: TestClient) -> None:
    make_collection(editor)
    for number in range(5):
        sent = send(editor, points_geojson(*[HEPING] * (number + 1)), wait=None)
        assert sent.status_code == 202
        while editor.get(sent.headers["location"]).json()["state"] not in {"applied", "rejected"}:
            time.sleep(0.001)


@pytest.mark.slow
def test_a_waiting_import_can_be_cancelled(serve: Serve) -> None:
    client = with_key(serve(max_imports=1))
    make_collection(client, "one")
    make_collection(client, "two")
    running = send(client, many(), "one", wait=None).headers["location"]
    waiting = send(client, points_geojson(HEPING), "two", wait=None).headers["location"]
    assert client.delete(waiting).json()["state"] == "failed"
    assert followed(client, running)["state"] == "applied"
    assert count(client, "two") == 0


def test_an_import_that_is_over_cannot_be_cancelled(editor: TestClient) -> None:
    make_collection(editor)
    address = send(editor, points_geojson(HEPING)).headers["location"]
    answer = editor.delete(address)
    assert answer.status_code == 409
    assert count(editor) == 1
    assert editor.delete("/imports/none").status_code == 404


@pytest.mark.slow
def test_a_reader_too_slow_for_its_limit_is_ended_with_a_plain_sentence(serve: Serve) -> None:
    client = with_key(serve(import_wall_s=1, max_features=10_000_000))
    make_collection(client)
    slow = points_geojson(*[(123.4 + i * 1e-7, 41.79) for i in range(400_000)])
    answer = send(client, slow)
    assert answer.status_code == 422
    assert answer.json()["import"]["state"] == "failed"
    assert client.get("/health/live").status_code == 200


def test_closing_the_service_hands_its_imports_over_and_keeps_the_old_revision(
    serve: Serve, tmp_path: Path
) -> None:
    client = with_key(serve())
    make_collection(client)
    import_id = send(client, many(), wait=None).json()["id"]
    services_in(client.app).jobs.close()
    services = services_in(client.app)
    record, revision = services.store.imports.get(import_id), services.store.revision()
    assert record is not None
    assert (record.state, record.progress, record.error, revision) == ("queued", 0, None, 2)
    assert services.jobs.record(import_id) == record, "not taken up by who ends"
    assert services.store.audit.list(filters=AuditFilter(action="import")) == ()
    folder = services.jobs.folder
    assert (folder.is_alive(import_id), folder.can_resume(import_id)) == (False, True)
    place = folder.adopt(import_id)
    assert place is not None
    place.mark_resumed()
    place.hand_over()
    assert folder.can_resume(import_id), "whoever hands it over did not die over it"


def test_who_gives_an_import_up_is_obeyed_while_the_service_ends(serve: Serve) -> None:
    client = with_key(serve())
    make_collection(client)
    import_id = send(client, many(), wait=None).json()["id"]
    services = services_in(client.app)
    services.jobs.folder.request_cancel(import_id)
    services.jobs.close()
    record = services.store.imports.get(import_id)
    assert record is not None
    assert record.error is not None
    assert (record.state, record.error["code"]) == ("failed", "import-cancelled")
    assert services.jobs.folder.waiting() == 0


def test_an_import_whose_process_died_is_failed_at_the_next_start(
    serve: Serve, tmp_path: Path
) -> None:
    died = (
        "from zones.store.open_store import open_store;"
        "from zones.store.sql.records import ImportRecord;"
        f"open_store({settings_for(tmp_path).store!r}).imports.create(ImportRecord("
        "id='dead', collection='sites', who='x', file_name='x', state='reading'))"
    )
    subprocess.run([sys.executable, "-c", died], check=True)
    state = serve().get("/imports/dead").json()
    assert state["state"] == "failed"
    assert state["problem"]["type"].endswith("/problems/import-interrupted")


def test_a_full_disk_fails_the_import_and_old_data_are_served(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection(editor)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store-full")

    monkeypatch.setattr("app.imports.run_to_end.run_in_worker", full)
    answer = send(editor, points_geojson(HEPING))
    assert answer.status_code == 507
    assert answer.json()["import"]["state"] == "failed"
    assert count(editor) == 0


def test_an_import_that_could_not_write_its_end_is_told_as_failed(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection(editor)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store-full")

    store = services_in(editor.app).store
    monkeypatch.setattr(store.imports, "advance", full)
    answer = send(editor, points_geojson(HEPING))
    assert answer.json()["import"]["state"] == "failed"
    monkeypatch.undo()
    assert send(editor, points_geojson(HEPING)).status_code == 201


def test_an_import_that_cannot_be_kept_leaves_no_lock(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection(editor)

    def busy(*_: object) -> None:
        raise StoreError("store-busy")

    store = services_in(editor.app).store
    monkeypatch.setattr(store.imports, "create", busy)
    assert send(editor, points_geojson(HEPING)).status_code == 503
    monkeypatch.undo()
    assert send(editor, points_geojson(HEPING)).status_code == 201


def test_more_than_a_collection_may_hold_is_refused_by_every_way_in(serve: Serve) -> None:
    client = with_key(serve(quota_features=1))
    make_collection(client)
    assert send(client, points_geojson(HEPING)).status_code == 201
    two = send(client, points_geojson(HEPING, (123.41, 41.78)))
    one = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [123.4, 41.79]},
        "properties": {"name": "b"},
    }
    item = client.post("/collections/mine/items", json=one)
    for answer in (two, item):
        assert answer.status_code == 413, answer.text
        assert answer.json()["type"].endswith("/problems/quota-features")
        assert "ZONES_QUOTA_FEATURES" in answer.text
    assert count(client) == 1
