"""Imports whose process died with its upload there: led on once, over nothing newer."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.imports.upload_folder import Sender
from tests.app.conftest import serving_copy
from tests.app.files import HEPING, make_collection, points_geojson
from tests.app.imports.test_imports import count, followed
from zones.store.sql.records import ImportRecord

FILE = points_geojson(HEPING, (123.41, 41.78))


@pytest.fixture(scope="module")
def admin(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving_copy(seeded_file, tmp_path_factory.mktemp("resuming")) as client:
        yield client


def dead_import(admin: TestClient, id_: str, *, options: dict[str, Any] | None = None) -> Path:
    """Leave what a killed process leaves of an import into a collection; return its folder."""
    services = services_in(admin.app)
    place = services.jobs.folder.make_place(f"import-{id_}")
    place.upload.write_bytes(FILE)
    place.note_sender(Sender("key-1", "request-1"))
    record = ImportRecord(
        id=f"import-{id_}",
        collection=id_,
        who="somebody",
        file_name="points.geojson",
        state="reading",
        file_sha256=hashlib.sha256(FILE).hexdigest(),
        file_bytes=len(FILE),
        options={"mode": "replace", "match": "auto", **(options or {})},
    )
    services.store.imports.create(record)
    place.release()
    return place.folder


def outcome(admin: TestClient, id_: str) -> tuple[str, str | None]:
    """Return how an import ended: state and fault."""
    told = followed(admin, f"/imports/import-{id_}")
    problem = told["problem"]
    return told["state"], problem and problem["type"].rpartition("/")[2]


def test_it_is_led_on_with_its_options_in_the_name_of_who_sent_it(admin: TestClient) -> None:
    folder = dead_import(admin, "led", options={"create": True, "title": "甲", "note": "为何"})
    assert outcome(admin, "led") == ("applied", None)
    assert count(admin, "led") == 2
    assert admin.get("/collections/led").json()["title"] == "甲"
    (revision,) = admin.get("/collections/led/revisions").json()["revisions"]
    assert (revision["who"], revision["why"]) == ("somebody", "为何")
    (line,) = admin.get("/audit?collection=led&action=import").json()["entries"]
    assert (line["key_id"], line["request_id"]) == ("key-1", "request-1")
    assert not folder.exists()


def test_without_anybody_asking_it_is_led_on_or_its_rest_removed(admin: TestClient) -> None:
    make_collection(admin, "looked")
    dead_import(admin, "looked")
    jobs = services_in(admin.app).jobs
    torn = jobs.folder.make_place("receiving")
    torn.release()
    jobs.take_up_abandoned()
    assert outcome(admin, "looked") == ("applied", None)
    assert not torn.folder.exists()


@pytest.mark.parametrize("why", ["torn", "led on before", "cancelled", "changed since"])
def test_it_has_failed_where_it_must_not_go_on(admin: TestClient, why: str) -> None:
    id_ = f"not_{why.replace(' ', '_')}"
    make_collection(admin, id_)
    folder = dead_import(admin, id_)
    if why == "torn":
        (folder / "upload").write_bytes(FILE[:-9])
    elif why == "changed since":
        assert admin.patch(f"/collections/{id_}", json={"title": "乙"}).status_code == 200
    else:
        (folder / {"led on before": "resumed", "cancelled": "cancel"}[why]).touch()
    assert outcome(admin, id_) == ("failed", "import-interrupted")
    assert count(admin, id_) == 0
    services_in(admin.app).jobs.take_up_abandoned()
    assert not folder.exists()


def test_it_is_not_told_as_under_way_once_the_former_process_has_stored_it(
    admin: TestClient,
) -> None:
    imports = services_in(admin.app).store.imports
    dead_import(admin, "stored", options={"create": True})
    assert imports.end("import-stored", state="applied", revision=1)
    assert not imports.advance("import-stored", state="reading")
    assert outcome(admin, "stored") == ("applied", None)
