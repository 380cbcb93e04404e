"""Files and forms that cannot be taken: each refusal tells how to mend it, nothing is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.imports.multipart_upload import MOST_FIELDS
from tests.app.conftest import serving_copy
from tests.app.files import (
    HEPING,
    make_collection,
    points_geojson,
    points_shapefile,
    send,
    zipped,
)

LINE = b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"LineString",\
"coordinates":[[123.4,41.79],[123.5,41.8]]},"properties":{}}]}'
BOW_TIE = b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon",\
"coordinates":[[[123.4,41.79],[123.41,41.8],[123.41,41.79],[123.4,41.8],[123.4,41.79]]]},\
"properties":{}}]}'


@pytest.fixture(scope="module")
def mine(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a service with a collection of points and one of anything.

    All tests here share it: nothing that they send is stored.
    """
    with serving_copy(seeded_file, tmp_path_factory.mktemp("faults")) as client:
        make_collection(client)
        make_collection(client, "any", kinds=[])
        yield client


def assert_refused(client: TestClient, answer: Any, status: int = 422) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert all(error["message"] for error in problem["errors"])
    assert client.get("/collections").headers["x-revision"] == "3"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.geojson", b""),
        ("not.geojson", b"not json"),
        ("not.zip", b"not a zip"),
        ("without-shp.zip", zipped({"points.dbf": b"", "points.prj": b""})),
        ("traversal.zip", zipped({"../points.shp": b""})),
        ("without-prj.zip", points_shapefile(HEPING, prj=None)),
        ("swapped.geojson", points_geojson(HEPING[::-1])),
        ("lines.geojson", LINE),
        ("none.geojson", points_geojson()),
        ("points.exe", points_geojson(HEPING)),
        ("points", points_geojson(HEPING)),
        ("bytes.geojson", points_geojson(HEPING).replace(b"\\u70b9", b"\xff\xfe")),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    mine: TestClient, name: str, content: bytes
) -> None:
    assert_refused(mine, send(mine, content, name=name))


def test_a_ring_that_crosses_itself_is_refused(mine: TestClient) -> None:
    assert_refused(mine, send(mine, BOW_TIE, "any"))


def test_a_ring_that_crosses_itself_is_repaired_when_asked(editor: TestClient) -> None:
    make_collection(editor, "any", kinds=[])
    assert send(editor, BOW_TIE, "any", fields={"repair": "true"}).status_code == 201


def test_without_waiting_the_import_carries_the_problem(mine: TestClient) -> None:
    waited = send(mine, b"")
    import_ = mine.get(waited.headers["location"]).json()
    assert import_["state"] == "failed"
    assert import_["problem"]["type"] == waited.json()["type"]
    english = mine.get(waited.headers["location"], params={"lang": "en"}).json()
    assert english["problem"]["detail"].isascii()


def test_every_wrong_feature_is_named_by_its_number(mine: TestClient) -> None:
    answer = send(mine, points_geojson(HEPING, (41.79, 123.4), HEPING, (500, 500)))
    assert_refused(mine, answer)
    assert [error["loc"][:2] for error in answer.json()["errors"]] == [
        ["feature", 2],
        ["feature", 4],
    ]
    assert answer.json()["import"]["state"] == "rejected"


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"mode": "merge"}, "mode"),
        ({"crs": "EPSG:32651"}, "crs"),
        ({"datum": "krasovsky"}, "datum"),
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"colour": "red"}, "colour"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "x" * 30_000}, "note"),
    ],
)
def test_a_field_that_cannot_be_is_named(
    mine: TestClient, fields: dict[str, str], loc: str
) -> None:
    answer = send(mine, points_geojson(HEPING), fields=fields)
    assert_refused(mine, answer, 400)
    assert [error["loc"] for error in answer.json()["errors"]] == [["body", loc]]


def test_a_form_without_file_or_with_two_is_refused(mine: TestClient) -> None:
    path, file = "/collections/mine/imports", ("a.geojson", points_geojson(HEPING))
    assert mine.post(path, files={"other": file}).status_code == 400
    assert mine.post(path, files=[("file", file), ("file", file)]).status_code == 400
    assert mine.post(path, files={"mode": (None, "replace")}).status_code == 400
    fields = {f"f{number}": (None, "x") for number in range(MOST_FIELDS + 1)}
    answer = mine.post(path, files={"file": file, **fields})
    assert answer.json()["errors"][0]["code"] == "upload-too-many-fields"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "multipart/form-data", "multipart/form-data; boundary=", "", "text/plain"],
)
def test_a_body_that_is_no_form_is_refused(mine: TestClient, content_type: str) -> None:
    answer = mine.post(
        "/collections/mine/imports", content=b"x", headers={"Content-Type": content_type}
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n{"typ',
        b"--other--\r\n",
        b"\x00" * 100,
    ],
)
def test_a_broken_form_is_refused_and_leaves_nothing(mine: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = mine.post("/collections/mine/imports", content=body, headers=headers)
    assert answer.status_code == 400
    assert services_in(mine.app).jobs.folder.waiting() == 0


def test_a_collection_that_is_not_there_takes_no_file(mine: TestClient) -> None:
    assert send(mine, points_geojson(HEPING), "none").status_code == 404
